import { describe, expect, test } from "bun:test";
import { testProvider } from "../../testing/gateway.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";

const scene = await manageScene({ providers: [testProvider("filed", "https://filed.example/v1")] });
const admin = (await scene.keyWith(["admin"])).secret;
const SECRETS = ["canary-key-abcdefghijklmnopqrstuvwx", "canary-header", "canary-client-secret"];
const [KEY = ""] = SECRETS;

/** Whatever is answered, it holds no secret. */
async function ask(method: string, path: string, body?: unknown) {
  const reply = await scene.call(method, `/api/v1/providers${path}`, admin, body);
  const text = await reply.text();
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  return { status: reply.status, body: JSON.parse(text) };
}

let made = 0;
async function added(more: object = {}): Promise<string> {
  const id = `p${++made}`;
  const body = { id, base_url: "https://api.example.com/v1", api_key: KEY, models: [{ id: "m" }], ...more };
  expect(await ask("POST", "", body)).toMatchObject({ status: 201 });
  return id;
}
const audit = async () => (await jsonOf(scene.call("GET", "/api/v1/audit?limit=1", admin))).data[0];

test("an added provider is shown with what was said of it, and of its secrets the names and four characters", async () => {
  const id = await added({ headers: { "X-Org": "canary-header" }, timeouts: { idle_ms: 5 } });
  const { body } = await ask("GET", "?limit=1000");
  const shown = body.data.find((it: { id: string }) => it.id === id);
  expect(shown).toMatchObject({
    source: "api",
    has_api_key: true,
    api_key_end: "uvwx",
    base_url: "https://api.example.com/v1",
    settings: { id, base_url: "https://api.example.com/v1", timeouts: { idle_ms: 5 }, models: [{ id: "m" }] },
    secrets: ["api_key", "headers.x-org"],
    problem: null,
    created_at: "2027-01-15T08:00:00.000Z",
    changed_at: "2027-01-15T08:00:00.000Z",
  });
  expect(body.data.find((it: { id: string }) => it.id === "filed")).toMatchObject({
    source: "file",
    has_api_key: true,
    api_key_end: null,
    settings: null,
    secrets: [],
    created_at: null,
  });
});

test("nothing is told of a short key but that it is there", async () => {
  const { body } = await ask("POST", "", {
    id: "short",
    base_url: "https://a.example",
    api_key: "hunter2hunter2hunter2",
  });
  expect(body).toMatchObject({ has_api_key: true, api_key_end: null });
  expect(JSON.stringify(body)).not.toContain("ter2");
});

const MISTAKES: [object, string | null][] = [
  [{}, "id"],
  [{ id: "x" }, null],
  [{ id: "x", preset: "opnai" }, "preset"],
  [{ id: "A/B", base_url: "https://a.example" }, "id"],
  [{ id: "x", base_url: "${env:HOME}" }, "base_url"],
  [{ id: "x", base_url: "https://a.example", api_key: "${file:/etc/passwd}" }, "api_key"],
  [{ id: "x", base_url: "https://a.example", headers: { "x-a": "${file:/etc/passwd}" } }, "headers.x-a"],
  [{ id: "x", preset: "vertex", auth: { credentials_file: "/etc/passwd" } }, "auth.credentials_file"],
  [{ id: "x", preset: "bedrock", auth: { region: "eu-west-1", profile: "default" } }, "auth.profile"],
  [{ id: "x", preset: "bedrock" }, "auth.region"],
  [{ id: "x", preset: "azure", auth: { resource: "a.evil.example/" } }, "auth.resource"],
  [{ id: "x", preset: "openai", auth: { regoin: "x" } }, null],
  [
    { id: "x", base_url: "https://a.example", models: [{ id: "m", price: { input: -1, output: 0 } }] },
    "models[0].price.input",
  ],
  [{ id: "x", base_url: "https://a.example", models: [{ id: "m" }, { id: "m" }] }, "models[1].id"],
  [{ id: "x", base_url: "https://a.example", timeouts: { idle: 5 } }, "timeouts.idle"],
  [{ id: "x", base_url: "https://u:p@a.example" }, "base_url"],
  [{ id: "x", base_url: "gopher://a.example" }, "base_url"],
  [{ id: "x", base_url: "http://10.0.0.1/v1" }, "base_url"],
  [{ id: "x", base_url: "http://localhost:8000/v1" }, "base_url"],
  [{ id: "x", base_url: "http://{region}/v1", auth: { region: "2852039166" }, local: true }, "base_url"],
  [{ id: "x", base_url: "http://①⑥⑨.254.169.254/latest", local: true }, "base_url"],
  [{ id: "x", preset: "openai", base_url: "http://169.254.169.254.", local: true }, "base_url"],
  [{ id: "x", base_url: "https://{client_secret}.example", auth: { client_secret: SECRETS[2] } }, "base_url"],
  [
    {
      ...{ id: "x", preset: "azure", base_url: "https://a.example/{client_secret}/v1" },
      auth: { tenant_id: "t", client_id: "c", client_secret: SECRETS[2] },
    },
    "base_url",
  ],
];

