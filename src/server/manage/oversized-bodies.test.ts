import { expect, test } from "bun:test";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { type ServedRoute, servedRoutes } from "../../testing/served-routes.ts";

/** Sound JSON that is deeper or longer than anybody means it: refused at once by every route that takes a body. */

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
/** A key opens it, or nothing is asked for. */
const takesKey = ({ operation: { security = [] } }: ServedRoute) =>
  security.length === 0 || security.some((it) => "key" in it);
const routes = servedRoutes(await jsonOf(scene.call("GET", "/openapi.json", null))).filter(
  (it) =>
    it.path.startsWith("/api/") && it.operation.requestBody?.content["application/json"] && takesKey(it),
);

/** Each is read in a few milliseconds; what was once passed on took seconds, or the stack. */
const AT_MOST_MS = 2_000;
const DEPTH = 150_000;
const [LISTS, OBJECTS] = [
  `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`,
  `${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`,
];

/** Those that a route may know, and one that none does. */
const fieldsOf = ({ operation }: ServedRoute) => {
  const { properties = {} } = operation.requestBody?.content["application/json"]?.schema ?? {};
  return [...Object.keys(properties as object), "metadata", "messages", "deep"];
};

test.each(routes.map((it) => [it.method, it.path, it] as const))("%s %s", async (method, path, route) => {
  for (const field of new Set(fieldsOf(route)))
    for (const value of [LISTS, OBJECTS, `"${"x".repeat(2 ** 20)}"`]) {
      const startedMs = performance.now();
      const reply = await scene.call(method, path.replace("{id}", "x"), admin, `{"${field}":${value}}`);
      const { error } = await jsonOf(reply);
      expect([field, reply.status, error.type]).toEqual([
        field,
        value.startsWith('"') ? 413 : 400,
        "invalid_request_error",
      ]);
      expect(error.message.length).toBeLessThan(300);
      expect(performance.now() - startedMs).toBeLessThan(AT_MOST_MS);
    }
  expect(scene.logs).toEqual([]);
});
