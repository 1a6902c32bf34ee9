import { afterAll, beforeAll, expect, test } from "bun:test";
import { deployment, price } from "../testing/catalog.ts";
import { startGateway, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion, deltaEvent, streamEvents } from "../testing/openai-replies.ts";
import { type Answer, type Script, ScriptedUpstream } from "../testing/scripted-upstream.ts";

const ABORTS = 1_000;
const AT_ONCE = 25;
const LONGEST_WAIT_MS = 15;
const CLOSED_WITHIN_MS = 100;
const MODELS = ["silent", "headers", "first-content", "mid-stream", "half-body", "fallback"] as const;

const deployments = [
  ...MODELS.filter((model) => model !== "fallback").map((model) => deployment(`one/${model}`)),
  deployment("one/fallback", { upstream: "broken", price: price(1, 1), contextLength: 100 }),
  deployment("two/fallback", { upstream: "behind", price: price(2, 1), contextLength: 200 }),
];

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
let ticking: ReturnType<typeof setInterval>;
const streaming = new Set<Answer>();
const closings: Promise<void>[] = [];
/** When the connection of a call that was never answered was seen, and when it was closed. */
const calls: { tag: number; seenMs: number; closedMs: number | null }[] = [];

/** Remembers the call; whatever it begins, it never ends. */
const watched =
  (begin: (answer: Answer) => void): Script =>
  ({ body, closed }, answer) => {
    const call = { tag: Number(body.tag), seenMs: performance.now(), closedMs: null as number | null };
    calls.push(call);
    closings.push(
      closed.then(() => {
        call.closedMs = performance.now();
        streaming.delete(answer);
      }),
    );
    begin(answer);
  };

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  const [role = "", word = ""] = streamEvents("up", ["word"]);
  const begun = (answer: Answer, ...events: string[]) => {
    answer.startStream();
    for (const event of events) answer.chunk(event);
  };
  const flowing = (answer: Answer) => {
    begun(answer, role, word);
    streaming.add(answer);
  };
  ticking = setInterval(() => {
    for (const answer of streaming) answer.chunk(deltaEvent("up", { content: "more" }));
  }, 1);
  upstream
    .on(
      "silent",
      watched(() => {}),
    )
    .on(
      "headers",
      watched((answer) => begun(answer)),
    )
    .on(
      "first-content",
      watched((answer) => begun(answer, role)),
    )
    .on("mid-stream", watched(flowing))
    .on(
      "half-body",
      watched((answer) => answer.raw(halfBody())),
    )
    .on("broken", (_, answer) =>
      answer.json(400, { error: { code: "context_length_exceeded", message: "no" } }),
    )
    .on("behind", watched(flowing));
  nyuro = startGateway({
    providers: ["one", "two"].map((id) =>
      testProvider(id, upstream.baseUrl, {
        timeouts: { connectMs: 30_000, firstContentMs: 30_000, idleMs: 30_000, totalMs: 60_000 },
      }),
    ),
    deployments,
  });
});
afterAll(async () => {
  clearInterval(ticking);
  await upstream.stop();
});

function halfBody(): string {
  const text = JSON.stringify(completion("up", "never whole"));
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text.slice(0, 50)}`;
}

/** Mulberry32: the same moments in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("1,000 clients that leave at any moment leave a row each and nothing open", async () => {
  const random = seeded(20_260_101);
  const abortedMs = new Map<number, number>();
  let tag = 0;

  const leave = async (): Promise<void> => {
    const mine = tag++;
    const model = MODELS[Math.floor(random() * MODELS.length)];
    const stream = model === "half-body" ? false : model === "silent" ? random() < 0.5 : true;
    const controller = new AbortController();
    const body = { model, messages: [{ role: "user", content: "hi" }], stream, tag: mine };
    const reading = nyuro
      .chat(body, { signal: controller.signal })
      .then((response) => response.text())
      .catch(() => "left");
    await new Promise((later) => setTimeout(later, random() * LONGEST_WAIT_MS));
    abortedMs.set(mine, performance.now());
    controller.abort();
    expect(await reading).toBe("left");
  };

  const goOn = async (): Promise<void> => {
    while (nyuro.arrived() < ABORTS) await leave();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
  await nyuro.stop(10_000);
  await Promise.all(closings);
  const { rows } = nyuro;
  expect(rows.length).toBeGreaterThanOrEqual(ABORTS);
  expect(rows).toHaveLength(nyuro.arrived());
  expect(new Set(rows.map(({ sequence }) => sequence)).size).toBe(rows.length);
  expect(new Set(rows.map(({ status, httpStatus }) => `${status} ${httpStatus}`))).toEqual(
    new Set(["canceled 499"]),
  );
  for (const { usageSource, costNanoUsd } of rows) expect(costNanoUsd === 0).toBe(usageSource === "none");

  const lateMs = calls
    .map(
      ({ tag: of, seenMs, closedMs }) => (closedMs ?? Number.NaN) - Math.max(seenMs, abortedMs.get(of) ?? 0),
    )
    .toSorted((a, b) => a - b);
  expect(lateMs.length).toBeGreaterThan(ABORTS / 2);
  expect(lateMs[Math.floor(lateMs.length * 0.99)]).toBeLessThan(CLOSED_WITHIN_MS);
  expect(upstream.openConnections).toBeLessThanOrEqual(AT_ONCE);
  expect(nyuro.gateway.deadlines.size).toBe(0);
  for (const { id } of deployments)
    expect([id, nyuro.gateway.health.view(id)]).toMatchObject([
      id,
      { rest: null, breaker: "closed", inFlight: 0 },
    ]);
}, 20_000);
