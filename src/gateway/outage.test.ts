import { afterEach, beforeEach, expect, test } from "bun:test";
import { deployment, price } from "../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { startGateway, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { type Answer, ScriptedUpstream, type UpstreamRequest } from "../testing/scripted-upstream.ts";

/*
 * Drills over two providers of one model: `first` is cheaper and gets everything while it is well, `second` never
 * fails. The clock stands still unless a drill moves it, so every figure is exact.
 */

type Mood = "well" | "overloaded" | "reset" | "limited";

let clock: FixedClock;
let nyuro: TestGateway;
let upstream: ScriptedUpstream;
let mood: Mood;
let arrived: { first: number; second: number };

function answerAs(request: UpstreamRequest, answer: Answer): void {
  if (mood === "reset") return answer.reset();
  if (mood === "overloaded") return answer.json(503, { error: { message: "overloaded" } });
  if (mood === "limited")
    return answer.json(429, { error: { message: "slow down" } }, { "retry-after": "7" });
  answer.json(200, completion(String(request.body.model), "Hello"));
}

beforeEach(async () => {
  mood = "well";
  arrived = { first: 0, second: 0 };
  clock = fixedClock(1_800_000_000_000);
  upstream = await ScriptedUpstream.start();
  upstream.on("first", (request, answer) => {
    arrived.first += 1;
    answerAs(request, answer);
  });
  upstream.on("second", (_, answer) => {
    arrived.second += 1;
    answer.json(200, completion("second", "Hello"));
  });
  nyuro = startGateway({
    clock,
    providers: [testProvider("one", upstream.baseUrl), testProvider("two", upstream.baseUrl)],
    deployments: [
      deployment("one/m", { upstream: "first", price: price(0, 0) }),
      deployment("two/m", { upstream: "second", price: price(5, 5) }),
    ],
  });
});
afterEach(async () => {
  await nyuro.stop();
  await upstream.stop();
});

/** So many requests, so many at once; the status and reason of each. */
async function load(requests: number, atOnce: number): Promise<{ status: number; reason: string }[]> {
  const seen: { status: number; reason: string }[] = [];
  let left = requests;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const reply = await nyuro.chat({ model: "m", messages: [{ role: "user", content: "Hello" }] });
      await reply.text();
      seen.push({ status: reply.status, reason: reply.headers.get("x-nyuro-route-reason") ?? "" });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return seen;
}

const failedOf = (seen: readonly { status: number }[]) => seen.filter(({ status }) => status !== 200).length;
const triedFirst = () =>
  nyuro.rows.filter(({ attempts }) => attempts.some(({ provider }) => provider === "one")).length;

test.each<Mood>([
  "overloaded",
  "reset",
])("a provider that dies (%s) costs clients nothing and is left after three requests", async (death) => {
  expect(failedOf(await load(50, 1))).toBe(0);
  expect(arrived).toEqual({ first: 50, second: 0 });
  const before = triedFirst();
  mood = death;
  expect(failedOf(await load(200, 1))).toBe(0);
  expect(triedFirst() - before).toBe(3);
  const calls = arrived.first - 50 + arrived.second;
  expect(calls).toBeLessThanOrEqual(200 * 1.1);
});

test("under load at most those under way and three more reach a dead provider, and clients notice nothing", async () => {
  const atOnce = 20;
  expect(failedOf(await load(200, atOnce))).toBe(0);
  const before = arrived.first;
  mood = "overloaded";
  expect(failedOf(await load(600, atOnce))).toBe(0);
  expect(arrived.first - before).toBeLessThanOrEqual(atOnce + 3);
  expect(arrived.first - before + arrived.second).toBeLessThanOrEqual(600 * 1.1);
});

test("a provider that recovers is back at its probe, not flooded, and then has everything again", async () => {
  mood = "overloaded";
  await load(10, 1);
  expect(arrived.first).toBe(3);
  mood = "well";
  clock.advance(4_999);
  await load(10, 1);
  expect(arrived.first).toBe(3);
  clock.advance(1);

  // Held back so that all are under way at once.
  const held = Promise.withResolvers<void>();
  upstream.on("first", async (request, answer) => {
    arrived.first += 1;
    await held.promise;
    answerAs(request, answer);
  });
  const burst = load(30, 30);
  await nyuro.rowsWritten(49);
  expect(arrived.first).toBe(4);
  held.resolve();
  expect(failedOf(await burst)).toBe(0);
  expect(nyuro.gateway.health.view("one/m").breaker).toBe("ramping");

  await load(60, 2);
  expect(nyuro.gateway.health.view("one/m").breaker).toBe("closed");
  const before = arrived.second;
  expect(failedOf(await load(60, 20))).toBe(0);
  expect(arrived.second).toBe(before);
});

test("a probe that fails costs its client nothing and doubles the rest", async () => {
  mood = "overloaded";
  await load(5, 1);
  clock.advance(5_000);
  expect(failedOf(await load(20, 1))).toBe(0);
  expect(arrived.first).toBe(4);
  clock.advance(9_999);
  await load(5, 1);
  expect(arrived.first).toBe(4);
  clock.advance(1);
  await load(5, 1);
  expect(arrived.first).toBe(5);
});

test("a storm of 429s is respected to the second, and nobody waits for it", async () => {
  mood = "limited";
  expect(failedOf(await load(100, 1))).toBe(0);
  expect(arrived.first).toBe(1);
  clock.advance(6_999);
  const resting = await load(100, 5);
  expect(failedOf(resting)).toBe(0);
  expect(new Set(resting.map(({ reason }) => reason))).toEqual(new Set(["alias; fallback=resting"]));
  expect(arrived.first).toBe(1);
  clock.advance(1);
  mood = "well";
  await load(10, 1);
  expect(arrived.first).toBe(11);
});

test("where all are limited the client is told to wait for what remains, and nobody is called", async () => {
  upstream.on("second", (_, answer) => {
    arrived.second += 1;
    answer.json(429, { error: { message: "slow down" } }, { "retry-after": "30" });
  });
  mood = "limited";
  expect(failedOf(await load(1, 1))).toBe(1);
  clock.advance(2_000);
  const before = { ...arrived };
  const reply = await nyuro.chat({ model: "m", messages: [{ role: "user", content: "Hello" }] });
  expect([reply.status, reply.headers.get("retry-after"), reply.headers.get("retry-after-ms")]).toEqual([
    429,
    "5",
    "5000",
  ]);
  expect(arrived).toEqual(before);
});
