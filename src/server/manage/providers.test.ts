import { afterAll, expect, test } from "bun:test";
import { demoProvider } from "../../boot/providers.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { testProvider, UPSTREAM_SECRET } from "../../testing/gateway.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { type Script, ScriptedUpstream } from "../../testing/scripted-upstream.ts";

const upstream = await ScriptedUpstream.start();
afterAll(() => upstream.stop());

const scene = await manageScene({
  providers: [
    testProvider("openai", "https://user:hunter2@api.example.com/v1?token=hunter2", {
      presetId: "openai",
      local: false,
      headers: { "x-secret": "hunter2" },
      query: { key: "hunter2" },
    }),
    testProvider("box", upstream.baseUrl),
    demoProvider,
  ],
  catalog: catalogOf(
    [
      deployment("openai/gpt-4o", { quality: 90 }),
      deployment("openai/gpt-4o-mini", {
        ...{ price: null, capabilities: ["tools"], unknownCapabilities: ["pdf"] },
        deprecation: { shutdownDate: "2027-01-14" },
      }),
      deployment("box/gpt-4o", { local: true }),
    ],
    { fast: ["gpt-4o-mini"] },
  ),
});
const admin = (await scene.keyWith(["admin"])).secret;
const get = async (path: string) => await jsonOf(scene.call("GET", `/api/v1${path}`, admin));

test("providers are listed by name with addresses, and without any credential", async () => {
  const text = await (await scene.call("GET", "/api/v1/providers", admin)).text();
  for (const secret of ["hunter2", "user", UPSTREAM_SECRET, "x-secret", "token"]) {
    expect(text).not.toContain(secret);
  }
  const { data, next_cursor } = JSON.parse(text);
  expect(next_cursor).toBeNull();
  expect(data.map(({ id }: { id: string }) => id)).toEqual(["box", "demo", "openai"]);
  expect(data[0]).toMatchObject({ preset: null, dialect: "openai", base_url: upstream.baseUrl });
  expect(data[1]).toMatchObject({ base_url: null, status: "no_models", models: 0 });
  expect(data[2]).toMatchObject({
    preset: "openai",
    base_url: "https://api.example.com/v1",
    local: false,
    status: "ok",
    models: 2,
  });
});

test("health is told per deployment, with the wall time at which a rest ends", async () => {
  scene.health.failed("openai/gpt-4o", "rate_limited", 90_000);
  scene.health.began("box/gpt-4o");
  scene.health.succeeded("box/gpt-4o", 120);
  const { data } = await get("/providers");
  expect(data[2].status).toBe("degraded");
  expect(data[2].deployments[0]).toEqual({
    id: "openai/gpt-4o",
    model: "gpt-4o",
    status: "resting",
    rest: { reason: "rate_limited", until: "2027-01-15T08:01:30.000Z" },
    breaker: "closed",
    in_flight: 0,
    ttft_p50_ms: null,
    last_fault: { kind: "rate_limited", at: "2027-01-15T08:00:00.000Z" },
  });
  expect(data[0].deployments[0]).toMatchObject({ status: "ok", in_flight: 1, ttft_p50_ms: 120 });
  scene.health.failed("openai/gpt-4o-mini", "upstream_auth", null);
  expect((await get("/providers")).data[2].status).toBe("resting");
});

const run = (id: string) => scene.call("POST", `/api/v1/providers/${id}/test`, admin);

test("a test calls the provider for its models and tells how many there are", async () => {
  upstream.on("*", (_, answer) => answer.json(200, { object: "list", data: [{ id: "a" }, { id: "b" }] }));
  const fine = { ok: true, latency_ms: 0, models: 2, fault: null, http_status: null };
  expect(await jsonOf(run("box"))).toEqual(fine);
  expect(upstream.requests.at(-1)).toMatchObject({ method: "GET", path: "/v1/models" });
  expect(await jsonOf(run("demo"))).toEqual({ ...fine, models: 1 });
  expect((await run("nobody")).status).toBe(404);
});

test.each<[string, Script, string, number | null]>([
  ["a refused credential", (_, to) => to.json(401, { error: { message: "words" } }), "upstream_auth", 401],
  ["a web page", (_, to) => to.json(200, "<html>words</html>"), "malformed", 200],
  ["a redirect", (_, to) => to.json(302, "words", { location: "http://127.0.0.1:1/" }), "malformed", 302],
  ["a broken connection", (_, to) => to.reset(), "network", null],
])("a test that meets %s tells the kind of fault and nothing of its text", async (_, script, kind, status) => {
  upstream.on("*", script);
  const text = await (await run("box")).text();
  expect(JSON.parse(text)).toMatchObject({ ok: false, models: null, fault: kind, http_status: status });
  for (const secret of ["words", "127.0.0.1", UPSTREAM_SECRET]) expect(text).not.toContain(secret);
});

const drain = (id: string, body: unknown) => scene.call("POST", `/api/v1/providers/${id}/drain`, admin, body);
const asked = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
const routed = () => jsonOf(scene.call("POST", "/api/v1/route", admin, asked));

test("a drained provider gets no new requests, says so, and is taken back", async () => {
  expect((await get("/providers")).data.map((it: { draining: boolean }) => it.draining)).toEqual([
    false,
    false,
    false,
  ]);
  expect(await jsonOf(drain("box", { drain: true }))).toMatchObject({ id: "box", draining: true, models: 1 });
  expect((await get("/providers")).data[0].draining).toBe(true);
  expect((await routed()).excluded).toEqual([
    { provider: "box", model: "gpt-4o", reason: "draining", detail: "box is draining" },
  ]);
  expect(await jsonOf(drain("box", { drain: false }))).toMatchObject({ id: "box", draining: false });
  expect((await routed()).excluded).toEqual([]);
  const { data } = await get("/audit?limit=2");
  expect(data.map((it: { action: string; object: string }) => [it.action, it.object])).toEqual([
    ["provider.undrain", "box"],
    ["provider.drain", "box"],
  ]);
});

