import { afterAll, beforeAll, expect, test } from "bun:test";
import { APIError } from "openai";
import { ASKING_FOR_A_CALL, COUNTED, COUNTING, gather, WEATHER_TOOL } from "./answers.ts";
import { InferenceServer, MODEL } from "./inference-server.ts";
import { BY_MESSAGES, type RealGateway, startRealGateway } from "./real-gateway.ts";
import { INSTALL_TIMEOUT_MS, prepareToolchain } from "./toolchain.ts";
import { quote, Transcript } from "./transcript.ts";

/** The official SDK, the gateway as an operator starts it, and a real model on llama.cpp behind it. */

const transcript = new Transcript(`A real model answers: ${MODEL} (Q4_K_M) on llama.cpp, by the CPU`);
let inference: InferenceServer;
let gateway: RealGateway;

beforeAll(async () => {
  const beganMs = performance.now();
  const toolchain = await prepareToolchain();
  const installed = `${toolchain.engine} ${toolchain.isFresh ? "installed" : "kept"} in ${toolchain.folder}`;
  transcript.say("toolchain", `${since(beganMs)}: ${installed}`);
  const loadingMs = performance.now();
  inference = await InferenceServer.start(toolchain);
  transcript.say("model", `${since(loadingMs)} until it was loaded and served at ${inference.url}`);
  gateway = await startRealGateway(inference);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await gateway?.process.stop();
  await inference?.kill();
  if (!gateway) return;
  transcript.say(
    "not tested",
    "Ollama's own API: no package registry carries its server, and llama.cpp lacks it",
  );
  transcript.print();
});

const since = (beganMs: number) => `${Math.round(performance.now() - beganMs)} ms`;

/** What llama.cpp tells beside OpenAI's fields, as it told it. */
function tokensPerSecond(reply: object): number | null {
  const { timings } = reply as { timings?: { predicted_per_second?: unknown } };
  return typeof timings?.predicted_per_second === "number" ? timings.predicted_per_second : null;
}

/** Temperature 0, so that the same is said each time. */
const count = (model: string, maxTokens: number) =>
  ({ model, messages: COUNTING, max_tokens: maxTokens, temperature: 0 }) as const;

/** Words without end: the field is llama.cpp's, and travels on as it is. */
const endless = { ...count(MODEL, 1900), stream: true as const, ignore_eos: true };

test("the model is discovered, with its window and no cost", async () => {
  const models = [];
  for await (const model of gateway.client().models.list()) models.push(model);
  const found = models.find(({ id }) => id === MODEL);
  expect(found).toMatchObject({ owned_by: "llama", local: true, context_length: 32_768 });
  expect(models.map(({ id }) => id)).toContain(BY_MESSAGES);
  transcript.say("models", `${MODEL} discovered, window 32768; ${BY_MESSAGES} by the Messages API`);
});

/** The same model by both languages: its name, whose language, the provider. */
const both = test.each([
  [MODEL, "OpenAI", "llama"],
  [BY_MESSAGES, "Anthropic", "messages"],
]);

both(
  "%s by %s: chats, and the headers and the ledger tell the truth of it",
  async (model, vendor, provider) => {
    const { data, response } = await gateway
      .client()
      .chat.completions.create(count(model, 12))
      .withResponse();
    const { usage, choices } = data;
    const text = choices[0]?.message.content ?? "";
    expect(text).toContain(COUNTED);
    expect(usage?.completion_tokens).toBe(12);
    expect(usage?.prompt_tokens).toBeGreaterThan(5);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "x-nyuro-model": model,
      "x-nyuro-provider": provider,
      "x-nyuro-fallback-used": "false",
      "x-nyuro-cost-usd": "0.000000000",
    });
    expect(headers["x-nyuro-attempts"]).toMatch(new RegExp(`^${provider}/${model}=ok@\\d+ms$`));
    expect(await gateway.row(response.headers.get("x-request-id"))).toMatchObject({
      model,
      status: "ok",
      http_status: 200,
      prompt_tokens: usage?.prompt_tokens,
      completion_tokens: 12,
      usage_source: "provider",
      cost_usd: "0.000000000",
    });
    const speed = tokensPerSecond(data);
    if (provider === "llama") expect(speed).toBeGreaterThan(0);
    const pace = speed === null ? "" : `, ${speed.toFixed(0)} tokens/s`;
    transcript.say(
      `chat (${vendor})`,
      `${quote(text)}, ${usage?.prompt_tokens} + 12 tokens${pace}, ${headers["server-timing"]}`,
    );
  },
);

