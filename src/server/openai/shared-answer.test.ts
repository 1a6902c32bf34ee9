import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { deployment, price } from "../../testing/catalog.ts";
import { startGateway, TEST_KEY, type TestGateway, testProvider } from "../../testing/gateway.ts";
import { completion, DONE, deltaEvent, streamEvents } from "../../testing/openai-replies.ts";
import { rawClient, rawPost } from "../../testing/raw-client.ts";
import { type Answer, ScriptedUpstream, type UpstreamRequest } from "../../testing/scripted-upstream.ts";

const PATIENT = { connectMs: 30_000, firstContentMs: 30_000, idleMs: 30_000, totalMs: 60_000 };
const MIB = 2 ** 20;

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
let keys = 0;
let key: string;
/** The calls as they came, to be answered by the test. */
let calls: { request: UpstreamRequest; answer: Answer }[] = [];
let onCall: () => void = () => {};

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (request, answer) => {
    calls.push({ request, answer });
    onCall();
  });
});
afterAll(() => upstream.stop());
beforeEach(() => {
  calls = [];
  key = `shared-${++keys}`;
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl, { timeouts: PATIENT })],
    deployments: [deployment("one/m", { price: price(1, 2) })],
    maxAttempts: 1,
  });
});

const events = streamEvents("m", ["one", " two", " three"]);
const headers = () => ({ "idempotency-key": key });
const ask = (stream: boolean, init: RequestInit = {}) =>
  nyuro.chat(
    { model: "m", messages: [{ role: "user", content: "hi" }], stream },
    { ...init, headers: headers() },
  );

/** The call with that number, once it is there. */
function called(number: number): Promise<{ request: UpstreamRequest; answer: Answer }> {
  return new Promise((resolve) => {
    onCall = () => {
      const call = calls[number - 1];
      if (call) resolve(call);
    };
    onCall();
  });
}

/** Resolves once that many inference requests are in. */
async function arrived(count: number): Promise<void> {
  while (nyuro.arrived() < count) await new Promise((later) => setImmediate(later));
  // Its body came with its head: one turn of the loop, and it has joined.
  await new Promise((later) => setImmediate(later));
}

/** Reads a body piece by piece. */
function reading(response: Response) {
  const reader = response.body?.getReader();
  let text = "";
  const decoder = new TextDecoder();
  return {
    async until(wanted: string): Promise<string> {
      while (!text.includes(wanted)) {
        const read = await reader?.read();
        if (!read || read.done) throw new Error(`ended after ${text.slice(-300)}`);
        text += decoder.decode(read.value, { stream: true });
      }
      return text;
    },
  };
}

function begin(answer: Answer, from = 0, to = events.length): void {
  if (from === 0) answer.startStream();
  for (const event of events.slice(from, to)) answer.chunk(event);
  if (to === events.length) answer.endStream();
}

const plain = ({ status, headers: told }: Response) => ({
  status,
  headers: Object.fromEntries([...told].filter(([name]) => name !== "date")),
});