test.each(
  MISTAKES,
)("mistake %# is a 400 that names the field, and nothing is written", async (body, param) => {
  const before = await audit();
  const reply = await ask("POST", "", { ...body, api_key: (body as { api_key?: string }).api_key });
  expect(reply).toMatchObject({ status: 400, body: { error: { code: "invalid_request" } } });
  if (param !== null) expect(reply.body.error.param).toBe(param);
  expect(reply.body.error.message).not.toContain("passwd");
  expect((await ask("PATCH", "/x", {})).status).toBe(404);
  expect(await audit()).toEqual(before);
});

test("an id is given once, whoever has it, also to two who ask at the same time", async () => {
  const id = await added();
  const body = { id, base_url: "https://b.example" };
  expect(await ask("POST", "", body)).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
  for (const [method, path] of [
    ["POST", ""],
    ["PATCH", "/filed"],
    ["DELETE", "/filed"],
  ] as const) {
    const filed = await ask(
      method,
      path,
      method === "DELETE" ? undefined : method === "POST" ? { ...body, id: "filed" } : {},
    );
    expect(filed).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining("nyuro.yaml") } },
    });
  }
  const twice = { id: "twice", base_url: "https://b.example" };
  const replies = await Promise.all([ask("POST", "", twice), ask("POST", "", twice)]);
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
  for (const method of ["PATCH", "DELETE"])
    expect((await ask(method, "/nobody", method === "PATCH" ? {} : undefined)).status).toBe(404);
});

describe("a stored secret", () => {
  test.each<[string, object]>([
    ["another host", { base_url: "https://thief.example/v1" }],
    ["another port", { base_url: "https://api.example.com:8443/v1" }],
    ["no encryption", { base_url: "http://api.example.com/v1" }],
    ["a preset's address", { preset: "openai", base_url: null }],
    ["another host that only looks the same", { base_url: "https://api.example.com.thief.example/v1" }],
  ])("never goes to %s: it must be given anew", async (_, patch) => {
    const id = await added();
    const refused = await ask("PATCH", `/${id}`, patch);
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { param: "api_key", code: "invalid_request" } },
    });
    expect((await ask("PATCH", `/${id}`, { ...patch, api_key: "another-key" })).status).toBe(200);
  });

  test("in a header or of a login is one like the key, and each must be named", async () => {
    const id = await added({
      ...{ preset: "azure", base_url: undefined, api_key: undefined, headers: { "x-org": "canary-header" } },
      auth: { resource: "mine", tenant_id: "t", client_id: "c", client_secret: SECRETS[2] },
    });
    const param = async (patch: object) => (await ask("PATCH", `/${id}`, patch)).body.error?.param ?? null;
    expect(await param({ auth: { resource: "thief" } })).toBe("auth.client_secret");
    expect(await param({ auth: { resource: "thief", client_secret: "new" } })).toBe("headers.x-org");
    expect(
      await param({ auth: { resource: "other", client_secret: "new" }, headers: { "X-Org": null } }),
    ).toBeNull();
  });

  test("stays where only the path or something else changes, and goes where it is taken away", async () => {
    const id = await added();
    const kept = await ask("PATCH", `/${id}`, {
      base_url: "https://API.example.com:443/v2",
      takes_metadata: true,
    });
    expect(kept.body).toMatchObject({ has_api_key: true, settings: { takes_metadata: true } });
    const free = await ask("PATCH", `/${id}`, { api_key: null, base_url: "https://b.example" });
    expect(free.body).toMatchObject({ has_api_key: false, secrets: [], base_url: "https://b.example" });
  });
});

test("a patch is checked as a whole, names its field, and cannot change the id", async () => {
  const id = await added();
  const param = async (patch: object) => (await ask("PATCH", `/${id}`, patch)).body.error?.param;
  expect(await param({ id: "other" })).toBe("id");
  expect(await param({ base_url: null })).toBeNull();
  expect(await param({ api_key: "a b\n" })).toBe("api_key");
  expect(await param({ base_url: "http://169.254.169.254/", api_key: "x", local: true })).toBe("base_url");
  expect(await param({ auth: { region: "${env:HOME}" } })).toBe("auth.region");
  expect((await ask("PATCH", `/${id}`, [])).status).toBe(400);
});

test("every change is in the audit log with what was and what is, of secrets the names", async () => {
  const id = await added({ headers: { "x-org": "canary-header" } });
  expect(await audit()).toMatchObject({
    action: "provider.create",
    object: id,
    details: { before: null, after: { id, secrets: ["api_key", "headers.x-org"] } },
  });
  await ask("PATCH", `/${id}`, { local: true, api_key: `${KEY}2`, models: null });
  const updated = await audit();
  expect(updated).toMatchObject({
    action: "provider.update",
    details: {
      before: { models: [{ id: "m" }] },
      after: { local: true },
      secrets_given: ["api_key"],
    },
  });
  expect(Object.keys(updated.details.after)).toEqual(["local"]);
  for (const same of [{}, { local: true }, { api_key: `${KEY}2` }])
    expect((await ask("PATCH", `/${id}`, same)).status).toBe(200);
  expect(await audit()).toEqual(updated);
  await ask("DELETE", `/${id}`);
  const deleted = await audit();
  expect(deleted).toMatchObject({
    action: "provider.delete",
    details: { before: { id, local: true }, after: null },
  });
  expect(deleted.actor_key_id).toMatch(/^key_/);
  const all = await (await scene.call("GET", "/api/v1/audit?limit=1000", admin)).text();
  for (const secret of SECRETS) expect(all + scene.logs.join()).not.toContain(secret);
});
