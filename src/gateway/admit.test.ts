import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import type { CallerLimits, RateLimit } from "../core/rate-limit.ts";
import { deployment } from "../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { startGateway, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion, streamEvents } from "../testing/openai-replies.ts";
import { type Answer, ScriptedUpstream } from "../testing/scripted-upstream.ts";

/*
 * Rate limits through the real server. The clock stands still unless a test moves it, so that a minute is never over
 * by itself.
 */

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
let clock: FixedClock;
let held: Answer[] = [];
let heldNow: () => void = () => {};

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
});
afterAll(() => upstream.stop());
beforeEach(() => {
  held = [];
  upstream
    .on("m", (_, answer) => answer.json(200, completion("m", "fine", { prompt: 30, completion: 20 })))
    .on("broken", (_, answer) => answer.json(400, { error: { message: "no", code: "bad" } }))
    .on("streamed", (_, answer) => {
      answer.startStream();
      for (const event of streamEvents("streamed", ["a", "b"], { prompt: 40, completion: 160 }))
        answer.chunk(event);
      answer.endStream();
    })
    .on("held", (_, answer) => {
      held.push(answer);
      heldNow();
    });
});
afterEach(() => nyuro.stop());

const NONE: RateLimit = { rpm: null, tpm: null, maxParallel: null };
const keyOf = (limit: Partial<RateLimit>): CallerLimits => ({ key: { ...NONE, ...limit }, org: null });
const orgOf = (limit: Partial<RateLimit>): CallerLimits => ({ key: null, org: { ...NONE, ...limit } });

function start(rateLimits: CallerLimits | null): void {
  clock = fixedClock(1_800_000_000_000);
  nyuro = startGateway({
    clock,
    caller: { rateLimits },
    providers: [testProvider("up", upstream.baseUrl)],
    deployments: ["m", "broken", "streamed", "held"].map((model) =>
      deployment(`up/${model}`, { maxOutputTokens: 4_096 }),
    ),
  });
}

const ask = (model: string, more: object = {}, init: RequestInit = {}) =>
  nyuro.chat({ model, messages: [{ role: "user", content: "Hello" }], ...more }, init);

const rateHeadersOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-ratelimit-")));

/** Resolves once that many calls are waiting for an answer. */
const holding = (count: number) =>
  new Promise<void>((resolve) => {
    heldNow = () => held.length >= count && resolve();
    heldNow();
  });

test("without limits a reply carries no rate limit headers", async () => {
  start(null);
  expect(rateHeadersOf(await ask("m"))).toEqual({});
});

test("an admitted reply says what is left, with what the provider told instead of the estimate", async () => {
  start(keyOf({ rpm: 60, tpm: 10_000 }));
  expect(rateHeadersOf(await ask("m", { max_tokens: 4_000 }))).toEqual({
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1m1s",
    "x-ratelimit-limit-tokens": "10000",
    "x-ratelimit-remaining-tokens": "9950",
    "x-ratelimit-reset-tokens": "1m1s",
  });
});

test("a refusal names its limit, says when to come back, keeps a row, and asks nobody", async () => {
  start(keyOf({ rpm: 1 }));
  const before = upstream.requests.length;
  await ask("m");
  clock.advance(30_250);
  const reply = await ask("m");
  expect(reply.status).toBe(429);
  const { error } = JSON.parse(await reply.text());
  expect(error).toEqual({
    message: "The rate limit of this key, rpm 1 (requests per minute), is reached. Try again in 30.75s.",
    type: "rate_limit_error",
    param: null,
    code: "rate_limit_exceeded",
    metadata: { scope: "key", kind: "rpm", limit: 1 },
  });
  const { headers } = reply;
  expect([headers.get("retry-after"), headers.get("retry-after-ms")]).toEqual(["31", "30750"]);
  expect(headers.get("x-should-retry")).toBeNull();
  expect(rateHeadersOf(reply)).toEqual({
    "x-ratelimit-limit-requests": "1",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "30.75s",
  });
  expect(nyuro.rows.at(-1)).toMatchObject({
    status: "refused",
    httpStatus: 429,
    errorCode: "rate_limit_exceeded",
    requestedModel: "m",
    provider: null,
    costNanoUsd: 0,
    attempts: [],
  });
  expect(upstream.requests.length - before).toBe(1);
  expect(nyuro.gateway.health.view("up/m")).toMatchObject({ rest: null, breaker: "closed", inFlight: 0 });
  clock.advance(30_749);
  expect((await ask("m")).status).toBe(429);
  clock.advance(1);
  expect((await ask("m")).status).toBe(200);
});

test.each([
  ["rpm 0", keyOf({ rpm: 0 }), {}, "The rate limit of this key, rpm 0 (requests per minute), does not let"],
  [
    "tpm 0",
    orgOf({ tpm: 0 }),
    {},
    "The rate limit of this organization, tpm 0 (tokens per minute), does not",
  ],
  ["max_parallel 0", keyOf({ maxParallel: 0 }), {}, "max_parallel 0 (requests at once), does not let"],
  ["more tokens than the limit has", keyOf({ tpm: 500 }), {}, "This request counts as 518 tokens"],
  ["many answers", keyOf({ tpm: 500 }), { max_tokens: 100, n: 5 }, "counts as 506 tokens"],
  ["the model's most, not what was asked", keyOf({ tpm: 4_000 }), { max_tokens: 1e9 }, "as 4102 tokens"],
])("%s: refused without a time to come back", async (_, limits, more, sentence) => {
  start(limits);
  const reply = await ask("m", more);
  const { headers } = reply;
  expect([reply.status, headers.get("retry-after"), headers.get("retry-after-ms")]).toEqual([
    429,
    null,
    null,
  ]);
  expect(headers.get("x-should-retry")).toBe("false");
  expect(JSON.parse(await reply.text()).error.message).toContain(sentence);
});

