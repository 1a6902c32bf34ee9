import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { TEST_KEY } from "../../src/testing/gateway.ts";
import { CITIES, failing, openai, STRUCTURED, vectorOf } from "./scripted-openai.ts";
import { type SdkGateway, secretsIn, startSdkGateway, upstreamNameOf } from "./sdk-gateway.ts";

let gateway: SdkGateway;
beforeAll(async () => {
  gateway = await startSdkGateway({ "one/gpt": openai, "one/broken": failing(500) });
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

const chat = (model = "gpt", rest: ConstructorParameters<typeof ChatOpenAI>[0] = {}) =>
  new ChatOpenAI({ model, apiKey: TEST_KEY, configuration: { baseURL: gateway.baseURL }, ...rest });

const DEGREES: Record<string, string> = { Paris: "21", Oslo: "7" };
const getWeather = tool(async ({ city }: { city: string }) => DEGREES[city] ?? "unknown", {
  name: "get_weather",
  description: "The temperature in a city",
  schema: z.object({ city: z.string() }),
});
const USAGE = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
const QUESTION = "How warm is it in Paris and Oslo?";

describe("ChatOpenAI of @langchain/openai", () => {
  test("invoke answers with usage", async () => {
    const reply = await chat().invoke("Grüße 🌍");
    expect(reply.content).toBe("You said: Grüße 🌍");
    expect(reply.usage_metadata).toMatchObject(USAGE);
    expect(reply.response_metadata).toMatchObject({ model_name: "gpt", finish_reason: "stop" });
    expect(JSON.stringify(reply)).not.toContain(upstreamNameOf("one/gpt"));
  });

  test.each([true, false])("stream gives pieces that add up (streamUsage: %p)", async (streamUsage) => {
    const chunks = await Array.fromAsync(await chat("gpt", { streamUsage }).stream("Grüße 🌍"));
    expect(chunks.map(({ content }) => content).join("")).toBe("You said: Grüße 🌍");
    expect(chunks.length).toBeGreaterThan(3);
    const told = chunks.flatMap(({ usage_metadata }) => (usage_metadata ? [usage_metadata] : []));
    if (streamUsage) expect(told).toMatchObject([USAGE]);
    else expect(told).toEqual([]);
    expect(gateway.nyuro.rows).toMatchObject([{ stream: true, usageSource: "provider" }]);
  });

  test("bound tools make the round trip", async () => {
    const model = chat().bindTools([getWeather]);
    const asked = new HumanMessage(QUESTION);
    const said = await model.invoke([asked]);
    const calls = said.tool_calls ?? [];
    expect(calls.map(({ name, args }) => [name, args])).toEqual(
      CITIES.map((city) => ["get_weather", { city }]),
    );
    const results = await Promise.all(
      calls.map(
        async (call) =>
          new ToolMessage({
            tool_call_id: call.id ?? "",
            content: await getWeather.invoke({ city: String(call.args.city) }),
          }),
      ),
    );
    const answered = await model.invoke([asked, said, ...results]);
    expect(answered.content).toBe("Paris: 21; Oslo: 7");
  });

  test("bound tools are called in a stream", async () => {
    const stream = await chat().bindTools([getWeather]).stream(QUESTION);
    let whole: Awaited<ReturnType<typeof stream.next>>["value"];
    for await (const chunk of stream) whole = whole === undefined ? chunk : whole.concat(chunk);
    const calls: { name: string; args: unknown }[] = whole?.tool_calls ?? [];
    expect(calls.map(({ name, args }) => [name, args])).toEqual(
      CITIES.map((city) => ["get_weather", { city }]),
    );
  });

  test("withStructuredOutput fits the schema", async () => {
    const schema = z.object({ city: z.string(), degrees: z.number() });
    const model = chat().withStructuredOutput(schema, { name: "weather", method: "jsonSchema" });
    const said: unknown = await model.invoke("How warm is Paris?");
    expect(said).toEqual(STRUCTURED);
  });

  test("an upstream failure is told once, without anything private", async () => {
    const error = await chat("broken", { maxRetries: 0 })
      .invoke("hi")
      .catch((it) => it);
    expect(error).toMatchObject({ status: 503, code: "all_candidates_failed" });
    expect(secretsIn(gateway, `${error.message}${JSON.stringify(error.error)}`)).toEqual([]);
    expect(gateway.seen("one/broken")).toHaveLength(1);
  });
});

test("OpenAIEmbeddings of @langchain/openai gives vectors in order", async () => {
  const embeddings = new OpenAIEmbeddings({
    model: "gpt",
    apiKey: TEST_KEY,
    configuration: { baseURL: gateway.baseURL },
  });
  expect(await embeddings.embedQuery("hello")).toEqual(vectorOf("hello"));
  expect(await embeddings.embedDocuments(["a", "bc"])).toEqual([vectorOf("a"), vectorOf("bc")]);
});
