import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Caller } from "../../core/caller.ts";
import { deployment, price } from "../../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../../testing/clock.ts";
import { startGateway, type TestGateway, testProvider } from "../../testing/gateway.ts";
import { completion, streamEvents } from "../../testing/openai-replies.ts";
import { type Script, ScriptedUpstream } from "../../testing/scripted-upstream.ts";

const MINUTES_MS = 60_000;
const ONE = "neu_live_one";
const TWO = "neu_live_two";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
let clock: FixedClock;
const callers: Record<string, Partial<Caller> | null> = {};
let keys = 0;
let key: string;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  clock = fixedClock(1_800_000_000_000);
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl)],
    deployments: ["json", "stream", "flaky"].map((name) => deployment(`one/${name}`, { price: price(1, 2) })),
    clock,
    callers,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  nyuro.rows.length = 0;
  upstream.requests.length = 0;
  callers[ONE] = { keyId: "key_one" };
  callers[TWO] = { keyId: "key_two" };
  key = `retry-${++keys}`;
  let calls = 0;
  upstream.on("json", (_, answer) => answer.json(200, completion("json", `answer ${++calls}`)));
  upstream.on("stream", (_, answer) => {
    answer.startStream();
    for (const event of streamEvents("stream", ["answer", ` ${++calls}`])) answer.chunk(event);
    answer.endStream();
  });
});

const bodyOf = (model: string, rest: Record<string, unknown> = {}) => ({
  model,
  messages: [{ role: "user", content: "hi" }],
  ...(model === "stream" ? { stream: true } : {}),
  ...rest,
});