test("what is no provider, or no yes or no, is refused, and nothing is written", async () => {
  const before = (await get("/audit?limit=1")).data[0].id;
  expect((await drain("nobody", { drain: true })).status).toBe(404);
  for (const body of [{}, { drain: "yes" }, { drain: true, now: true }])
    expect((await drain("box", body)).status).toBe(400);
  expect((await get("/audit?limit=1")).data[0].id).toBe(before);
  expect((await get("/providers")).data[0].draining).toBe(false);
});

test("the catalog has models by name with their deployments, prices in USD per million tokens, and aliases", async () => {
  const { data, aliases, revision, next_cursor } = await get("/catalog");
  expect({ aliases, revision, next_cursor }).toEqual({
    aliases: { fast: ["gpt-4o-mini"] },
    revision: "test",
    next_cursor: null,
  });
  expect(data.map(({ id }: { id: string }) => id)).toEqual(["gpt-4o", "gpt-4o-mini"]);
  expect(data[0].deployments.map(({ provider }: { provider: string }) => provider)).toEqual([
    "box",
    "openai",
  ]);
  expect(data[0].deployments[1]).toMatchObject({ quality: 90, context_length: null });
  expect(data[0].deployments[1].price).toMatchObject({
    input: "1.000000000",
    output: "2.000000000",
    cached_input: null,
    source: "config",
  });
  expect(data[0].deployments[1]).toMatchObject({
    capabilities: null,
    deprecated: false,
    shutdown_date: null,
  });
  expect(data[0].deployments[1].unknown_capabilities).toHaveLength(6);
  expect(data[1].deployments[0]).toMatchObject({
    price: null,
    capabilities: ["tools"],
    unknown_capabilities: ["pdf"],
    deprecated: true,
    shutdown_date: "2027-01-14",
  });
  const { health } = data[1].deployments[0];
  expect(Object.keys(health).sort()).toEqual([
    "breaker",
    "in_flight",
    "last_fault",
    "rest",
    "status",
    "ttft_p50_ms",
  ]);
});

test("lists from memory are paged by name, and refuse another list's cursor", async () => {
  const first = await get("/providers?limit=2");
  const second = await get(`/providers?limit=2&cursor=${first.next_cursor}`);
  expect(second.data.map(({ id }: { id: string }) => id)).toEqual(["openai"]);
  expect(second.next_cursor).toBeNull();
  expect((await get(`/catalog?cursor=${first.next_cursor}`)).error.param).toBe("cursor");
});

test("the audit log tells who did what, newest first, in pages, and holds no secret", async () => {
  const key = await jsonOf(scene.call("POST", "/api/v1/keys", admin, { name: "audited" }));
  await scene.call("POST", `/api/v1/keys/${key.id}/rotate`, admin, {});
  await scene.call("DELETE", `/api/v1/keys/${key.id}`, admin);
  const first = await get("/audit?limit=2");
  expect(first.data.map(({ action }: { action: string }) => action)).toEqual(["key.revoke", "key.rotate"]);
  const rest = await get(`/audit?cursor=${first.next_cursor}`);
  expect(rest.data[0]).toMatchObject({
    action: "key.create",
    object: key.id,
    org_id: "org_default",
    details: { before: null, after: { name: "audited", scopes: ["inference"] } },
  });
  expect(rest.data[0].actor_key_id).toMatch(/^key_/);
  expect(rest.data.at(-1).actor_key_id).toBeNull();
  expect(JSON.stringify([first, rest])).not.toContain(key.key.slice(15));
  expect((await get("/audit?cursor=xx")).error.param).toBe("cursor");
});

test("a reset closes what rests, is in the audit log, and finds nobody who is not there", async () => {
  for (let faults = 0; faults < 3; faults++) scene.health.failed("box/gpt-4o", "overloaded", null);
  expect((await get("/providers")).data[0].deployments[0]).toMatchObject({ breaker: "open" });
  const reset = (id: string) => scene.call("POST", `/api/v1/providers/${id}/reset`, admin);
  expect((await jsonOf(reset("box"))).deployments[0]).toMatchObject({ breaker: "closed", rest: null });
  const { data } = await get("/audit?limit=1");
  expect(data[0]).toMatchObject({ action: "provider.reset", object: "box" });
  expect((await reset("nobody")).status).toBe(404);
});

test("a provider is tried before it is added: asked for its models, and nothing is kept", async () => {
  upstream.on("*", (_, answer) => answer.json(200, { object: "list", data: [{ id: "a" }] }));
  const body = { id: "new-box", base_url: upstream.baseUrl, local: true, api_key: "sk-a-secret-of-mine" };
  const tryOut = (changes: object) =>
    scene.call("POST", "/api/v1/providers/test", admin, { ...body, ...changes });
  const before = (await get("/providers")).data.length;
  expect(await jsonOf(tryOut({}))).toMatchObject({ ok: true, models: 1 });
  expect(upstream.requests.at(-1)?.headers.authorization).toBe("Bearer sk-a-secret-of-mine");
  expect((await get("/providers")).data).toHaveLength(before);
  expect((await jsonOf(tryOut({ base_url: undefined }))).error.code).toBe("invalid_request");
  // What is not said to be one's own machine may not be reached there.
  const asked = upstream.requests.length;
  expect((await jsonOf(tryOut({ local: false }))).error.param).toBe("base_url");
  expect(upstream.requests).toHaveLength(asked);
});
