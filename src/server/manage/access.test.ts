import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACCESS_RULES, type AccessRule } from "../../testing/access-rules.ts";
import { type Asker, accessScene } from "../../testing/access-scene.ts";
import { jsonOf } from "../../testing/manage.ts";
import { isOrganizations, nameOf, RouteAsking, ruleOf } from "../../testing/route-asking.ts";
import { addressesOf, type ServedRoute, servedRoutes } from "../../testing/served-routes.ts";
import { ROUTES } from "./routes.ts";

/*
 * Who may use what: every route that is served, times everybody who may ask, against rules that were written down
 * apart from the code. The routes come from the document, so a new one is asked for here without being named.
 */

const scene = await accessScene();
const routes = servedRoutes(await jsonOf(scene.call("GET", "/openapi.json", null)));
const asking = new RouteAsking(scene);
const ADMIN = scene.askers.get("the admin key")?.secret ?? "";

const ask = (route: ServedRoute, at: string, secret: string | null, id?: string, more?: string) =>
  asking.ask(route, at, (method, url, body) => scene.call(method, url, secret, body), { id, more });

function expectedStatus(route: ServedRoute, { scope, isOther }: Asker): number {
  const { opens, status = 200 } = ruleOf(route);
  if (opens === null) return status;
  if (scope === null || opens === "session") return 401;
  if (!opens.includes(scope)) return 403;
  return isOther && scope !== "admin" && isOrganizations(route) ? 404 : status;
}

const CODES: Record<number, string> = { 401: "invalid_api_key", 403: "insufficient_scope", 404: "not_found" };

/** What a refusal must say, and what no answer may hold, whoever asked. */
function checkAnswer(reply: Response, text: string, { scope, isOther }: Asker, rule: AccessRule): void {
  expect(reply.headers.get("x-request-id")).toMatch(/^req_[0-9a-z]{11}$/);
  if (!reply.ok) {
    const code = rule.opens === "session" ? "not_signed_in" : (rule.code ?? CODES[reply.status]);
    expect(JSON.parse(text).error).toMatchObject({ code, param: null });
    expect(reply.headers.get("x-should-retry")).toBe("false");
  }
  for (const secret of scene.secrets) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/\/src\/|node_modules|\.ts:\d|\n\s+at /);
  if (scope === "admin") return;
  const foreign = [...(isOther || !scope ? scene.own.marks : []), ...(isOther ? [] : scene.other.marks)];
  for (const mark of foreign) expect(text).not.toContain(mark);
}

test("every route that is served has a rule, and every rule a route", () => {
  expect(routes.map(nameOf).sort()).toEqual(Object.keys(ACCESS_RULES).sort());
});

test("the document shows what is routed, with the scope that is asked for, and nothing else", () => {
  const managed = routes.filter(({ path }) => path.startsWith("/api/v1/") || path === "/openapi.json");
  const shown = managed.map((it) => [nameOf(it), it.operation["x-nyuro-scope"]]);
  const routed = Object.values(ROUTES).map((it) => [`${it.method.toUpperCase()} ${it.path}`, it.scope]);
  expect(shown.sort()).toEqual(routed.sort());
});

test("every address that the server itself knows is in the document", () => {
  const source = readFileSync(join(import.meta.dir, "../app.ts"), "utf8");
  const known = [...source.matchAll(/"(\/[\w./-]+)"/g)].map(([, path = ""]) => path);
  expect(known).toContain("/metrics");
  const shown = routes.flatMap(addressesOf).map((path) => path.replace("{id}", ""));
  expect(known.filter((path) => !shown.includes(path))).toEqual([]);
});

const cases = routes.flatMap((route) =>
  addressesOf(route).flatMap((at) =>
    [...scene.askers].map(([who, asker]) => [route.method, at, who, { route, asker }] as const),
  ),
);

test.each(cases)("%s %s for %s is what the rules say", async (_, at, __, { route, asker }) => {
  const { reply, text } = await ask(route, at, asker.secret);
  expect(reply.status).toBe(expectedStatus(route, asker));
  if (route.path.startsWith("/api/v1/")) expect(reply.headers.get("cache-control")).toBe("no-store");
  checkAnswer(reply, text, asker, ruleOf(route));
});