both("%s by %s: streams in pieces, with one finish reason and usage last", async (model, vendor) => {
  const beganMs = performance.now();
  const request = { ...count(model, 24), stream: true as const, stream_options: { include_usage: true } };
  const { data, response } = await gateway.client().chat.completions.create(request).withResponse();
  const all = await gather(data, beganMs);
  expect(all.text).toContain(COUNTED);
  expect(all.pieces).toBeGreaterThan(5);
  expect(all.finishReasons).toEqual(["length"]);
  expect(all.usages.map((usage) => usage.completion_tokens)).toEqual([24]);
  expect(all.isUsageLast).toBe(true);
  expect(await gateway.row(response.headers.get("x-request-id"))).toMatchObject({
    model,
    status: "ok",
    stream: true,
    completion_tokens: 24,
    usage_source: "provider",
  });
  transcript.say(
    `stream (${vendor})`,
    `${all.pieces} pieces, first after ${Math.round(all.firstMs)} ms, last after ${Math.round(all.totalMs)} ms`,
  );
});

both("%s by %s: ends a stream with one [DONE], and shows no usage that was not asked for", async (model) => {
  const response = await gateway.process.chat(model, { ...count(model, 4), stream: true });
  const text = await response.text();
  expect(text).toEndWith("data: [DONE]\n\n");
  expect(text.split("[DONE]")).toHaveLength(2);
  expect(text).not.toContain('"error"');
  expect(text).not.toMatch(/"usage":\s*\{/);
});

both("%s by %s: stops at max_tokens and says so", async (model) => {
  const { choices, usage } = await gateway.client().chat.completions.create(count(model, 3));
  expect(choices[0]?.finish_reason).toBe("length");
  expect(usage?.completion_tokens).toBe(3);
});

both("%s by %s: stops at a stop sequence and says so", async (model) => {
  const request = { ...count(model, 40), stop: [" eight"] };
  const { choices } = await gateway.client().chat.completions.create(request);
  expect(choices[0]?.finish_reason).toBe("stop");
  expect(choices[0]?.message.content).toContain("seven");
  expect(choices[0]?.message.content).not.toContain("eight");
});

both("%s by %s: calls a tool, in a stream, with arguments that are JSON", async (model, vendor) => {
  const stream = await gateway.client().chat.completions.create({
    model,
    messages: ASKING_FOR_A_CALL,
    tools: [WEATHER_TOOL],
    tool_choice: "required",
    max_tokens: 60,
    temperature: 0,
    stream: true,
  });
  const { calls, text, finishReasons } = await gather(stream, performance.now());
  const [call] = calls;
  expect(text).not.toContain("<tool_call>");
  expect(call?.name).toBe("get_weather");
  expect(call?.id).not.toBe("");
  expect(JSON.parse(call?.arguments ?? "")).toEqual({ city: "Paris" });
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  expect(finishReasons).toHaveLength(1);
  transcript.say(`call (${vendor})`, `${call?.name} ${call?.arguments}, one of ${calls.length}`);
});

both("%s by %s: tells a prompt that is too long as the caller's mistake", async (model) => {
  const messages = [{ role: "user" as const, content: "word ".repeat(3_000) }];
  const asked = gateway.client().chat.completions.create({ model, messages, max_tokens: 4 });
  const refused = await asked.catch((error: unknown) => error);
  if (!(refused instanceof APIError)) throw new Error("it was answered");
  expect(refused.status).toBe(400);
  expect(refused.message).toContain("context size (2048 tokens)");
  expect(refused.headers?.get("x-nyuro-attempts")).toContain("=context_too_long@");
});

test("writes JSON of a schema", async () => {
  const { choices } = await gateway.client().chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: "Paris is the capital of France. As JSON: " }],
    max_tokens: 80,
    temperature: 0,
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "capital",
        schema: {
          type: "object",
          properties: { city: { type: "string" }, country: { enum: ["France", "Spain"] } },
          required: ["city", "country"],
          additionalProperties: false,
        },
      },
    },
  });
  const text = choices[0]?.message.content ?? "";
  expect(JSON.parse(text)).toEqual({ city: expect.any(String), country: expect.any(String) });
  transcript.say("JSON schema", quote(JSON.stringify(JSON.parse(text)), 90));
});

