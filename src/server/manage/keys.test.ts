import { expect, test } from "bun:test";
import { DEFAULT_ORG_ID } from "../../store/orgs-table.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
const manage = (await scene.keyWith(["manage"])).secret;
const stranger = (await scene.keyWith(["manage"], OTHER_ORG_ID)).secret;

const KEY_FIELDS = [
  "allowed_models",
  "allowed_providers",
  "budget",
  "created_at",
  "expires_at",
  "id",
  "last_used_at",
  "metadata",
  "name",
  "org_id",
  "prefix",
  "rate_limit",
  "revoked_at",
  "scopes",
];

async function made(body: object, secret = manage) {
  const reply = await scene.call("POST", "/api/v1/keys", secret, body);
  expect(reply.status).toBe(201);
  return await jsonOf(reply);
}

test("a key is made with its defaults, its secret is told once, and it works at once", async () => {
  const key = await made({ name: "build server" });
  expect(key.key).toMatch(/^neu_live_[0-9A-Za-z]{49}$/);
  const { key: secret, ...shown } = key;
  expect(Object.keys(shown).sort()).toEqual(KEY_FIELDS);
  expect(shown).toMatchObject({
    name: "build server",
    org_id: DEFAULT_ORG_ID,
    prefix: secret.slice(0, 15),
    scopes: ["inference"],
    created_at: "2027-01-15T08:00:00.000Z",
    allowed_models: null,
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
    rate_limit: null,
    budget: null,
    metadata: {},
  });
  expect((await scene.call("GET", "/v1/models", secret)).status).toBe(200);
  const one = await (await scene.call("GET", `/api/v1/keys/${key.id}`, manage)).text();
  expect(JSON.parse(one)).toEqual(shown);
  const list = await (await scene.call("GET", "/api/v1/keys?limit=1000", admin)).text();
  for (const text of [one, list]) expect(text).not.toContain(secret.slice(15));
});

test("everything that can be said of a key is kept, and can be changed", async () => {
  const key = await made({
    name: "n",
    scopes: ["inference", "read"],
    allowed_models: ["gpt-4o"],
    allowed_providers: ["openai"],
    expires_at: "2028-01-01T01:00:00+01:00",
    metadata: { team: "a" },
    rate_limit: { rpm: 60, max_parallel: 0 },
    budget: null,
  });
  expect(key).toMatchObject({
    scopes: ["inference", "read"],
    allowed_models: ["gpt-4o"],
    allowed_providers: ["openai"],
    expires_at: "2028-01-01T00:00:00.000Z",
    metadata: { team: "a" },
    rate_limit: { rpm: 60, tpm: null, max_parallel: 0 },
  });
  const patch = { name: "m", allowed_models: null, expires_at: null, scopes: ["read"] };
  const changed = await jsonOf(scene.call("PATCH", `/api/v1/keys/${key.id}`, manage, patch));
  expect(changed).toMatchObject({ ...patch, allowed_providers: ["openai"], metadata: { team: "a" } });
});

test("a rate limit is given whole, stays where it is not named, and goes where nothing of it is left", async () => {
  const { id } = await made({ name: "n", rate_limit: { rpm: 60, tpm: 1_000 } });
  const patched = async (body: object) =>
    (await jsonOf(scene.call("PATCH", `/api/v1/keys/${id}`, manage, body))).rate_limit;
  expect(await patched({ name: "m" })).toEqual({ rpm: 60, tpm: 1_000, max_parallel: null });
  expect(await patched({ rate_limit: { max_parallel: 2 } })).toEqual({
    rpm: null,
    tpm: null,
    max_parallel: 2,
  });
  expect((await jsonOf(scene.call("GET", `/api/v1/keys/${id}`, manage))).rate_limit.max_parallel).toBe(2);
  expect(await patched({ rate_limit: { rpm: null } })).toBeNull();
  expect(await patched({ rate_limit: { rpm: 0 } })).toEqual({ rpm: 0, tpm: null, max_parallel: null });
  expect(await patched({ rate_limit: null })).toBeNull();
});

test("a rotated key keeps its id; the old secret lives through the overlap only", async () => {
  const key = await made({ name: "n", scopes: ["read"] });
  const rotate = `/api/v1/keys/${key.id}/rotate`;
  const rotated = await jsonOf(scene.call("POST", rotate, manage, { overlap_seconds: 60 }));
  expect(rotated.id).toBe(key.id);
  expect(rotated.key).not.toBe(key.key);
  const statuses = async () => [
    (await scene.call("GET", "/api/v1/key", key.key)).status,
    (await scene.call("GET", "/api/v1/key", rotated.key)).status,
  ];
  expect(await statuses()).toEqual([200, 200]);
  scene.clock.advance(60_000);
  expect(await statuses()).toEqual([401, 200]);
  await scene.call("POST", rotate, manage, "");
  expect(await statuses()).toEqual([401, 401]);
});

