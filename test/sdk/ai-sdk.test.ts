import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  embed,
  embedMany,
  generateText,
  Output,
  stepCountIs,
  streamText,
  type ToolSet,
  tool,
} from "ai";
import { z } from "zod";
import { TEST_KEY } from "../../src/testing/gateway.ts";
import type { UpstreamRequest } from "../../src/testing/scripted-upstream.ts";
import { CITIES, failing, openai, STRUCTURED, vectorOf } from "./scripted-openai.ts";
import { type SdkGateway, secretsIn, startSdkGateway, upstreamNameOf } from "./sdk-gateway.ts";

let gateway: SdkGateway;
let provider: ReturnType<typeof createOpenAICompatible>;
beforeAll(async () => {
  gateway = await startSdkGateway({
    "one/gpt": openai,
    "one/broken": failing(500),
    "one/fragile": failing(500),
    "two/fragile": openai,
    "one/endless": () => {},
  });
  provider = createOpenAICompatible({
    name: "nyuro",
    baseURL: gateway.baseURL,
    apiKey: TEST_KEY,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

const DEGREES: Record<string, string> = { Paris: "21", Oslo: "7" };
const tools: ToolSet = {
  get_weather: tool({
    description: "The temperature in a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }: { city: string }) => DEGREES[city] ?? "unknown",
  }),
};
const USAGE = { inputTokens: 10, outputTokens: 5 };

describe("the ai package over @ai-sdk/openai-compatible", () => {
  test("generateText answers, with usage and the gateway's headers", async () => {
    const reply = await generateText({ model: provider("gpt"), prompt: "Grüße 🌍" });
    expect(reply.text).toBe("You said: Grüße 🌍");
    expect(reply.finishReason).toBe("stop");
    expect(reply.usage).toMatchObject(USAGE);
    expect(reply.warnings ?? []).toEqual([]);
    expect(reply.response).toMatchObject({ modelId: "gpt" });
    expect(reply.response.headers).toMatchObject({
      "x-request-id": gateway.lastRequestId(),
      "x-nyuro-provider": "one",
    });
    expect(JSON.stringify(reply.response)).not.toContain(upstreamNameOf("one/gpt"));
  });

  test("streamText streams it in pieces and tells the usage", async () => {
    const reply = streamText({ model: provider("gpt"), prompt: "Grüße 🌍" });
    const pieces = await Array.fromAsync(reply.textStream);
    expect(pieces.join("")).toBe("You said: Grüße 🌍");
    expect(pieces.length).toBeGreaterThan(3);
    expect(await reply.finishReason).toBe("stop");
    expect(await reply.usage).toMatchObject(USAGE);
    expect((await reply.response).modelId).toBe("gpt");
  });

  test("generateText runs tools to the answer", async () => {
    const prompt = "How warm is it in Paris and Oslo?";
    const reply = await generateText({ model: provider("gpt"), prompt, tools, stopWhen: stepCountIs(3) });
    expect(reply.steps[0]?.toolCalls.map(({ input }) => input)).toEqual(CITIES.map((city) => ({ city })));
    expect(reply.text).toBe("Paris: 21; Oslo: 7");
    expect(gateway.seen("one/gpt")).toHaveLength(2);
  });

  test("streamText runs tools to the answer", async () => {
    const prompt = "How warm is it in Paris and Oslo?";
    const reply = streamText({ model: provider("gpt"), prompt, tools, stopWhen: stepCountIs(3) });
    expect((await Array.fromAsync(reply.textStream)).join("")).toBe("Paris: 21; Oslo: 7");
    const [first] = await reply.steps;
    expect(first?.finishReason).toBe("tool-calls");
    expect(first?.toolCalls.map(({ input }) => input)).toEqual(CITIES.map((city) => ({ city })));
  });

  test("structured output fits the schema, streamed or not", async () => {
    const output = Output.object({ schema: z.object({ city: z.string(), degrees: z.number() }) });
    const asked = { model: provider("gpt"), prompt: "How warm is Paris?", output };
    const whole = await generateText(asked);
    expect(whole.output).toEqual(STRUCTURED);
    const streamed = streamText(asked);
    expect(await streamed.output).toEqual(STRUCTURED);
    for (const { body } of gateway.seen("one/gpt"))
      expect(body.response_format).toMatchObject({ type: "json_schema" });
  });

  test("embed and embedMany give the vectors in order", async () => {
    const model = provider.embeddingModel("gpt");
    const one = await embed({ model, value: "hello" });
    expect(one.embedding).toEqual(vectorOf("hello"));
    const many = await embedMany({ model, values: ["a", "bc", "def"] });
    expect(many.embeddings).toEqual(["a", "bc", "def"].map((text) => vectorOf(text)));
    expect(many.usage.tokens).toBe(8);
  });

  test("provider options carry OpenRouter's fields, and a fallback is invisible", async () => {
    const asked = { prompt: "hi", providerOptions: { nyuro: { models: ["gpt"] } } };
    const reply = await generateText({ model: provider("broken"), ...asked });
    expect(reply.text).toBe("You said: hi");
    expect(reply.response.headers).toMatchObject({ "x-nyuro-fallback-used": "true" });
    const streamed = streamText({ model: provider("fragile"), prompt: "hi" });
    expect(await streamed.text).toBe("You said: hi");
    expect(gateway.seen("one/fragile")).toHaveLength(1);
  });
});

describe("errors of the ai package", () => {
  test.each([
    ["gtp", 404, "model_not_found"],
    ["broken", 503, "all_candidates_failed"],
  ])("%s is an APICallError with status %d and our body", async (model, statusCode, code) => {
    const error = await generateText({ model: provider(model), prompt: "hi", maxRetries: 0 }).catch(
      (it) => it,
    );
    expect(error).toBeInstanceOf(APICallError);
    expect(error).toMatchObject({ statusCode, data: { error: { code } } });
    expect(secretsIn(gateway, `${error.message}${error.responseBody}`)).toEqual([]);
  });

  test("an unknown key is a 401 that is not tried again", async () => {
    const stranger = createOpenAICompatible({
      name: "nyuro",
      baseURL: gateway.baseURL,
      apiKey: "sk-another",
    });
    const error = await generateText({ model: stranger("gpt"), prompt: "hi" }).catch((it) => it);
    expect(error).toMatchObject({ statusCode: 401, isRetryable: false });
    expect(gateway.upstream.requests).toEqual([]);
  });

  test("aborting a stream closes the upstream", async () => {
    const { promise, resolve } = Promise.withResolvers<UpstreamRequest>();
    gateway.upstream.on(upstreamNameOf("one/endless"), (request, answer) => {
      answer.startStream();
      resolve(request);
    });
    const controller = new AbortController();
    const reply = streamText({
      model: provider("endless"),
      prompt: "hi",
      abortSignal: controller.signal,
      onError() {},
    });
    const consumed = reply.consumeStream();
    const { closed } = await promise;
    controller.abort();
    await closed;
    await consumed;
    expect(await gateway.nyuro.rowsWritten(1)).toMatchObject([{ status: "canceled" }]);
  });
});