describe("while an answer is given", () => {
  test("the second caller gets the same reply", async () => {
    const first = ask(false);
    const { answer } = await called(1);
    const others = [ask(false), ask(false)];
    await arrived(3);
    answer.json(200, completion("m", "once"));
    const replies = await Promise.all([first, ...others]);
    const told = replies.map(plain);
    expect(told).toEqual(told.map(() => told[0] as never));
    const texts = await Promise.all(replies.map((reply) => reply.text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain("once");
    expect(calls).toHaveLength(1);
    expect(nyuro.rows.map(({ status }) => status)).toEqual(["ok"]);
    await nyuro.stop();
  });

  test("a failure is shared too, and not kept", async () => {
    const first = ask(false);
    const { answer } = await called(1);
    const second = ask(false);
    await arrived(2);
    answer.json(429, { error: { message: "slow", type: "t", param: null, code: "rate_limit_exceeded" } });
    const [one, two] = await Promise.all([first, second]);
    expect([one.status, two.status]).toEqual([429, 429]);
    expect(await two.text()).toBe(await one.text());
    expect(nyuro.rows).toHaveLength(1);
    // The provider rests, so that it is not called; but it was asked for anew.
    expect((await ask(false)).headers.has("x-nyuro-replayed")).toBe(false);
    expect(nyuro.rows).toHaveLength(2);
    await nyuro.stop();
  });

  test("a stream comes from its beginning, then as it goes on", async () => {
    const pending = ask(true);
    const { answer } = await called(1);
    begin(answer, 0, 2);
    const first = reading(await pending);
    await first.until("one");
    const follower = await ask(true);
    const second = reading(follower);
    expect(follower.headers.get("content-type")).toContain("text/event-stream");
    await second.until("one");
    begin(answer, 2);
    expect(await second.until(DONE)).toBe(await first.until(DONE));
    expect(calls).toHaveLength(1);
    expect(nyuro.rows).toHaveLength(1);
    await nyuro.stop();
  });

  test("a stream that breaks breaks for all, and is not kept", async () => {
    const pending = ask(true);
    const { answer } = await called(1);
    begin(answer, 0, 2);
    const first = reading(await pending);
    await first.until("one");
    const second = reading(await ask(true));
    answer.cut();
    for (const reader of [first, second]) {
      const text = await reader.until('"error"');
      expect(text).toContain('"code":"interrupted"');
      expect(text).not.toContain("[DONE]");
    }
    await nyuro.rowsWritten(1);
    const again = ask(true);
    begin((await called(2)).answer);
    const whole = await again;
    expect(whole.headers.has("x-nyuro-replayed")).toBe(false);
    expect(await whole.text()).toEndWith(DONE);
    expect(nyuro.rows.map(({ status }) => status)).toEqual(["interrupted", "ok"]);
    await nyuro.stop();
  });

  test("a row that cannot be written fails for all, and nothing is kept", async () => {
    await nyuro.stop();
    let isFull = true;
    nyuro = startGateway({
      providers: [testProvider("one", upstream.baseUrl, { timeouts: PATIENT })],
      deployments: [deployment("one/m")],
      write: async () => {
        if (isFull) throw new Error("disk full");
      },
    });
    const first = ask(false);
    const { answer } = await called(1);
    const second = ask(false);
    await arrived(2);
    answer.json(200, completion("m", "lost"));
    for (const reply of await Promise.all([first, second])) {
      expect(reply.status).toBe(500);
      expect(await reply.text()).not.toContain("lost");
    }
    isFull = false;
    const again = ask(false);
    (await called(2)).answer.json(200, completion("m", "kept"));
    expect((await again).status).toBe(200);
    await nyuro.stop();
  });
});

describe("when the first caller hangs up", () => {
  test.each([
    false,
    true,
  ])("whoever waits gets the whole answer, charged once (stream: %p)", async (stream) => {
    const gone = new AbortController();
    const first = ask(stream, { signal: gone.signal }).catch(() => "gone");
    const { answer, request } = await called(1);
    if (stream) {
      begin(answer, 0, 2);
      await first;
    }
    const second = ask(stream);
    await arrived(2);
    gone.abort();
    await first;
    await new Promise((later) => setTimeout(later, 20));
    if (stream) begin(answer, 2);
    else answer.json(200, completion("m", "one two three"));
    const text = await (await second).text();
    expect(text).toContain("three");
    if (stream) expect(text).toEndWith(DONE);
    expect(calls).toHaveLength(1);
    expect(await Promise.race([request.closed.then(() => "closed"), "open"])).toBe("open");
    expect(nyuro.rows.map(({ status, costNanoUsd }) => [status, costNanoUsd])).toEqual([
      ["ok", nyuro.rows[0]?.costNanoUsd ?? -1],
    ]);
    const again = await ask(stream);
    expect(again.headers.get("x-nyuro-replayed")).toBe("true");
    expect(await again.text()).toBe(text);
    await nyuro.stop();
  });

  test.each([
    false,
    true,
  ])("and nobody waits, the call ends at once and a retry is a new one (stream: %p)", async (stream) => {
    const gone = new AbortController();
    const first = ask(stream, { signal: gone.signal });
    const { answer, request } = await called(1);
    if (stream) {
      begin(answer, 0, 2);
      await reading(await first).until("one");
    }
    gone.abort();
    await first.catch(() => {});
    await request.closed;
    await nyuro.rowsWritten(1);
    const again = ask(stream);
    const next = await called(2);
    if (stream) begin(next.answer);
    else next.answer.json(200, completion("m", "whole"));
    const reply = await again;
    expect(reply.headers.has("x-nyuro-replayed")).toBe(false);
    await reply.text();
    expect(nyuro.rows.map(({ status }) => status)).toEqual(["canceled", "ok"]);
    await nyuro.stop();
  });

  test("and then the others, the call ends too: one row", async () => {
    const gone = new AbortController();
    const asking = [ask(true, { signal: gone.signal }), ask(true, { signal: gone.signal })];
    const { answer, request } = await called(1);
    begin(answer, 0, 2);
    for (const reply of asking) await reading(await reply).until("one");
    gone.abort();
    await request.closed;
    await nyuro.rowsWritten(1);
    expect(nyuro.rows.map(({ status }) => status)).toEqual(["canceled"]);
    await nyuro.stop();
  });
});

describe("slow readers and long answers", () => {
  const word = "x".repeat(16 * 1024);
  const pour = (answer: Answer, bytes: number) => {
    for (let sent = 0; sent < bytes; sent += word.length) answer.chunk(deltaEvent("m", { content: word }));
  };

  test("a second caller that does not read does not hold up the first", async () => {
    const pending = ask(true);
    const { answer } = await called(1);
    begin(answer, 0, 2);
    const first = reading(await pending);
    await first.until("one");
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], stream: true });
    const raw = rawClient(
      nyuro.url,
      rawPost("/v1/chat/completions", body, { authorization: `Bearer ${TEST_KEY}`, ...headers() }),
    );
    await raw.until("one");
    raw.socket.pause();
    pour(answer, 3 * MIB);
    begin(answer, 4);
    await first.until(DONE);
    expect(nyuro.rows).toHaveLength(1);
    raw.socket.resume();
    expect((await raw.until("[DONE]")).length).toBeGreaterThan(3 * MIB);
    raw.socket.destroy();
    expect(calls).toHaveLength(1);
    await nyuro.stop();
  }, 20_000);

  test("past the bound it is the first caller's alone: others are cut off, then refused, without a call", async () => {
    const pending = ask(true);
    const { answer } = await called(1);
    begin(answer, 0, 2);
    const first = reading(await pending);
    await first.until("one");
    const second = reading(await ask(true));
    await second.until("one");
    const cut = second.until(DONE).then(
      () => "whole",
      () => "cut",
    );
    const isDone = first.until(DONE);
    pour(answer, 5 * MIB);
    expect(await cut).toBe("cut");
    const third = await ask(true);
    expect(third.status).toBe(409);
    expect(third.headers.get("x-should-retry")).toBe("false");
    expect(await third.json()).toMatchObject({
      error: { code: "conflict", message: expect.stringContaining("Idempotency-Key") },
    });
    begin(answer, 4);
    expect((await isDone).length).toBeGreaterThan(5 * MIB);
    expect(calls).toHaveLength(1);
    const again = ask(true);
    begin((await called(2)).answer);
    expect((await again).status).toBe(200);
    await (await again).text();
    expect(nyuro.rows.map(({ httpStatus, status }) => `${httpStatus} ${status}`)).toEqual([
      "409 refused",
      "200 ok",
      "200 ok",
    ]);
    await nyuro.stop();
  }, 20_000);
});

test("stopping tells everybody who waits", async () => {
  const asking = [ask(true), ask(true)];
  const { answer } = await called(1);
  begin(answer, 0, 2);
  const readers = (await Promise.all(asking)).map(reading);
  for (const reader of readers) await reader.until("one");
  const stopped = nyuro.stop();
  for (const reader of readers) expect(await reader.until('"error"')).toContain("shutting_down");
  await stopped;
  expect(nyuro.rows).toHaveLength(1);
});