async function ask(model: string, headers: Record<string, string> = {}, rest: Record<string, unknown> = {}) {
  const init = { headers: { "idempotency-key": key, authorization: `Bearer ${ONE}`, ...headers } };
  const response = await nyuro.chat(bodyOf(model, rest), init);
  return {
    status: response.status,
    text: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}

const errorIn = (text: string) => JSON.parse(text).error;
const withoutDate = ({ date: _, ...rest }: Record<string, string>) => rest;

describe("an answer is given again", () => {
  test.each(["json", "stream"])("%s: same bytes, one call, one row, marked", async (model) => {
    const first = await ask(model);
    const second = await ask(model);
    expect(first.status).toBe(200);
    expect(first.headers["x-nyuro-replayed"]).toBeUndefined();
    expect(second.text).toBe(first.text);
    expect(second.status).toBe(200);
    expect(withoutDate(second.headers)).toEqual({
      ...withoutDate(first.headers),
      "x-nyuro-replayed": "true",
    });
    expect(upstream.requests).toHaveLength(1);
    expect(nyuro.rows).toHaveLength(1);
    if (model === "stream") expect(second.text).toEndWith("data: [DONE]\n\n");
  });

  test("for ten minutes, no longer", async () => {
    const first = await ask("json");
    clock.advance(10 * MINUTES_MS - 1);
    expect((await ask("json")).text).toBe(first.text);
    clock.advance(1);
    const late = await ask("json");
    expect(late.headers["x-nyuro-replayed"]).toBeUndefined();
    expect(late.text).not.toBe(first.text);
    expect(nyuro.rows).toHaveLength(2);
  });

  test("under the twin of the path as well", async () => {
    await ask("json");
    const twin = await nyuro.post("/api/v1/chat/completions", bodyOf("json"), {
      headers: { "idempotency-key": key, authorization: `Bearer ${ONE}` },
    });
    expect(twin.headers.get("x-nyuro-replayed")).toBe("true");
  });

  test("embeddings too", async () => {
    upstream.on("json", (_, answer) =>
      answer.json(200, {
        object: "list",
        data: [{ object: "embedding", index: 0, embedding: [1, 2] }],
        model: "json",
        usage: { prompt_tokens: 1, total_tokens: 1 },
      }),
    );
    const embed = () =>
      nyuro.post("/v1/embeddings", { model: "json", input: "hi" }, { headers: { "idempotency-key": key } });
    const [first, second] = [await embed(), await embed()];
    expect(first.status).toBe(200);
    expect(await second.text()).toBe(await first.text());
    expect(second.headers.get("x-nyuro-replayed")).toBe("true");
    expect(upstream.requests).toHaveLength(1);
  });

  test("and takes nothing of a rate limit", async () => {
    callers[ONE] = {
      keyId: "key_limited",
      rateLimits: { key: { rpm: 1, tpm: null, maxParallel: null }, org: null },
    };
    const first = await ask("json");
    expect(first.headers["x-ratelimit-remaining-requests"]).toBe("0");
    const again = await ask("json");
    expect(again.status).toBe(200);
    expect(Object.keys(again.headers).filter((name) => name.startsWith("x-ratelimit-"))).toEqual([]);
    key = "another";
    expect((await ask("json")).status).toBe(429);
  });
});

describe("the same key with another request is a 422", () => {
  test.each<[string, Record<string, string>, Record<string, unknown>]>([
    ["another body", {}, { temperature: 1 }],
    ["another X-Session-Id", { "x-session-id": "s" }, {}],
    ["another X-Nyuro-Max-Cost-Usd", { "x-nyuro-max-cost-usd": "1" }, {}],
  ])("%s", async (_, headers, rest) => {
    const first = await ask("json");
    const other = await ask("json", headers, rest);
    expect(other.status).toBe(422);
    expect(other.headers["x-should-retry"]).toBe("false");
    expect(errorIn(other.text)).toMatchObject({
      code: "idempotency_mismatch",
      type: "invalid_request_error",
      message: expect.stringContaining("Idempotency-Key"),
    });
    expect(other.text).not.toContain("answer 1");
    expect(upstream.requests).toHaveLength(1);
    expect(nyuro.rows.map(({ httpStatus, costNanoUsd }) => [httpStatus, costNanoUsd === 0])).toEqual([
      [200, false],
      [422, true],
    ]);
    expect((await ask("json")).text).toBe(first.text);
  });

  test("the other operation", async () => {
    await ask("json");
    const body = bodyOf("json");
    const headers = { "idempotency-key": key, authorization: `Bearer ${ONE}` };
    expect((await nyuro.post("/v1/embeddings", body, { headers })).status).toBe(422);
  });
});

describe("the header", () => {
  test.each([
    ["empty", "", 400],
    ["with a blank inside", "a b", 400],
    ["not ASCII", "caf\u00e9", 400],
    ["256 characters", "k".repeat(256), 400],
    ["255 characters", "k".repeat(255), 200],
    ["any visible ASCII", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 200],
  ])("%s: %s", async (_, value, status) => {
    key = value;
    const { text, ...reply } = await ask("json");
    expect(reply.status).toBe(status);
    if (status === 400)
      expect(errorIn(text)).toMatchObject({
        code: "invalid_request",
        message: expect.stringContaining("Idempotency-Key"),
      });
    expect(nyuro.rows).toHaveLength(1);
    expect(upstream.requests).toHaveLength(status === 200 ? 1 : 0);
  });
});

describe("who may have an answer again", () => {
  test("nobody but the key it was given to", async () => {
    const [one, two] = [await ask("json"), await ask("json", { authorization: `Bearer ${TWO}` })];
    expect(two.headers["x-nyuro-replayed"]).toBeUndefined();
    expect(two.text).not.toBe(one.text);
    expect(nyuro.rows.map(({ keyId }) => keyId)).toEqual(["key_one", "key_two"]);
    expect((await ask("json", {}, { seed: 1 })).status).toBe(422);
    expect((await ask("json", { authorization: `Bearer ${TWO}` })).text).toBe(two.text);
  });

  test("no key that is revoked or expired, or has lost its scope", async () => {
    const { text } = await ask("json");
    callers[ONE] = null;
    const revoked = await ask("json");
    expect(revoked.status).toBe(401);
    callers[ONE] = { keyId: "key_one", scopes: ["read"] };
    const scopeless = await ask("json");
    expect(scopeless.status).toBe(403);
    for (const refused of [revoked, scopeless]) expect(refused.text).not.toContain(text.slice(0, 20));
  });

  test("a key that may not use the model any more: it was its own answer before", async () => {
    const { text } = await ask("json");
    callers[ONE] = { keyId: "key_one", allowedModels: ["stream"] };
    expect((await ask("json")).text).toBe(text);
    key = "new";
    expect((await ask("json")).status).toBe(403);
  });
});

describe("what is given again", () => {
  const told = (status: number, code = "x"): Script => {
    return (_, answer) => answer.json(status, { error: { message: "no", type: "t", param: null, code } });
  };
  test.each<[string, Script, number, boolean]>([
    ["the request refused by its provider", told(400), 400, true],
    ["the request refused as 422", told(422), 422, true],
    ["a rate limit of the provider", told(429), 429, false],
    ["a provider that failed", told(500), 503, false],
    ["a provider that is overloaded", told(529), 503, false],
    ["our credential refused", told(401), 502, false],
  ])("%s", async (_, script, status, isKept) => {
    upstream.on("flaky", script);
    const failed = await ask("flaky");
    expect(failed.status).toBe(status);
    upstream.on("flaky", (_, answer) => answer.json(200, completion("flaky", "fine")));
    clock.advance(5 * MINUTES_MS);
    const again = await ask("flaky");
    expect(again.status).toBe(isKept ? status : 200);
    expect(again.text === failed.text).toBe(isKept);
    expect("x-nyuro-replayed" in again.headers).toBe(isKept);
    expect(nyuro.rows).toHaveLength(isKept ? 1 : 2);
    expect(nyuro.rows).toHaveLength(upstream.requests.length);
  });

  test("our own 400", async () => {
    const first = await ask("json", {}, { messages: [] });
    const again = await ask("json", {}, { messages: [] });
    expect(again).toMatchObject({
      status: 400,
      text: first.text,
      headers: { "x-nyuro-replayed": "true", "x-should-retry": "false" },
    });
    expect(nyuro.rows).toHaveLength(1);
  });

  test.each([
    ["a model that is not known", "nothing", 404],
    ["a model that this key may not use", "stream", 403],
  ])("not %s: an operator mends that", async (_, model, status) => {
    callers[ONE] = { keyId: "key_one", allowedModels: ["json"] };
    for (const count of [1, 2]) {
      const reply = await ask(model);
      expect(reply.status).toBe(status);
      expect(reply.headers["x-nyuro-replayed"]).toBeUndefined();
      expect(nyuro.rows).toHaveLength(count);
    }
  });
});
