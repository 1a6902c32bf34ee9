import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { RequestBodies } from "../ledger/bodies.ts";
import { deployment } from "../testing/catalog.ts";
import {
  startGateway,
  TEST_KEY,
  type TestGateway,
  testProvider,
  UPSTREAM_SECRET,
} from "../testing/gateway.ts";
import { completion, deltaEvent, streamEvents } from "../testing/openai-replies.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

/** What is kept of what is said is what the client sent and was given, whatever became of the request. */

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
let isOn = true;
let waiting: (() => void)[] = [];

const MODELS = ["whole", "stream", "quoting", "silent", "long", "endless", "claude", "vectors"];

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  const [role = "", word = ""] = streamEvents("up", ["wörd"]);
  upstream
    .on("whole", (_, answer) => answer.json(200, completion("up", "fine ünd 🦊")))
    .on("quoting", (_, answer) =>
      answer.json(401, { error: { message: `wrong key ${UPSTREAM_SECRET}`, code: "invalid_api_key" } }),
    )
    .on("stream", (_, answer) => {
      answer.startStream();
      for (const event of streamEvents("up", ["wörd", " 🦊"])) answer.chunk(event);
      answer.endStream();
    })
    .on("silent", () => {
      for (const go of waiting) go();
    })
    .on("endless", (_, answer) => {
      answer.startStream();
      answer.chunk(role + word);
    })
    .on("long", (_, answer) => {
      answer.startStream();
      answer.chunk(role);
      for (let n = 0; n < 40; n++) answer.chunk(deltaEvent("up", { content: "x".repeat(2 ** 16) }));
      for (const event of streamEvents("up", []).slice(1)) answer.chunk(event);
      answer.endStream();
    })
    .on("vectors", (_, answer) =>
      answer.json(200, {
        ...{ object: "list", model: "up", data: [{ object: "embedding", index: 0, embedding: [1, 2] }] },
        usage: { prompt_tokens: 1, total_tokens: 1 },
      }),
    );
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl)],
    deployments: MODELS.map((model) =>
      deployment(`one/${model}`, model === "vectors" ? { kind: "embedding" } : {}),
    ),
    storesBodies: () => isOn,
    maxBodyBytes: 2 ** 22,
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  isOn = true;
  waiting = [];
  nyuro.rows.length = 0;
  nyuro.bodies.length = 0;
});

const ask = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: "user", content: "hé 🦊" }],
  ...more,
});

async function saidOf(count = 1): Promise<RequestBodies> {
  await nyuro.rowsWritten(count);
  const said = nyuro.bodies.at(-1);
  if (!said) throw new Error("nothing is kept");
  return said;
}

test.each([
  ["an answer", ask("whole"), 200],
  ["a stream", ask("stream", { stream: true }), 200],
  ["a stream whose provider says no more", ask("endless", { stream: true }), 200],
  ["what the provider refuses", ask("quoting"), 502],
  ["what we refuse: a model nobody has", ask("nobody"), 404],
  ["what we refuse: a field of the wrong type", ask("whole", { stream: "yes" }), 400],
  ["what is no JSON", '{"model": "whole", \u0000 not json', 400],
])("%s: the text that was sent, and the text that was given", async (_, body, status) => {
  const reply = await nyuro.chat(body);
  const given = await reply.text();
  const { request, response } = await saidOf();
  expect(reply.status).toBe(status);
  expect(request).toEqual({ text: typeof body === "string" ? body : JSON.stringify(body), ...WHOLE });
  expect(response).toEqual({ text: given, ...WHOLE });
});

const WHOLE = { isTruncated: false, isRedacted: false };

test("embeddings as well", async () => {
  const given = await (await nyuro.post("/v1/embeddings", { model: "vectors", input: "hé" })).text();
  const { request, response } = await saidOf();
  expect(request?.text).toBe('{"model":"vectors","input":"hé"}');
  expect(response?.text).toBe(given);
});