const others = [...scene.askers].filter(([, { isOther, scope }]) => isOther && scope !== "admin");
const nobodies = [...scene.askers].filter(([, { scope }]) => scope === null);

test.each(
  routes.filter(isOrganizations).map((route) => [nameOf(route), route] as const),
)("%s: what is another organization's answers as what does not exist", async (_, route) => {
  for (const [, asker] of [...others, ...nobodies]) {
    const foreign = await ask(route, route.path, asker.secret);
    const absent = await ask(route, route.path, asker.secret, "req_00000000000");
    expect([foreign.reply.status, foreign.text]).toEqual([absent.reply.status, absent.text]);
  }
});

const takes = (name: string) => (route: ServedRoute) =>
  route.operation.parameters?.some((it) => it.in === "query" && it.name === name) ?? false;

test.each(
  routes
    .filter((it) => it.method === "GET" && takes("org_id")(it))
    .map((route) => [nameOf(route), route] as const),
)("%s: an organization that is named is one's own, or none that exists", async (_, route) => {
  for (const [, asker] of others.filter(([, { scope }]) => ruleOf(route).opens?.includes(scope ?? "read"))) {
    const own = await ask(route, route.path, asker.secret, undefined, `org_id=${scene.other.orgId}`);
    expect(own.reply.status).toBe(200);
    checkAnswer(own.reply, own.text, asker, ruleOf(route));
    const foreign = await ask(route, route.path, asker.secret, undefined, `org_id=${scene.own.orgId}`);
    const absent = await ask(route, route.path, asker.secret, undefined, "org_id=org_nothing");
    expect(foreign.reply.status).toBe(404);
    expect(foreign.text).toBe(absent.text);
  }
});

test("a key cannot be made in another organization", async () => {
  const secret = scene.askers.get("the other organization's manage key")?.secret ?? "";
  for (const org_id of [scene.own.orgId, "org_nothing", "__proto__", ""]) {
    const reply = await scene.call("POST", "/api/v1/keys", secret, { name: "made", org_id });
    expect([reply.status, (await jsonOf(reply)).error.param]).toEqual([404, "org_id"]);
  }
});

test.each(
  routes.filter(takes("cursor")).map((route) => [nameOf(route), route] as const),
)("%s: another's cursor, and another's names as filters, show nothing of theirs", async (_, route) => {
  const first = await ask(route, route.path, ADMIN, undefined, "limit=1");
  const cursor = JSON.parse(first.text).next_cursor;
  const filters = ["key_id", "provider", "model"].filter((name) => takes(name)(route));
  const asked = [
    ...(cursor ? [`cursor=${cursor}`] : []),
    ...filters.map((it) => `${it}=${scene.own.marks[0]}`),
  ];
  for (const [, asker] of others)
    for (const more of asked) {
      const { reply, text } = await ask(route, route.path, asker.secret, undefined, more);
      if (reply.ok) checkAnswer(reply, text, asker, ruleOf(route));
    }
});

test("what one's own key sees is not nothing: isolation is not emptiness", async () => {
  for (const [who, tenant] of [
    ["the", scene.own],
    ["the other organization's", scene.other],
  ] as const)
    for (const path of ["/api/v1/keys", "/api/v1/budgets", "/api/v1/logs"]) {
      const secret = scene.askers.get(`${who} manage key`)?.secret ?? "";
      const text = await (await scene.call("GET", path, secret)).text();
      expect(tenant.marks.filter((mark) => text.includes(mark))).not.toEqual([]);
    }
});

test("everybody without a good key gets the same body, from the API as from the data plane", async () => {
  const body = await (await scene.call("GET", "/v1/models", null)).text();
  for (const secret of ["neu_live_x", "", "é", "x".repeat(600), ...nobodies.map(([, it]) => it.secret)])
    for (const path of ["/api/v1/keys", "/v1/models", "/metrics"])
      expect(await (await scene.call("GET", path, secret)).text()).toBe(body);
});
