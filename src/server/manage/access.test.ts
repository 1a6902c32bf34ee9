import { expect, test } from "bun:test";
import { SCOPES, type Scope } from "../../core/caller.ts";
import { requestIdOf } from "../../core/ids.ts";
import { DEFAULT_ORG_ID } from "../../store/orgs-table.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { testProvider } from "../../testing/gateway.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID } from "../../testing/manage.ts";
import { type ManageRoute, ROUTES } from "./routes.ts";

const scene = await manageScene({
  providers: [testProvider("box", "http://127.0.0.1:9/v1")],
  catalog: catalogOf([deployment("box/m")]),
});

const SEQUENCE = 4711;
await scene.ledger.write(sampleRow({ sequence: SEQUENCE, orgId: DEFAULT_ORG_ID, timeMs: scene.clock.now() }));

const asking: Record<string, string | null> = {
  "no key": null,
  "a bad key": "neu_live_0000000000000000000000000000000000000000000000000",
  "an inference key": (await scene.keyWith(["inference"])).secret,
  "a read key": (await scene.keyWith(["read"])).secret,
  "a manage key": (await scene.keyWith(["manage"])).secret,
  "an admin key": (await scene.keyWith(["admin"])).secret,
  "the other organization's manage key": (await scene.keyWith(["manage"], OTHER_ORG_ID)).secret,
};

const BODIES: Record<string, object> = {
  createKey: { name: "made" },
  drainProvider: { drain: false },
  route: { model: "m", messages: [{ role: "user", content: "Hello" }] },
};

/** The least that makes each route answer, given what it acts on. */
async function callOf(name: string, { method, path }: ManageRoute): Promise<[string, string, unknown?]> {
  const target = path.includes("/keys/") ? (await scene.keyWith(["inference"])).id : null;
  const id = target ?? (path.includes("/logs/") ? requestIdOf(SEQUENCE) : "box");
  const query = name === "generation" ? `?id=${requestIdOf(SEQUENCE)}` : "";
  const url = path.replace("{id}", id) + query;
  const body = BODIES[name] ?? {};
  return [method.toUpperCase(), url, method === "post" || method === "patch" ? body : undefined];
}

const GRANTS: Record<Scope, Scope[]> = {
  inference: ["inference", "admin"],
  read: ["read", "manage", "admin"],
  manage: ["manage", "admin"],
  admin: ["admin"],
};

/** What a key of another organization finds where the address names one of ours. */
const FOREIGN = ["getKey", "updateKey", "revokeKey", "rotateKey", "generation", "getLog"];

function expected(name: string, { scope, orScope, method, path }: ManageRoute, who: string): number {
  const created = name === "createKey" || name === "rotateKey";
  const fine = method === "post" && created ? 201 : 200;
  if (scope === null) return fine;
  if (who === "no key" || who === "a bad key") return 401;
  const isOther = who.startsWith("the other");
  const own = isOther ? "manage" : SCOPES.find((it) => who.includes(` ${it} `));
  if (!own) throw new Error(`nobody knows ${who} at ${path}`);
  if (!GRANTS[scope].includes(own) && !(orScope && GRANTS[orScope].includes(own))) return 403;
  return isOther && FOREIGN.includes(name) ? 404 : fine;
}

const cases = Object.entries(ROUTES).flatMap(([name, route]) =>
  Object.keys(asking).map((who) => [name, route.method, route.path, who] as const),
);

const CODES: Record<number, string> = { 401: "invalid_api_key", 403: "insufficient_scope", 404: "not_found" };

test.each(cases)("%s (%s %s) for %s: allowed or refused as the table says", async (name, _m, _p, who) => {
  const route: ManageRoute = ROUTES[name as keyof typeof ROUTES];
  const [method, url, body] = await callOf(name, route);
  const reply = await scene.call(method, url, asking[who] ?? null, body);
  const text = await reply.text();
  expect(reply.status).toBe(expected(name, route, who));
  expect(reply.headers.get("x-request-id")).toMatch(/^req_[0-9a-z]{11}$/);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  if (!reply.ok) {
    expect(JSON.parse(text).error).toMatchObject({ code: CODES[reply.status], param: null });
    expect(reply.headers.get("x-should-retry")).toBe("false");
  }
  for (const secret of Object.values(asking)) if (secret) expect(text).not.toContain(secret.slice(15));
  expect(text).not.toContain("sk-upstream");
  expect(text).not.toContain("/src/");
});

test("no key, a bad one and a revoked one get the same body, as the data plane's", async () => {
  const revoked = await scene.keyWith(["admin"]);
  await scene.keys.revoke(revoked.id);
  const plane = await (await scene.call("GET", "/v1/models", null)).text();
  for (const secret of [null, "neu_live_x", "", revoked.secret]) {
    expect(await (await scene.call("GET", "/api/v1/keys", secret)).text()).toBe(plane);
  }
});

test("every route is in the document with its scope, and nothing there is without a route", async () => {
  const document = await jsonOf(scene.call("GET", "/openapi.json", null));
  expect(document.openapi).toBe("3.1.0");
  for (const { method, path, scope } of Object.values(ROUTES)) {
    expect(document.paths[path]?.[method]?.["x-nyuro-scope"]).toBe(scope);
  }
  const documented = Object.keys(document.paths).filter((path) => path.startsWith("/api/v1/"));
  const known: string[] = Object.values(ROUTES).map(({ path }) => path);
  expect(documented.filter((path) => !known.includes(path))).toEqual([]);
  for (const path of ["/v1/chat/completions", "/v1/embeddings", "/v1/models", "/metrics", "/healthz"]) {
    expect(Object.keys(document.paths)).toContain(path);
  }
});

test.each([
  ["PUT", "/api/v1/keys", "GET, POST"],
  ["POST", "/api/v1/keys/key_1", "GET, PATCH, DELETE"],
  ["DELETE", "/api/v1/logs", "GET"],
  ["GET", "/api/v1/keys/key_1/rotate", "POST"],
  ["POST", "/openapi.json", "GET"],
])("%s %s is 405 and says what is possible", async (method, path, allow) => {
  const reply = await scene.call(method, path, null, method === "GET" ? undefined : {});
  expect(reply.status).toBe(405);
  expect(reply.headers.get("allow")).toBe(allow);
  expect((await jsonOf(reply)).error).toMatchObject({
    code: "method_not_allowed",
    type: "invalid_request_error",
  });
});

test.each([
  "/api/v1/nothing",
  "/api/v1/keys/a/b",
  "/api/v1/keys/a%2frotate",
  "/api/v1/%6beys",
  "/v1/keys",
  "/api/v1/metrics",
  "/api/v1/keys/a%00b",
])("GET %s is 404, whoever asks", async (path) => {
  for (const secret of [null, asking["an admin key"] ?? null]) {
    const reply = await scene.call("GET", path, secret);
    expect(reply.status).toBe(404);
    expect((await jsonOf(reply)).error.code).toBe("not_found");
  }
});

test("trailing and doubled slashes and dot segments lead to the same route under the same rule", async () => {
  const admin = asking["an admin key"] ?? null;
  for (const path of ["/api/v1/keys/", "//api//v1/keys", "/api/v1/v1/keys", "/v1/../api/v1/keys"]) {
    expect((await scene.call("GET", path, null)).status).toBe(401);
    expect((await scene.call("GET", path, admin)).status).toBe(200);
  }
});

test("HEAD is answered where GET is, without a body", async () => {
  const reply = await scene.call("HEAD", "/api/v1/keys", asking["a manage key"] ?? null);
  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe("");
});