test("a stream's text is all the client got: its end, or the event that tells of its break", async () => {
  await (await nyuro.chat(ask("stream", { stream: true }))).text();
  expect((await saidOf(1)).response?.text).toEndWith("data: [DONE]\n\n");
  await (await nyuro.chat(ask("endless", { stream: true }))).text();
  const text = (await saidOf(2)).response?.text;
  expect(text).toContain("wörd");
  expect(text).toContain('"code":"timeout"');
  expect(text).not.toContain("[DONE]");
});

test("of a request that is too large there is only the error", async () => {
  const reply = await nyuro.chat("x".repeat(2 ** 22 + 1));
  const said = await saidOf();
  expect(said).toEqual({ request: null, response: { text: await reply.text(), ...WHOLE } });
});

test("a client that leaves before the answer leaves its question", async () => {
  const asked = new Promise<void>((resolve) => waiting.push(resolve));
  const abort = new AbortController();
  const reply = nyuro.chat(ask("silent"), { signal: abort.signal }).catch(() => null);
  await asked;
  abort.abort();
  await reply;
  const { request, response } = await saidOf();
  expect(nyuro.rows[0]?.status).toBe("canceled");
  expect([request?.text, response]).toEqual([JSON.stringify(ask("silent")), null]);
});

test("a client that leaves within a stream leaves what it was sent", async () => {
  const reply = await nyuro.chat(ask("endless", { stream: true }));
  const reader = reply.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  const { response } = await saidOf();
  expect(nyuro.rows[0]?.status).toBe("canceled");
  expect(response?.text).toContain(Buffer.from(first?.value ?? []).toString());
  expect(response?.text).not.toContain("[DONE]");
});

test("a long stream reaches its client whole, and is kept up to a MiB", async () => {
  const given = await (await nyuro.chat(ask("long", { stream: true }))).text();
  const { response } = await saidOf();
  expect(given.length).toBeGreaterThan(40 * 2 ** 16);
  expect(given).toEndWith("data: [DONE]\n\n");
  expect(response).toEqual({ text: given.slice(0, 2 ** 20), isTruncated: true, isRedacted: false });
});

test("off, nothing is kept; turned off meanwhile, nothing of what is under way", async () => {
  isOn = false;
  await (await nyuro.chat(ask("whole"))).text();
  isOn = true;
  const reply = await nyuro.chat(ask("endless", { stream: true }));
  isOn = false;
  await reply.body?.cancel();
  await nyuro.rowsWritten(2);
  expect(nyuro.bodies).toEqual([null, null]);
});

test("turned on meanwhile, it begins with the next request", async () => {
  isOn = false;
  const asked = new Promise<void>((resolve) => waiting.push(resolve));
  const abort = new AbortController();
  const reply = nyuro.chat(ask("silent"), { signal: abort.signal }).catch(() => null);
  await asked;
  isOn = true;
  abort.abort();
  await reply;
  await nyuro.rowsWritten(1);
  expect(nyuro.bodies).toEqual([null]);
});

test("no credential is in what is kept, neither the caller's nor the provider's", async () => {
  for (const model of ["whole", "quoting", "nobody"]) await (await nyuro.chat(ask(model))).text();
  await (await nyuro.chat(ask("whole", { user: TEST_KEY }))).text();
  await nyuro.rowsWritten(4);
  const all = JSON.stringify(nyuro.bodies);
  expect(all).toContain("[redacted");
  for (const secret of [TEST_KEY, UPSTREAM_SECRET]) expect(all).not.toContain(secret);
});

test("of requests that share an answer, only who asked it leaves what was said", async () => {
  const init = { headers: { "idempotency-key": "once" } };
  const texts = [];
  for (let n = 0; n < 2; n++) texts.push(await (await nyuro.chat(ask("whole"), init)).text());
  expect(nyuro.bodies.map((it) => it?.response?.text)).toEqual([texts[0]]);
});
