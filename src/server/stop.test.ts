import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import {
  startGateway,
  TEST_KEY,
  type TestGateway,
  testProvider,
  UPSTREAM_SECRET,
} from "../testing/gateway.ts";
import { completion, DONE, streamEvents } from "../testing/openai-replies.ts";
import { rawClient, rawPost } from "../testing/raw-client.ts";
import { type Answer, ScriptedUpstream } from "../testing/scripted-upstream.ts";

const LONG_MS = 20_000;
const SHORT_MS = 60;
const [role = "", word = "", finish = "", usage = ""] = streamEvents("m", ["word"]);

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
/** Resolves when the upstream has been asked. */
let asked: Promise<{ answer: Answer; closed: Promise<void> }>;

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
  asked = new Promise((resolve) => {
    upstream.on("m", ({ closed }, answer) => resolve({ answer, closed }));
  });
  const timeouts = { connectMs: LONG_MS, firstContentMs: LONG_MS, idleMs: LONG_MS, totalMs: LONG_MS };
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl, { timeouts })],
    deployments: [deployment("one/m")],
  });
});
afterEach(async () => {
  await nyuro.stop();
  await upstream.stop();
});

const ask = (stream: boolean) =>
  nyuro.chat({ model: "m", messages: [{ role: "user", content: "hi" }], stream });

/** A stream whose first words the client has. */
async function begun() {
  const asking = ask(true);
  const { answer, closed } = await asked;
  answer.startStream();
  answer.chunk(role + word);
  const response = await asking;
  const reader = response.body?.getReader();
  const first = Buffer.from((await reader?.read())?.value ?? []).toString();
  const rest = async () => {
    let text = first;
    for (;;) {
      const piece = await reader?.read();
      if (!piece || piece.done) return text;
      text += Buffer.from(piece.value).toString();
    }
  };
  return { answer, closed, rest };
}

describe("stopping", () => {
  test("lets a stream finish inside the window, and takes nothing new", async () => {
    const { answer, rest } = await begun();
    const stopped = nyuro.stop(LONG_MS);
    await expect(fetch(`${nyuro.url}/healthz`)).rejects.toThrow();
    answer.chunk(finish + usage + DONE);
    answer.endStream();
    expect(await rest()).toBe(role + word + finish + DONE);
    await stopped;
    expect(nyuro.rows).toMatchObject([{ status: "ok", usageSource: "provider" }]);
  });

  test("lets a whole answer finish inside the window", async () => {
    const asking = ask(false);
    const { answer } = await asked;
    const stopped = nyuro.stop(LONG_MS);
    answer.json(200, completion("m", "fine"));
    expect((await asking).status).toBe(200);
    await stopped;
    expect(nyuro.rows).toMatchObject([{ status: "ok" }]);
  });

  test("tells a stream beyond the window so in band, never [DONE], and its row says interrupted", async () => {
    const { closed, rest } = await begun();
    await Promise.all([nyuro.stop(SHORT_MS), closed]);
    const text = await rest();
    expect(text).toStartWith(role + word);
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain(UPSTREAM_SECRET);
    const { error } = JSON.parse(text.slice((role + word).length + 6));
    expect(error).toEqual({
      message: "The gateway is stopping; this answer is not complete.",
      type: "upstream_error",
      param: null,
      code: "shutting_down",
    });
    expect(nyuro.rows).toMatchObject([{ status: "interrupted", httpStatus: 200, usageSource: "counted" }]);
    expect(nyuro.gateway.health.view("one/m")).toMatchObject({ inFlight: 0, rest: null });
    expect(nyuro.gateway.deadlines.size).toBe(0);
  });

  test("answers a request beyond the window with 503, and its row says error", async () => {
    const asking = ask(false);
    const { closed } = await asked;
    await Promise.all([nyuro.stop(SHORT_MS), closed]);
    const response = await asking;
    expect(response.status).toBe(503);
    expect(response.headers.has("x-should-retry")).toBe(false);
    expect(await response.json()).toMatchObject({ error: { code: "shutting_down" } });
    expect(nyuro.rows).toMatchObject([
      { status: "error", httpStatus: 503, errorCode: "shutting_down", costNanoUsd: 0, usageSource: "none" },
    ]);
  });

  test("ends a stream that waits for its first content the same way", async () => {
    const asking = ask(true);
    const { answer } = await asked;
    answer.startStream();
    await nyuro.stop(SHORT_MS);
    expect((await asking).status).toBe(503);
    expect(nyuro.rows).toMatchObject([{ status: "error", errorCode: "shutting_down" }]);
  });

  test("does not wait for a client that never reads, and its row is there", async () => {
    const client = rawClient(
      nyuro.url,
      rawPost(
        "/v1/chat/completions",
        JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], stream: true }),
        { authorization: `Bearer ${TEST_KEY}` },
      ),
    );
    const { answer, closed } = await asked;
    client.socket.pause();
    answer.startStream();
    answer.chunk(role + word);
    for (let i = 0; i < 40; i++) answer.chunk(`: ${"x".repeat(2 ** 20)}\n\n`);
    await Promise.all([nyuro.stop(SHORT_MS), closed]);
    expect(nyuro.rows).toMatchObject([{ status: "interrupted" }]);
    client.socket.destroy();
  });

  test("refuses a body that is still arriving when the window closes, and its row says refused", async () => {
    const client = rawClient(
      nyuro.url,
      rawPost("/v1/chat/completions", "", { authorization: `Bearer ${TEST_KEY}`, "content-length": "1000" }),
    );
    while (nyuro.arrived() === 0) await new Promise((later) => setImmediate(later));
    await nyuro.stop(SHORT_MS);
    expect(await client.all()).toContain("HTTP/1.1 503");
    expect(nyuro.rows).toMatchObject([{ status: "refused", httpStatus: 503, errorCode: "shutting_down" }]);
  });

  test("refuses what still arrives on an open connection", async () => {
    const { answer, rest } = await begun();
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
    const half = rawPost("/v1/chat/completions", body, { authorization: `Bearer ${TEST_KEY}` });
    const client = rawClient(nyuro.url, half.slice(0, 20));
    await new Promise((connected) => client.socket.once("connect", connected));
    const stopped = nyuro.stop(LONG_MS);
    client.socket.write(half.slice(20));
    const told = await client.all();
    expect(told === "" || told.includes("shutting_down")).toBe(true);
    answer.chunk(finish + DONE);
    answer.endStream();
    await rest();
    await stopped;
    expect(nyuro.rows.at(-1)).toMatchObject({ status: "ok" });
    expect(upstream.requests).toHaveLength(1);
  });
});
