import { describe, expect, test } from "bun:test";
import { fixedClock } from "../../testing/clock.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { type Creation, Idempotency } from "./idempotency.ts";
import { type ManageRoute, ROUTES } from "./routes.ts";

const scene = await manageScene();
const admin = await scene.keyWith(["admin"]);
const other = await scene.keyWith(["admin"]);
const CANARY = "canary-key-abcdefghijklmnopqrstuvwx";

const post = (path: string, body: unknown, key: string, secret = admin.secret) =>
  fetch(`${scene.url}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "idempotency-key": key },
    body: JSON.stringify(body),
  });
const countOf = async (path: string) =>
  (await jsonOf(scene.call("GET", `/api/v1${path}?limit=1000`, admin.secret))).data.length;
const rotated = await scene.keyWith(["inference"]);

const CREATIONS: [string, object, string][] = [
  ["/keys", { name: "made" }, "/keys"],
  ["/orgs", { name: "made" }, "/orgs"],
  ["/providers", { id: "made", base_url: "https://a.example", api_key: CANARY }, "/providers"],
  [`/keys/${rotated.id}/rotate`, { overlap_seconds: 5 }, "/keys"],
];

describe.each(CREATIONS)("POST %s", (path, body, list) => {
  test("with the same key makes one thing and answers the same, however often and at once", async () => {
    const [before, audited] = [await countOf(list), await countOf("/audit")];
    const isRotation = path.endsWith("/rotate");
    const replies = await Promise.all([1, 2, 3].map(() => post(path, body, `one-${path}`)));
    replies.push(await post(path, body, `one-${path}`));
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(replies.filter((it) => it.headers.has("x-nyuro-replayed"))).toHaveLength(3);
    expect(new Set(replies.map((it) => it.headers.get("x-request-id"))).size).toBe(4);
    const texts = await Promise.all(replies.map((it) => it.text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toContain(CANARY);
    expect(await countOf(list)).toBe(isRotation ? before : before + 1);
    expect(await countOf("/audit")).toBe(audited + 1);
  });

  test("with the same key and another body is refused, and another caller's key is another key", async () => {
    const changed = await post(path, { ...body, name: "other", overlap_seconds: 6 }, `one-${path}`);
    expect([changed.status, (await jsonOf(changed)).error.code]).toEqual([422, "idempotency_mismatch"]);
    const foreign = await post(
      path,
      { ...body, id: body && "id" in body ? "made-2" : undefined },
      `one-${path}`,
      other.secret,
    );
    expect([foreign.status, foreign.headers.has("x-nyuro-replayed")]).toEqual([201, false]);
  });
});

test("a refusal made nothing: the same key may be used again", async () => {
  expect((await post("/keys", { name: "" }, "again")).status).toBe(400);
  expect((await post("/keys", { name: "" }, "again")).headers.has("x-nyuro-replayed")).toBe(false);
  expect((await post("/keys", { name: "fine" }, "again")).status).toBe(201);
});

test("a key is 1 to 255 visible ASCII characters; on routes that make nothing it means nothing", async () => {
  for (const key of ["a b", "a".repeat(256), "ä"])
    expect((await jsonOf(post("/keys", { name: "x" }, key))).error.code).toBe("invalid_request");
  for (const isDrained of [true, false])
    expect((await post("/providers/made/drain", { drain: isDrained }, "k")).status).toBe(200);
});

test("the caller is asked for the scope first, and without a good key there is nothing to replay", async () => {
  await post("/keys", { name: "x" }, "scoped");
  expect((await post("/keys", { name: "x" }, "scoped", "neu_live_wrong")).status).toBe(401);
  const reader = await scene.keyWith(["read"]);
  expect((await post("/keys", { name: "x" }, "scoped", reader.secret)).status).toBe(403);
});

describe("what is kept", () => {
  const bounds = { keyMs: 1_000, secretMs: 100, callers: 2, keys: 3, characters: 13 };
  let made = 0;
  const scenario = () => {
    const clock = fixedClock(0);
    const once = new Idempotency(clock, bounds);
    const ask = async (key: string, rest: Partial<Creation> & { text?: string } = {}) => {
      const { text = "x", ...creation } = rest;
      const all = { callerId: "c", idempotencyKey: key, asked: ["a"], isSecret: false, ...creation };
      const reply = await once.answer(all, async () => new Response(`${++made}${text}`, { status: 201 }));
      return reply.status === 201 ? reply.text() : (await jsonOf(reply)).error.code;
    };
    return { clock, ask };
  };

  test("a secret answer goes after its time, and its key is refused until a day is over", async () => {
    const { clock, ask } = scenario();
    const first = await ask("k", { isSecret: true });
    clock.advance(99);
    expect(await ask("k", { isSecret: true })).toBe(first);
    clock.advance(1);
    expect(await ask("k", { isSecret: true })).toBe("idempotency_key_used");
    expect(await ask("k", { isSecret: true, asked: ["b"] })).toBe("idempotency_mismatch");
    clock.advance(900);
    expect(await ask("k", { isSecret: true })).not.toBe(first);
  });

  test("any other stays for the day", async () => {
    const { clock, ask } = scenario();
    const first = await ask("k");
    clock.advance(999);
    expect(await ask("k")).toBe(first);
    clock.advance(1);
    expect(await ask("k")).not.toBe(first);
  });

  test("is bounded: long answers go first, then the oldest keys, then whoever asked longest ago", async () => {
    const { ask } = scenario();
    await ask("a", { text: "12345678" });
    const second = await ask("b", { text: "12345678" });
    expect(await ask("a")).toBe("idempotency_key_used");
    expect(await ask("b")).toBe(second);
    for (const key of ["c", "d"]) await ask(key);
    expect(await ask("b")).not.toBe("idempotency_key_used");
    expect(await ask("a", { text: "new" })).toEndWith("new");
    for (const callerId of ["other", "third"]) await ask("a", { callerId });
    expect(await ask("a", { text: "newer" })).toEndWith("newer");
  });

  test("what failed for a bug made nothing either, and everybody who waits is told", async () => {
    const once = new Idempotency(fixedClock(0), bounds);
    const creation = { callerId: "c", idempotencyKey: "k", asked: [], isSecret: false };
    const broken = () => once.answer(creation, () => Promise.reject(new Error("a bug")));
    const both = await Promise.allSettled([broken(), broken()]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const reply = await once.answer(creation, async () => new Response("fine", { status: 201 }));
    expect(await reply.text()).toBe("fine");
  });
});

test("the document says which routes make something once, and what a provider may say", async () => {
  const { paths, components } = await jsonOf(scene.call("GET", "/openapi.json", null));
  for (const { method, path, once } of Object.values<ManageRoute>(ROUTES)) {
    const names = (paths[path][method].parameters ?? []).map(({ name }: { name: string }) => name);
    expect(names.includes("idempotency-key")).toBe(once !== undefined);
  }
  const { NewProvider, ProviderPatch } = components.schemas;
  expect(NewProvider).toMatchObject({ required: ["id"], additionalProperties: false });
  expect(Object.keys(NewProvider.properties)).toContain("api_key");
  expect(ProviderPatch.properties.api_key.anyOf).toContainEqual({ type: "null" });
  expect(ProviderPatch.properties).not.toHaveProperty("id");
  expect(ProviderPatch.required).toBeUndefined();
});
