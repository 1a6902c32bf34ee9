import { afterAll, expect, test } from "bun:test";
import { SCOPES, type Scope } from "../../core/caller.ts";
import { requestIdOf } from "../../core/ids.ts";
import { DEFAULT_ORG_ID } from "../../store/orgs-table.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { testProvider } from "../../testing/gateway.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID } from "../../testing/manage.ts";
import { completion } from "../../testing/openai-replies.ts";
import { ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { type ManageRoute, ROUTES, type RouteName } from "./routes.ts";

/*
 * Who may use what: every route there is, times everybody who may ask. The routes are those of the table and of the
 * document that is served, so a new one is asked for here without being named.
 */

const upstream = await ScriptedUpstream.start();
afterAll(() => upstream.stop());
upstream.on("*", ({ path }, answer) => {
  const embedding = { object: "embedding", index: 0, embedding: [1] };
  if (!path.endsWith("/embeddings")) return answer.json(200, completion("m", "fine"));
  answer.json(200, {
    object: "list",
    model: "m",
    data: [embedding],
    usage: { prompt_tokens: 1, total_tokens: 1 },
  });
});
const scene = await manageScene({
  providers: [testProvider("box", upstream.baseUrl)],
  catalog: catalogOf([deployment("box/m")]),
});

const SEQUENCE = 4711;
await scene.ledger.write(sampleRow({ sequence: SEQUENCE, orgId: DEFAULT_ORG_ID, timeMs: scene.clock.now() }));

interface Asker {
  secret: string | null;
  /** Null = nobody we know. */
  scope: Scope | null;
  isOther: boolean;
}

const nobody = (secret: string | null): Asker => ({ secret, scope: null, isOther: false });
const askers = new Map<string, Asker>([
  ["no key", nobody(null)],
  ["a bad key", nobody("neu_live_0000000000000000000000000000000000000000000000000")],
]);
for (const scope of SCOPES) {
  const { secret } = await scene.keyWith([scope]);
  askers.set(`the ${scope} key`, { secret, scope, isOther: false });
  // An admin belongs to an organization as every key does, and sees all of them.
  const other = await scene.keyWith([scope], OTHER_ORG_ID);
  askers.set(`the other organization's ${scope} key`, { secret: other.secret, scope, isOther: true });
}
const revoked = await scene.keyWith([...SCOPES]);
await scene.keys.revoke(revoked.id);
askers.set("a revoked key", nobody(revoked.secret));
const expired = await scene.keyWith([...SCOPES]);
await scene.keys.update(expired.id, { expiresAtMs: scene.clock.now() + 1 });
scene.clock.advance(1);
askers.set("an expired key", nobody(expired.secret));

const secretOf = (who: string) => askers.get(who)?.secret ?? null;

const CHAT = { model: "m", messages: [{ role: "user", content: "Hello" }] };
const BODIES: Record<string, object> = {
  createKey: { name: "made" },
  createOrg: { name: "made" },
  drainProvider: { drain: false },
  route: CHAT,
};

/** What the address of a route names: something of one organization, or what is no organization's. */
const NAMED: Partial<Record<RouteName, "an organization's" | "everybody's">> = {
  getKey: "an organization's",
  updateKey: "an organization's",
  revokeKey: "an organization's",
  rotateKey: "an organization's",
  generation: "an organization's",
  getLog: "an organization's",
  updateOrg: "everybody's",
  drainProvider: "everybody's",
  testProvider: "everybody's",
};

/** The least that makes each route answer, given what it acts on. */
async function callOf(name: string, { method, path }: ManageRoute): Promise<[string, string, unknown?]> {
  const ids: Record<string, string> = { logs: requestIdOf(SEQUENCE), orgs: OTHER_ORG_ID, providers: "box" };
  const of = path.split("/")[3] ?? "";
  const id = of === "keys" ? (await scene.keyWith(["inference"])).id : (ids[of] ?? "");
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
const CREATES: readonly string[] = ["createKey", "rotateKey", "createOrg"];

function expected(name: string, { scope, orScope }: ManageRoute, who: string): number {
  const fine = CREATES.includes(name) ? 201 : 200;
  if (scope === null) return fine;
  const asker = askers.get(who);
  if (!asker?.scope) return 401;
  if (!GRANTS[scope].includes(asker.scope) && !(orScope && GRANTS[orScope].includes(asker.scope))) return 403;
  const isForeign = asker.isOther && asker.scope !== "admin";
  return isForeign && NAMED[name as RouteName] === "an organization's" ? 404 : fine;
}

const CODES: Record<number, string> = { 401: "invalid_api_key", 403: "insufficient_scope", 404: "not_found" };
const SECRETS = [...askers.values()].flatMap(({ secret }) => (secret ? [secret.slice(15)] : []));

/** What no answer may hold, and what a refusal must say. */
function checkText(reply: Response, text: string): void {
  expect(reply.headers.get("x-request-id")).toMatch(/^req_[0-9a-z]{11}$/);
  if (!reply.ok) {
    expect(JSON.parse(text).error).toMatchObject({ code: CODES[reply.status], param: null });
    expect(reply.headers.get("x-should-retry")).toBe("false");
  }
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  expect(text).not.toContain("sk-upstream");
  expect(text).not.toContain("/src/");
}

const cases = Object.entries(ROUTES).flatMap(([name, { method, path }]) =>
  [...askers.keys()].map((who) => [name, method, path, who] as const),
);

test.each(cases)("%s (%s %s) for %s: allowed or refused as the table says", async (name, _m, _p, who) => {
  const route: ManageRoute = ROUTES[name as keyof typeof ROUTES];
  const [method, url, body] = await callOf(name, route);
  const reply = await scene.call(method, url, secretOf(who), body);
  const text = await reply.text();
  expect(reply.status).toBe(expected(name, route, who));
  expect(reply.headers.get("cache-control")).toBe("no-store");
  checkText(reply, text);
  const asker = askers.get(who);
  if (route.scope === null || !asker?.isOther || asker.scope === "admin") return;
  // Nothing of ours, whatever it was that the other organization asked.
  for (const ours of [DEFAULT_ORG_ID, requestIdOf(SEQUENCE)]) expect(text).not.toContain(ours);
});

test("whatever an address can name is an organization's or everybody's, and somebody said which", () => {
  const routes: [string, ManageRoute][] = Object.entries(ROUTES);
  const naming = routes.filter(([name, { path }]) => path.includes("{") || name === "generation");
  expect(naming.map(([name]) => name).sort()).toEqual(Object.keys(NAMED).sort());
});

const served = await jsonOf(scene.call("GET", "/openapi.json", null));
const ours: string[] = Object.values(ROUTES).map(({ path }) => path);
/** Method, path and scope of every route of the data plane, under both of its prefixes. */
const plane = Object.entries<Record<string, { "x-nyuro-scope": string | null }>>(served.paths)
  .filter(([path]) => !ours.includes(path))
  .flatMap(([path, methods]) =>
    (path.startsWith("/v1/") ? [path, `/api${path}`] : [path]).flatMap((at) =>
      Object.entries(methods).map(([method, route]) => [method, at, route["x-nyuro-scope"]] as const),
    ),
  );
const planeCases = plane.flatMap(([method, path, scope]) =>
  [...askers.keys()].map((who) => [method, path, who, scope] as const),
);

test("the data plane has routes of every sort of scope", () => {
  expect(new Set(plane.map(([, , scope]) => scope))).toEqual(new Set(["inference", "any", "admin", null]));
});

test.each(
  planeCases,
)("%s %s for %s: allowed or refused as the document says", async (method, path, who, scope) => {
  const body = path.includes("/embeddings") ? { model: "m", input: "Hello" } : CHAT;
  const url = path.replace("{id}", "m");
  const asked = [method.toUpperCase(), url, secretOf(who)] as const;
  const reply = await scene.call(...asked, method === "post" ? body : undefined);
  const text = await reply.text();
  const has = askers.get(who)?.scope ?? null;
  const isGranted = has !== null && (scope === "any" || GRANTS[scope as Scope]?.includes(has));
  expect(reply.status).toBe(scope === null || isGranted ? 200 : has === null ? 401 : 403);
  checkText(reply, text);
});

test("everybody without a good key gets the same body, from the API as from the data plane", async () => {
  const body = await (await scene.call("GET", "/v1/models", null)).text();
  for (const secret of [
    "neu_live_x",
    "",
    ...[...askers.values()].filter((it) => !it.scope).map((it) => it.secret),
  ])
    for (const path of ["/api/v1/keys", "/v1/models", "/metrics"])
      expect(await (await scene.call("GET", path, secret)).text()).toBe(body);
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
  for (const secret of [null, secretOf("the admin key")]) {
    const reply = await scene.call("GET", path, secret);
    expect(reply.status).toBe(404);
    expect((await jsonOf(reply)).error.code).toBe("not_found");
  }
});

test("trailing and doubled slashes and dot segments lead to the same route under the same rule", async () => {
  const admin = secretOf("the admin key");
  for (const path of ["/api/v1/keys/", "//api//v1/keys", "/api/v1/v1/keys", "/v1/../api/v1/keys"]) {
    expect((await scene.call("GET", path, null)).status).toBe(401);
    expect((await scene.call("GET", path, admin)).status).toBe(200);
  }
});

test("HEAD is answered where GET is, without a body", async () => {
  const reply = await scene.call("HEAD", "/api/v1/keys", secretOf("the manage key"));
  expect(reply.status).toBe(200);
  expect(await reply.text()).toBe("");
});
