import { expect, test } from "bun:test";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { rawClient } from "../../testing/raw-client.ts";
import { addressesOf, servedRoutes } from "../../testing/served-routes.ts";

/** One reading of an address: what may be asked there, and that no spelling of it goes round the rule of its route. */

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
const routes = servedRoutes(await jsonOf(scene.call("GET", "/openapi.json", null)));

const fits = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path);
const addresses = [...new Set(routes.flatMap(addressesOf))].map((path) => path.replace("{id}", "x"));
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

test.each(addresses)("%s: what is no method of it is a 405 that says what is", async (address) => {
  const here = routes.filter((route) => addressesOf(route).some((path) => fits(path, address)));
  const methods = [...new Set(here.map(({ method }) => method))];
  for (const method of METHODS.filter((it) => !methods.includes(it)))
    for (const secret of [null, admin]) {
      const reply = await scene.call(method, address, secret, method === "GET" ? undefined : {});
      expect([method, reply.status]).toEqual([method, 405]);
      expect(reply.headers.get("allow")?.split(", ").sort()).toEqual(methods.toSorted());
      expect((await jsonOf(reply)).error).toMatchObject({
        code: "method_not_allowed",
        type: "invalid_request_error",
      });
    }
});

test.each([
  "/api/v1/nothing",
  "/api/v1/keys/a/b",
  "/api/v1/keys/a%2frotate",
  "/api/v1/%6beys",
  "/v1/keys",
  "/api/v1/metrics",
  "/api/v1/keys/a%00b",
  "/__proto__",
  "/api/v1/constructor",
  "/api/v1/keys//",
])("GET %s is 404, or asks for a key, whoever asks", async (path) => {
  const isRoute = path === "/api/v1/keys//";
  for (const secret of [null, admin]) {
    const reply = await scene.call("GET", path, secret);
    expect(reply.status).toBe(isRoute ? (secret ? 200 : 401) : 404);
    if (!isRoute) expect((await jsonOf(reply)).error.code).toBe("not_found");
  }
});

/** As written: `fetch` would tidy it up. */
async function statusOf(target: string, secret: string | null, method = "GET"): Promise<number> {
  const authorization = secret === null ? "" : `authorization: Bearer ${secret}\r\n`;
  const head = `${method} ${target} HTTP/1.1\r\nhost: x\r\n${authorization}connection: close\r\ncontent-length: 0\r\n\r\n`;
  const received = await rawClient(scene.url, head).all();
  return Number(received.split(" ")[1]);
}

test.each([
  "/api/v1/keys/",
  "//api//v1/keys",
  "/api/v1/v1/keys",
  "/v1/../api/v1/keys",
  "/v1/%2e%2e/api/v1/keys",
  "/healthz/../api/v1/keys",
  "/openapi.json/../api/v1/keys",
  "/v1/chat/completions/../../../api/v1/keys",
  "/api/v1/keys?/openapi.json",
  "/api/v1/keys#/openapi.json",
  "/api/v1/keys/.",
])("%s leads to the keys under the rule of the keys", async (target) => {
  expect(await statusOf(target, null)).toBe(401);
  expect(await statusOf(target, (await scene.keyWith(["inference"])).secret)).toBe(403);
  expect([200, 400]).toContain(await statusOf(target, admin));
});

test.each([
  "/api/v1/keys/..%2f..%2fhealthz",
  "/api/v1/keys%3f",
  "/api/v1/keys;a=b",
  "/API/V1/KEYS",
  "/api/v1/keys/..;/orgs",
  "/api/v1/keys%00",
  "/api/v1/ｋeys",
])("%s leads nowhere", async (target) => {
  expect(await statusOf(target, null)).toBe(404);
  expect(await statusOf(target, admin)).toBe(404);
});

test("an absolute target and another Host are no other address", async () => {
  const target = `${scene.url}/api/v1/keys`;
  expect(await statusOf(target, null)).toBe(401);
  expect(await statusOf("http://169.254.169.254/api/v1/keys", null)).toBe(401);
});

test("HEAD is answered where GET is, without a body, under GET's rule", async () => {
  const reply = await scene.call("HEAD", "/api/v1/keys", (await scene.keyWith(["manage"])).secret);
  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe("");
  expect((await scene.call("HEAD", "/api/v1/keys", null)).status).toBe(401);
});