test("a revoked key is refused from the next request on, stays listed, and cannot be brought back", async () => {
  const key = await made({ name: "n" });
  const revoked = await jsonOf(scene.call("DELETE", `/api/v1/keys/${key.id}`, manage));
  expect(revoked.revoked_at).not.toBeNull();
  expect((await scene.call("GET", "/v1/models", key.key)).status).toBe(401);
  expect((await scene.call("DELETE", `/api/v1/keys/${key.id}`, manage)).status).toBe(200);
  for (const [method, path] of [
    ["PATCH", ""],
    ["POST", "/rotate"],
  ] as const) {
    const reply = await scene.call(method, `/api/v1/keys/${key.id}${path}`, manage, {});
    expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([409, "conflict"]);
  }
});

test.each([
  ["POST", "", { name: "x", scopes: ["admin"] }, 403, "scopes"],
  ["POST", "", { name: "x", scopes: ["read", "admin"] }, 403, "scopes"],
  ["POST", "", { name: "x", org_id: OTHER_ORG_ID }, 404, "org_id"],
  ["POST", "", { name: "x", org_id: "org_none" }, 404, "org_id"],
] as const)("a manage key cannot %s %s %j", async (method, path, body, status, param) => {
  const reply = await scene.call(method, `/api/v1/keys${path}`, manage, body);
  expect([reply.status, (await jsonOf(reply)).error.param]).toEqual([status, param]);
});

test("a manage key sees its organization's admin key, but can neither change, rotate nor revoke it", async () => {
  const { id, secret } = await scene.keyWith(["admin"]);
  expect((await scene.call("GET", `/api/v1/keys/${id}`, manage)).status).toBe(200);
  for (const [method, path] of [
    ["PATCH", ""],
    ["DELETE", ""],
    ["POST", "/rotate"],
  ] as const) {
    const body = method === "DELETE" ? undefined : {};
    const reply = await scene.call(method, `/api/v1/keys/${id}${path}`, manage, body);
    expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([403, "insufficient_scope"]);
  }
  expect((await scene.call("GET", "/api/v1/keys", secret)).status).toBe(200);
  const own = await made({ name: "mine" });
  const raised = await scene.call("PATCH", `/api/v1/keys/${own.id}`, manage, { scopes: ["admin"] });
  expect(raised.status).toBe(403);
});

test("an admin makes admins and keys of any organization, and sees all unless one is named", async () => {
  const key = await made({ name: "x", org_id: OTHER_ORG_ID, scopes: ["admin"] }, admin);
  expect(key.org_id).toBe(OTHER_ORG_ID);
  const orgs = async (query: string, secret: string) => {
    const { data } = await jsonOf(scene.call("GET", `/api/v1/keys?limit=1000${query}`, secret));
    return [...new Set(data.map((it: { org_id: string }) => it.org_id))].sort();
  };
  expect(await orgs("", admin)).toEqual([DEFAULT_ORG_ID, OTHER_ORG_ID]);
  expect(await orgs(`&org_id=${OTHER_ORG_ID}`, admin)).toEqual([OTHER_ORG_ID]);
  expect(await orgs("", manage)).toEqual([DEFAULT_ORG_ID]);
  expect(await orgs(`&org_id=${DEFAULT_ORG_ID}`, manage)).toEqual([DEFAULT_ORG_ID]);
  expect(await orgs("", stranger)).toEqual([OTHER_ORG_ID]);
  for (const [org, secret] of [
    ["org_none", admin],
    [DEFAULT_ORG_ID, stranger],
  ] as const) {
    expect((await scene.call("GET", `/api/v1/keys?org_id=${org}`, secret)).status).toBe(404);
  }
});

test("pages hold every key once, newest first", async () => {
  for (let i = 0; i < 5; i++) {
    scene.clock.advance(1);
    await made({ name: `page ${i}` });
  }
  const ids: string[] = [];
  const times: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = await jsonOf(scene.call("GET", `/api/v1/keys?limit=2${query}`, admin));
    expect(page.data.length).toBeLessThanOrEqual(2);
    for (const key of page.data) {
      ids.push(key.id);
      times.push(key.created_at);
    }
    cursor = page.next_cursor;
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(times).toEqual(times.toSorted().reverse());
});

