import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { deployment, price } from "../../testing/catalog.ts";
import { startGateway, type TestGateway, testProvider } from "../../testing/gateway.ts";
import { completion, streamEvents } from "../../testing/openai-replies.ts";
import { type Answer, ScriptedUpstream } from "../../testing/scripted-upstream.ts";

const RUNS = 25;
const PATIENT = { connectMs: 30_000, firstContentMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const PAUSES_MS = [0, 0, 1, 3, 8];

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
/** Output tokens of each call, told by nobody but the upstream: its bill. */
const billed: number[] = [];

const pause = (ms: number) => new Promise((later) => setTimeout(later, ms));

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", async ({ body }, answer: Answer) => {
    const completed = billed.push(0);
    const told = { prompt: 10, completion: completed };
    const slowMs = Number(body.seed);
    await pause(slowMs);
    billed[completed - 1] = completed;
    if (body.stream !== true) return answer.json(200, completion("m", `call ${completed}`, told));
    answer.startStream();
    for (const event of streamEvents("m", ["call", ` ${completed}`], told)) {
      answer.chunk(event);
      await pause(slowMs / 4);
    }
    answer.endStream();
  });
});
afterAll(() => upstream.stop());

interface Asked {
  name: number;
  /** When it is sent, and when its client leaves; null = it stays. */
  afterMs: number;
  leavesAfterMs: number | null;
}

/** A request's body is fixed by its name, as a retry's is. */
const bodyOf = (name: number) => ({
  model: "m",
  messages: [{ role: "user", content: `question ${name}` }],
  stream: name % 2 === 0,
  seed: PAUSES_MS[name % PAUSES_MS.length],
});

interface Received {
  name: number;
  requestId: string | null;
  text: string;
}

/** Null = the client left before it had everything. */
async function ask({ name, afterMs, leavesAfterMs }: Asked): Promise<Received | null> {
  await pause(afterMs);
  const leaving = new AbortController();
  const timer = leavesAfterMs === null ? undefined : setTimeout(() => leaving.abort(), leavesAfterMs);
  try {
    const init = { headers: { "idempotency-key": `question-${name}` }, signal: leaving.signal };
    const response = await nyuro.chat(bodyOf(name), init);
    expect(response.status).toBe(200);
    return { name, requestId: response.headers.get("x-request-id"), text: await response.text() };
  } catch (error) {
    if (leaving.signal.aborted) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const ASKED: fc.Arbitrary<Asked> = fc.record({
  name: fc.nat({ max: 9 }),
  afterMs: fc.nat({ max: 25 }),
  leavesAfterMs: fc.option(fc.nat({ max: 15 }), { freq: 2 }),
});

test(`${RUNS} storms of retries and hang-ups over sockets: each question is paid for once, and the ledger is the bill`, async () => {
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(ASKED, { minLength: 20, maxLength: 60 }), async (asked) => {
      billed.length = 0;
      upstream.requests.length = 0;
      nyuro = startGateway({
        providers: [testProvider("one", upstream.baseUrl, { timeouts: PATIENT })],
        deployments: [deployment("one/m", { price: price(1, 2) })],
      });
      const received = (await Promise.all(asked.map(ask))).filter((reply) => reply !== null);
      await nyuro.stop(10_000);
      const answered = nyuro.rows.filter(({ status }) => status === "ok");

      const byName = Map.groupBy(received, ({ name }) => name);
      for (const replies of byName.values()) {
        expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
        expect(new Set(replies.map(({ requestId }) => requestId)).size).toBe(1);
      }
      // Nobody's answer is anybody else's; each has its one row, and was called for once.
      expect(new Set([...byName.values()].map(([first]) => first?.text)).size).toBe(byName.size);
      expect(answered.length).toBeGreaterThanOrEqual(byName.size);
      expect(answered.length).toBeLessThanOrEqual(new Set(asked.map(({ name }) => name)).size);
      expect(new Set(nyuro.rows.map(({ status }) => status)).isSubsetOf(new Set(["ok", "canceled"]))).toBe(
        true,
      );
      expect(upstream.requests.length).toBeLessThanOrEqual(nyuro.rows.length);
      for (const { usage, costNanoUsd } of answered) {
        expect(billed).toContain(usage?.output ?? -1);
        expect(costNanoUsd).toBe(10 * 1_000 + (usage?.output ?? 0) * 2_000);
      }
      expect(new Set(answered.map(({ usage }) => usage?.output)).size).toBe(answered.length);
      shared += received.length - byName.size;
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(shared).toBeGreaterThan(RUNS);
}, 60_000);
