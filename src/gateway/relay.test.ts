import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import { startGateway, TEST_KEY, type TestGateway, testProvider } from "../testing/gateway.ts";
import { deltaEvent, streamEvents } from "../testing/openai-replies.ts";
import { rawClient, rawPost } from "../testing/raw-client.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

const MEGABYTES = 64;
const MOST_AHEAD = 24 * 2 ** 20;
const TOTAL_MS = 1_500;

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
/** Bytes of the big stream that left the upstream. */
let sent = 0;
const [role = "", ...end] = streamEvents("m", []);
const bigEvent = deltaEvent("m", { content: "x".repeat(2 ** 18) });

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("big", async ({ closed }, answer) => {
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    sent = 0;
    answer.startStream();
    answer.chunk(role);
    while (!isClosed && sent < MEGABYTES * 2 ** 20) {
      answer.chunk(bigEvent);
      await answer.drained();
      sent += bigEvent.length;
    }
    for (const event of end) answer.chunk(event);
    answer.endStream();
  });
  nyuro = startGateway({
    providers: [
      testProvider("one", upstream.baseUrl, {
        timeouts: { connectMs: 1_000, firstContentMs: 1_000, idleMs: 200, totalMs: 20_000 },
      }),
      testProvider("brief", upstream.baseUrl, {
        timeouts: { connectMs: 1_000, firstContentMs: 400, idleMs: 400, totalMs: TOTAL_MS },
      }),
    ],
    deployments: [
      deployment("one/m", { upstream: "big" }),
      deployment("brief/unread", { upstream: "big" }),
      deployment("one/lingering", { upstream: "lingering" }),
    ],
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  nyuro.rows.length = 0;
});

const ask = (model: string) => ({ model, messages: [{ role: "user", content: "hi" }], stream: true });

describe("a client that is slower than the provider", () => {
  test("and never reads holds the provider back, until the total timeout cuts it and leaves a row", async () => {
    const client = rawClient(
      nyuro.url,
      rawPost("/v1/chat/completions", JSON.stringify(ask("unread")), { authorization: `Bearer ${TEST_KEY}` }),
    );
    client.socket.pause();
    const [row] = await nyuro.rowsWritten(1);
    expect(sent).toBeGreaterThan(2 ** 20);
    expect(sent).toBeLessThan(MOST_AHEAD);
    expect(row).toMatchObject({
      status: "interrupted",
      attempts: [{ outcome: "timeout" }],
      usageSource: "counted",
    });
    expect(row?.latencyMs).toBeGreaterThanOrEqual(TOTAL_MS - 50);
    client.socket.resume();
    const text = await client.all();
    expect(text).not.toContain("[DONE]");
    expect(text).not.toEndWith("0\r\n\r\n");
    expect(nyuro.gateway.deadlines.size).toBe(0);
  });

  test("gets every byte, and its pauses are no silence of the provider's", async () => {
    const response = await nyuro.chat(ask("m"));
    let bytes = 0;
    let reads = 0;
    let tail = "";
    for await (const piece of response.body ?? []) {
      bytes += piece.length;
      tail = (tail + Buffer.from(piece).toString("latin1")).slice(-200);
      reads += 1;
      if (reads % 100 === 0) await new Promise((later) => setTimeout(later, reads === 100 ? 450 : 10));
    }
    const shownEnd = [end.at(0), end.at(-1)].join("");
    const events = Math.ceil((MEGABYTES * 2 ** 20) / bigEvent.length);
    expect(bytes).toBe(role.length + events * bigEvent.length + shownEnd.length);
    expect(tail).toEndWith(shownEnd);
    expect(nyuro.rows[0]).toMatchObject({ status: "ok", usageSource: "provider" });
  });
});

describe("the end of a stream", () => {
  test("comes with [DONE], even if the upstream keeps its connection open behind it", async () => {
    upstream.on("lingering", (_, answer) => {
      answer.startStream();
      answer.chunk(streamEvents("lingering", ["word"]).join(""));
    });
    const response = await nyuro.chat(ask("lingering"));
    expect(await response.text()).toEndWith("data: [DONE]\n\n");
    expect(nyuro.rows[0]).toMatchObject({ status: "ok" });
  });

  test("counts with a finish reason alone, and [DONE] is added", async () => {
    upstream.on("lingering", (_, answer) => {
      answer.startStream();
      answer.chunk(streamEvents("lingering", ["word"]).slice(0, 3).join(""));
      answer.endStream();
    });
    const response = await nyuro.chat(ask("lingering"));
    expect(await response.text()).toEndWith("data: [DONE]\n\n");
    expect(nyuro.rows[0]).toMatchObject({ status: "ok", usageSource: "counted" });
  });

  test("ends the upstream's connection for reuse: ten streams need one", async () => {
    upstream.on("lingering", (_, answer) => {
      answer.startStream();
      answer.chunk(streamEvents("lingering", ["word"]).join(""));
      answer.endStream();
    });
    const before = upstream.accepted;
    for (let i = 0; i < 10; i++) await (await nyuro.chat(ask("lingering"))).text();
    expect(upstream.accepted - before).toBeLessThanOrEqual(1);
  });
});
