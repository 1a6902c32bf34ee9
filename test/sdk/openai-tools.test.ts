import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { OpenAI } from "openai";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { CITIES, openai, STRUCTURED } from "./scripted-openai.ts";
import { errorOf, type SdkGateway, startSdkGateway } from "./sdk-gateway.ts";

let gateway: SdkGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startSdkGateway({ "one/gpt": openai });
  client = gateway.client();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

const QUESTION = { role: "user" as const, content: "How warm is it in Paris and Oslo?" };
const DEGREES: Record<string, string> = { Paris: "21", Oslo: "7" };
const ANSWER = "Paris: 21; Oslo: 7";
const weather: OpenAI.Chat.Completions.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The temperature in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const CALLS = CITIES.map((city, i) => ({
  id: `call_scripted_${i}`,
  type: "function" as const,
  function: { name: "get_weather", arguments: JSON.stringify({ city }) },
}));

type ToolCall = OpenAI.Chat.Completions.ChatCompletionMessageToolCall;

/** Runs the calls, last one first: results belong to calls by id, not by order. */
function resultsOf(calls: readonly ToolCall[]): OpenAI.Chat.Completions.ChatCompletionToolMessageParam[] {
  return calls.toReversed().map((call) => {
    if (call.type !== "function") throw new Error(`a call of type ${call.type}`);
    const { city } = JSON.parse(call.function.arguments) as { city: string };
    return { role: "tool", tool_call_id: call.id, content: DEGREES[city] ?? "unknown" };
  });
}

describe("tools of the openai package", () => {
  test("parallel calls make the round trip", async () => {
    const first = await client.chat.completions.create({
      model: "gpt",
      messages: [QUESTION],
      tools: [weather],
    });
    const [choice] = first.choices;
    expect(choice).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: null, tool_calls: CALLS },
    });
    const said = choice?.message;
    if (!said) throw new Error("nothing was said");
    const messages = [QUESTION, said, ...resultsOf(said.tool_calls ?? [])];
    const second = await client.chat.completions.create({ model: "gpt", messages, tools: [weather] });
    expect(second.choices[0]?.message.content).toBe("Oslo: 7; Paris: 21");
    expect(gateway.seen("one/gpt")[1]?.body.messages).toEqual(messages as unknown[]);
  });

  test("one call at a time where the caller wants it so", async () => {
    const reply = await client.chat.completions.create({
      model: "gpt",
      messages: [QUESTION],
      tools: [weather],
      parallel_tool_calls: false,
    });
    expect(reply.choices[0]?.message.tool_calls).toEqual(CALLS.slice(0, 1));
  });

  test("streamed arguments come in pieces and add up, each under its own index", async () => {
    const stream = await client.chat.completions.create({
      model: "gpt",
      messages: [QUESTION],
      tools: [weather],
      stream: true,
    });
    const texts = ["", ""];
    const named: (string | undefined)[] = [];
    let pieces = 0;
    let finish: string | null = null;
    for await (const { choices } of stream) {
      finish = choices[0]?.finish_reason ?? finish;
      for (const call of choices[0]?.delta.tool_calls ?? []) {
        if (call.id !== undefined) named.push(`${call.index} ${call.id} ${call.function?.name}`);
        else expect(Object.keys(call).sort()).toEqual(["function", "index"]);
        texts[call.index] += call.function?.arguments ?? "";
        pieces += 1;
      }
    }
    expect(named).toEqual(["0 call_scripted_0 get_weather", "1 call_scripted_1 get_weather"]);
    expect(texts).toEqual(CALLS.map((call) => call.function.arguments));
    expect(pieces).toBeGreaterThan(6);
    expect(finish).toBe("tool_calls");
  });

  test("the stream() helper puts the calls together", async () => {
    const stream = client.chat.completions.stream({ model: "gpt", messages: [QUESTION], tools: [weather] });
    const reply = await stream.finalChatCompletion();
    const calls = reply.choices[0]?.message.tool_calls ?? [];
    expect(calls).toMatchObject(CALLS);
    expect(reply.choices[0]?.finish_reason).toBe("tool_calls");
  });

  test.each([false, true])("runTools() runs them to the answer (stream: %p)", async (stream) => {
    const asked: string[] = [];
    const runnable = {
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "The temperature in a city",
        parse: (text: string) => JSON.parse(text) as { city: string },
        function({ city }: { city: string }) {
          asked.push(city);
          return DEGREES[city] ?? "unknown";
        },
        parameters: { type: "object", properties: { city: { type: "string" } } },
      },
    };
    const body = { model: "gpt", messages: [QUESTION], tools: [runnable] };
    const runner = stream
      ? client.chat.completions.runTools({ ...body, stream: true })
      : client.chat.completions.runTools(body);
    expect(await runner.finalContent()).toBe(ANSWER);
    expect(asked.toSorted()).toEqual(CITIES.toSorted());
    expect(gateway.seen("one/gpt")).toHaveLength(2);
    expect(gateway.nyuro.rows.map(({ status }) => status)).toEqual(["ok", "ok"]);
  });

  test.each([false, true])("arguments of a strict zod function are parsed (stream: %p)", async (stream) => {
    const tool = zodFunction({ name: "get_weather", parameters: z.object({ city: z.string() }) });
    const body = { model: "gpt", messages: [QUESTION], tools: [tool] };
    const reply = stream
      ? await client.chat.completions.stream(body).finalChatCompletion()
      : await client.chat.completions.parse(body);
    const calls = reply.choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => call.type === "function" && call.function.parsed_arguments)).toEqual(
      CITIES.map((city) => ({ city })),
    );
  });
});

describe("structured output of the openai package", () => {
  const Weather = z.object({ city: z.string(), degrees: z.number() });
  const body = {
    model: "gpt",
    messages: [QUESTION],
    response_format: zodResponseFormat(Weather, "weather"),
  };

  test("is parsed by the caller's schema", async () => {
    const reply = await client.chat.completions.parse(body);
    expect(reply.choices[0]?.message.parsed).toEqual(STRUCTURED);
    expect(gateway.seen("one/gpt")[0]?.body.response_format).toMatchObject({
      type: "json_schema",
      json_schema: { name: "weather", strict: true, schema: { required: ["city", "degrees"] } },
    });
  });

  test("is parsed from a stream", async () => {
    const stream = client.chat.completions.stream(body);
    const partial: unknown[] = [];
    stream.on("content.delta", ({ parsed }) => partial.push(parsed));
    const reply = await stream.finalChatCompletion();
    expect(reply.choices[0]?.message.parsed).toEqual(STRUCTURED);
    expect(partial.length).toBeGreaterThan(3);
  });

  test("a schema the provider refuses is the caller's mistake, named as the provider names it", async () => {
    const open = { name: "weather", strict: true, schema: { type: "object", properties: {}, required: [] } };
    const error = await errorOf(
      client.chat.completions.create({
        ...body,
        response_format: { type: "json_schema", json_schema: open },
      }),
    );
    expect(error).toMatchObject({
      status: 400,
      code: "invalid_value",
      param: "response_format.json_schema.schema.additionalProperties",
    });
    expect(gateway.seen("one/gpt")).toHaveLength(1);
  });
});