test("requests that never got as far as a provider, and refused ones, do not count; failed ones do", async () => {
  start(keyOf({ rpm: 2, tpm: 1_000 }));
  for (const [model, status] of [
    ["unknown", 404],
    ["broken", 400],
    ["m", 200],
    ["m", 429],
    ["m", 429],
  ] as const)
    expect([model, (await ask(model)).status]).toEqual([model, status]);
  clock.advance(61_000);
  const reply = await ask("broken");
  // What failed gives all its tokens back.
  expect(reply.headers.get("x-ratelimit-remaining-tokens")).toBe("1000");
  expect(reply.headers.get("x-ratelimit-remaining-requests")).toBe("1");
});

test("a stream is told what its reservation leaves, and corrected at its end", async () => {
  start(keyOf({ tpm: 2_000 }));
  const reply = await ask("streamed", { stream: true, max_tokens: 1_000 });
  expect(reply.headers.get("x-ratelimit-remaining-tokens")).toBe("994");
  await reply.text();
  const after = await ask("m");
  expect(after.headers.get("x-ratelimit-remaining-tokens")).toBe("1750");
});

test.each([
  ["requests", keyOf({ rpm: 40 })],
  ["tokens, each request counting as 106", keyOf({ tpm: 40 * 106 + 105 })],
  ["requests of the organization", { key: { ...NONE, rpm: 1_000 }, org: { ...NONE, rpm: 40 } }],
])("of 300 requests at once exactly the 40 that fit pass: %s", async (_, limits) => {
  start(limits);
  const before = upstream.requests.length;
  const sent = Array.from({ length: 300 }, () => ask("held", { max_tokens: 100 }));
  await Promise.all([holding(40), nyuro.rowsWritten(260)]);
  for (const answer of held) answer.json(200, completion("held", "fine"));
  const statuses = await Promise.all(sent.map(async (reply) => (await reply).status));
  expect(statuses.filter((status) => status === 200)).toHaveLength(40);
  expect(statuses.filter((status) => status === 429)).toHaveLength(260);
  expect(upstream.requests.length - before).toBe(40);
  expect(nyuro.rows).toHaveLength(300);
  expect(nyuro.rows.filter(({ status }) => status === "refused")).toHaveLength(260);
  expect(nyuro.gateway.health.view("up/held")).toMatchObject({ rest: null, breaker: "closed", inFlight: 0 });
});

test("a place is taken until the row is written, whether a client waits for its answer or leaves", async () => {
  start(keyOf({ maxParallel: 2, tpm: 10_000 }));
  const leaving = new AbortController();
  const staying = ask("held", { max_tokens: 1_000 });
  const left = ask("held", { max_tokens: 1_000, stream: true }, { signal: leaving.signal }).catch(
    () => "left",
  );
  await holding(2);
  const full = await ask("m");
  expect(full.status).toBe(429);
  expect([full.headers.get("retry-after"), full.headers.get("retry-after-ms")]).toEqual(["1", "1000"]);
  expect(JSON.parse(await full.text()).error.metadata).toEqual({
    scope: "key",
    kind: "max_parallel",
    limit: 2,
  });
  leaving.abort();
  expect(await left).toBe("left");
  await nyuro.rowsWritten(2);
  const passed = await ask("m");
  expect(passed.status).toBe(200);
  // 50 told for this one, 1,006 reserved for the one that stays, nothing kept of the one that left before an answer.
  expect(passed.headers.get("x-ratelimit-remaining-tokens")).toBe("8944");
  held[0]?.json(200, completion("held", "fine"));
  expect((await staying).status).toBe(200);
  expect((await Promise.all([ask("m"), ask("m")])).map(({ status }) => status)).toEqual([200, 200]);
});

test("embeddings count all of their inputs, and no answer", async () => {
  start(keyOf({ tpm: 20 }));
  const embed = (input: unknown) => nyuro.post("/v1/embeddings", { model: "m", input });
  const told = async (input: unknown) => JSON.parse(await (await embed(input)).text()).error.message;
  expect(await told(["twelve bytes", "twelve bytes", "x".repeat(64)])).toContain("counts as 22 tokens");
  expect(await told([Array(11).fill(1), Array(10).fill(1)])).toContain("counts as 21 tokens");
  expect(await told("x".repeat(100))).toContain("counts as 25 tokens");
  expect((await embed(["twelve bytes"])).status).not.toBe(429);
});

test("nothing is kept when the row cannot be written", async () => {
  clock = fixedClock(0);
  nyuro = startGateway({
    clock,
    caller: { rateLimits: keyOf({ maxParallel: 1 }) },
    providers: [testProvider("up", upstream.baseUrl)],
    deployments: [deployment("up/m")],
    write: async () => {
      throw new Error("disk full");
    },
  });
  for (let i = 0; i < 3; i++) expect((await ask("m")).status).toBe(500);
});