test.each([
  [{}, "name", "`name` is required."],
  [{ name: 3 }, "name", "`name`: Invalid input: expected string, received number."],
  [{ name: "" }, "name", "The name must have"],
  [{ name: "x", scops: [] }, "scops", "`scops` is not known here."],
  [{ name: "x", id: "key_1" }, "id", "`id` is not known here."],
  [{ name: "x", secret: "neu_live_00000000000000000000000000000000" }, "secret", "is not known here."],
  [{ name: "x", scopes: ["root"] }, "scopes[0]", "Invalid option"],
  [{ name: "x", scopes: [] }, "scopes", "At least one"],
  [{ name: "x", allowed_models: [1] }, "allowed_models[0]", "expected string"],
  [{ name: "x", expires_at: "tomorrow" }, "expires_at", "`expires_at` must be an RFC 3339 time"],
  [{ name: "x", expires_at: "2020-01-01T00:00:00Z" }, "expires_at", "in the future"],
  [{ name: "x", metadata: [] }, "metadata", "expected record"],
  [{ name: "x", rate_limit: 5 }, "rate_limit", "expected object"],
  [{ name: "x", rate_limit: { rps: 1 } }, "rate_limit.rps", "`rate_limit.rps` is not known here."],
  [{ name: "x", rate_limit: { rpm: "60" } }, "rate_limit.rpm", "expected number"],
  [{ name: "x", rate_limit: { rpm: -1 } }, "rate_limit.rpm", "must be a whole number from 0 to"],
  [{ name: "x", rate_limit: { tpm: 1.5 } }, "rate_limit.tpm", "must be a whole number from 0 to"],
  [{ name: "x", rate_limit: { max_parallel: 1e300 } }, "rate_limit.max_parallel", "or null for no limit."],
  [{ name: "x", budget: "5" }, "budget", "expected object"],
  [{ name: "x", budget: {} }, "budget.limit_usd", ""],
  [{ name: "x", budget: { limit_usd: "-5" } }, "budget.limit_usd", "must be an amount in USD"],
  [{ name: "x", budget: { limit_usd: 1e9 } }, "budget.limit_usd", "from 0 to 9000000"],
  [{ name: "x", budget: { limit_usd: "5", period: "yearly" } }, "budget.period", "Invalid option"],
  [{ name: "x", budget: { limit_usd: "5", alert_threshold: 0 } }, "budget.alert_threshold", ">0"],
  [{ name: "x", budget: { limit_usd: "5", alert_threshold: 1.1 } }, "budget.alert_threshold", "<=1"],
  [{ name: "x", budget: { limit_usd: "5", spent_usd: "0" } }, "budget.spent_usd", "is not known here"],
  ["[]", null, "The body must be a JSON object."],
  ["{", null, "The body is not valid JSON."],
  ["null", null, "The body must be a JSON object."],
] as const)("the body %j is refused and the field is named", async (body, param, message) => {
  const reply = await scene.call("POST", "/api/v1/keys", admin, body);
  const { error } = await jsonOf(reply);
  expect([reply.status, error.code, error.param]).toEqual([400, "invalid_request", param]);
  expect(error.message).toContain(message);
});

test.each([
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["limit=ten", "limit"],
  ["limit=1&limit=2", "limit"],
  ["cursor=zzz", "cursor"],
  ["foo=1", "foo"],
])("the query %s is refused and the parameter is named", async (query, param) => {
  const reply = await scene.call("GET", `/api/v1/keys?${query}`, admin);
  expect([reply.status, (await jsonOf(reply)).error.param]).toEqual([400, param]);
});

test("a body over 1 MiB is 413, whether its length is told or not", async () => {
  const told = await scene.call("POST", "/api/v1/keys", admin, "x".repeat(2 ** 20 + 1));
  const chunks = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 5; i++) controller.enqueue(new Uint8Array(2 ** 18).fill(32));
      controller.close();
    },
  });
  const headers = { authorization: `Bearer ${admin}` };
  const chunked = await fetch(`${scene.url}/api/v1/keys`, { method: "POST", headers, body: chunks });
  for (const reply of [told, chunked]) {
    expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([413, "request_too_large"]);
  }
});

test("a calling key sees itself and what it spent, also in OpenRouter's words", async () => {
  const { id, secret } = await scene.keyWith(["read"]);
  scene.clock.setNow(START_MS + 5_000_000);
  const shown = await jsonOf(scene.call("GET", "/api/v1/key", secret));
  expect(shown).toMatchObject({ id, scopes: ["read"], last_used_at: "2027-01-15T09:23:20.000Z" });
  const none = { usage: 0, limit: null, limit_remaining: null, is_free_tier: false };
  expect(shown.data).toEqual({ label: "a read key", ...none });
  expect(JSON.stringify(shown)).not.toContain(secret.slice(15));
});
