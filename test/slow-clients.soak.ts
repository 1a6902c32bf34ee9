import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { deployment } from "../src/testing/catalog.ts";
import { startGateway, TEST_KEY, testProvider } from "../src/testing/gateway.ts";
import { completion } from "../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../src/testing/scripted-upstream.ts";

/** Clients that hold connections by saying little, slowly: each is ended, and nobody else waits for them. */

const CLIENTS = 300;
const EVERY_MS = 500;
/** The server's idle timeout, twice. */
const ENDED_WITHIN_MS = 60_000;
const ANSWERED_WITHIN_MS = 1_000;

const upstream = await ScriptedUpstream.start();
upstream.on("m", (_, answer) => answer.json(200, completion("m", "fine")));
const nyuro = startGateway({
  providers: [testProvider("one", upstream.baseUrl)],
  deployments: [deployment("one/m")],
  bodyTimeoutMs: 5_000,
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});

const START = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TEST_KEY}\r\n`;
const WAYS: Record<string, string> = {
  "says nothing": "",
  "never ends its head": START,
  "never begins its body": `${START}content-length: 100000\r\n\r\n`,
  "never ends a chunked body": `${START}transfer-encoding: chunked\r\n\r\n`,
};
/** What it goes on saying, bit by bit. */
const MORE: Record<string, string> = {
  "never ends its head": "x-a: b\r\n",
  "never ends a chunked body": "1\r\nx\r\n",
};

/** Connects and drips; resolves with how long it was let, in milliseconds. */
function drip(way: string): Promise<number> {
  const startedMs = performance.now();
  const { hostname, port } = new URL(nyuro.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.on("data", () => {});
  socket.write(WAYS[way] ?? "");
  const dripping = setInterval(() => way !== "says nothing" && socket.write(MORE[way] ?? "x"), EVERY_MS);
  return new Promise((resolve) => {
    socket.on("close", () => {
      clearInterval(dripping);
      resolve(performance.now() - startedMs);
    });
  });
}

test.each(Object.keys(WAYS))(`${CLIENTS} clients of which each %s`, async (way) => {
  let isOver = false;
  const held = Promise.all(Array.from({ length: CLIENTS }, () => drip(way))).finally(() => {
    isOver = true;
  });
  let slowestMs = 0;
  while (!isOver) {
    const startedMs = performance.now();
    const reply = await nyuro.chat({ model: "m", messages: [{ role: "user", content: "hi" }] });
    expect(reply.status).toBe(200);
    await reply.text();
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    await new Promise((later) => setTimeout(later, 50));
  }
  const longestMs = Math.max(...(await held));
  console.log(`${way}: ended after at most ${longestMs | 0} ms; others answered within ${slowestMs | 0} ms`);
  expect(longestMs).toBeLessThan(ENDED_WITHIN_MS);
  expect(slowestMs).toBeLessThan(ANSWERED_WITHIN_MS);
  expect(nyuro.gateway.deadlines.size).toBe(0);
});