test("embeds the same as numbers and as base64, one vector for each text", async () => {
  const input = ["The cat sleeps.", "Stocks fell today.", "The cat sleeps."];
  const embed = (format?: "float" | "base64") =>
    gateway.client().embeddings.create({ model: MODEL, input, encoding_format: format });
  const beganMs = performance.now();
  const floats = await embed("float");
  const took = since(beganMs);
  const vectors = floats.data.map(({ embedding }) => embedding);
  const [cat = [], stocks = [], catAgain = []] = vectors;
  expect(floats.data.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(vectors.map(({ length }) => length)).toEqual([640, 640, 640]);
  expect(furthest(cat, catAgain)).toBeLessThan(0.01);
  expect(furthest(cat, stocks)).toBeGreaterThan(0.01);
  expect(floats.usage.prompt_tokens).toBeGreaterThan(10);

  const encoded = (await embed("base64")).data.map(({ embedding }) => decode(String(embedding)));
  const apart = encoded.map((vector, i) => furthest(vector, vectors[i] ?? []));
  expect(Math.max(...apart)).toBeLessThanOrEqual(1e-6);
  // The SDK asks for base64 by itself where no form is named, and decodes it.
  const plain = (await embed()).data.map(({ embedding }, i) => furthest(embedding, vectors[i] ?? []));
  expect(Math.max(...plain)).toBeLessThanOrEqual(1e-6);
  transcript.say(
    "embeddings",
    `3 of 640 dimensions in ${took}; base64 differs by ${Math.max(...apart).toExponential(1)} at most`,
  );
});

function decode(base64: string): number[] {
  const bytes = Buffer.from(base64, "base64");
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

/** The largest difference in one dimension; infinite where they have not the same. */
function furthest(one: readonly number[], other: readonly number[]): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  return Math.max(...one.map((value, i) => Math.abs(value - (other[i] ?? Number.NaN))));
}

test.each([
  ["strategy:local", "strategy:local"],
  ["auto", "auto:chat"],
])("%s reaches it", async (model, reason) => {
  const { data, response } = await gateway.client().chat.completions.create(count(model, 8)).withResponse();
  expect(data.choices[0]?.message.content).toContain("five, six");
  expect(response.headers.get("x-nyuro-route-reason")).toBe(reason);
  expect([MODEL, BY_MESSAGES]).toContain(response.headers.get("x-nyuro-model") ?? "");
  transcript.say(model, `${response.headers.get("x-nyuro-attempts")}`);
});

test("a client that leaves a stream sets the server free for the next", async () => {
  const beganMs = performance.now();
  const { data: stream, response } = await gateway.client().chat.completions.create(endless).withResponse();
  let pieces = 0;
  for await (const _ of stream) if (++pieces === 20) break;
  const perPieceMs = (performance.now() - beganMs) / pieces;
  const wholeMs = perPieceMs * endless.max_tokens;
  stream.controller.abort();

  // The server answers one at a time, so this one waits until the other is given up.
  const leftMs = performance.now();
  await gateway.client().chat.completions.create(count(MODEL, 1));
  const freeMs = performance.now() - leftMs;
  expect(freeMs).toBeLessThan(wholeMs / 4);
  const left = await gateway.row(response.headers.get("x-request-id"));
  expect(left).toMatchObject({ model: MODEL, stream: true, status: "canceled" });
  expect(left.completion_tokens).toBeLessThan(endless.max_tokens / 2);
  const [free, whole] = [freeMs, wholeMs].map((ms) => `${Math.round(ms)} ms`);
  transcript.say("abort", `the next was answered after ${free}; all words would have taken ${whole}`);
});

test("a server that dies is told as an error, in a stream and after it, and is back when it is back", async () => {
  const response = await gateway.process.chat(MODEL, endless);
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    const isFirst = text === "";
    text += decoder.decode(bytes, { stream: true });
    if (isFirst) await inference.kill();
  }
  expect(text).toContain('"error"');
  expect(text).not.toContain("[DONE]");
  expect(text).not.toMatch(/"finish_reason":\s*"/);
  const cut = await gateway.row(response.headers.get("x-request-id"));
  expect(cut).toMatchObject({ model: MODEL, status: "interrupted", stream: true });

  for (const model of [MODEL, BY_MESSAGES, "strategy:local"]) {
    const asked = gateway.client().chat.completions.create(count(model, 4));
    const refused = await asked.catch((error: unknown) => error);
    if (!(refused instanceof APIError)) throw new Error(`${model} was answered`);
    expect([502, 503]).toContain(refused.status);
    expect(refused.code).toBe("all_candidates_failed");
    expect(refused.message).not.toContain(inference.url);
    if (model === MODEL) transcript.say("killed", `stream: error event; next: ${refused.message}`);
  }

  const startedMs = performance.now();
  await inference.start();
  const { choices } = await gateway.client().chat.completions.create(count(MODEL, 12));
  expect(choices[0]?.message.content).toContain(COUNTED);
  transcript.say("started again", `answered ${since(startedMs)} after the start`);
});
