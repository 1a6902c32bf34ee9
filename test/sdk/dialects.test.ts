import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { TEST_KEY, UPSTREAM_SECRET } from "../../src/testing/gateway.ts";
import type { Heard, Said, WireProvider } from "../../src/testing/wire/wire-provider.ts";
import { Stage, WIRES } from "./stage.ts";

/*
 * One list of scenarios, played by the official package against five providers that speak five languages: each checks
 * what it receives, and the client cannot tell which one it was.
 */

let stage: Stage;
let client: OpenAI;
beforeAll(async () => {
  stage = await Stage.open();
  client = new OpenAI({ baseURL: `${stage.start().url}/v1`, apiKey: TEST_KEY, maxRetries: 0 });
});
afterAll(() => stage.close());
afterEach(() => {
  stage.requests.length = 0;
});

type Params = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "model" | "messages" | "stream"> & {
  messages?: ChatCompletionMessageParam[];
};

interface Result {
  text: string;
  calls: { name: string; input: unknown }[];
  finish: string;
  isRefused: boolean;
  tokens: { prompt: number; completion: number };
}

type Message = OpenAI.ChatCompletionMessage & { reasoning_content?: string; reasoning_details?: unknown };

/** Asks one provider, with or without streaming; tells what came of it and what the provider heard. */
async function ask(wire: WireProvider, isStream: boolean, said: Said, params: Params) {
  stage.play = (request, answer) => wire.say(said, request, answer);
  const body = { model: `${wire.id}-model`, messages: HELLO, ...params };
  const reply = isStream
    ? await client.chat.completions
        .stream({ ...body, stream: true, stream_options: { include_usage: true } })
        .finalChatCompletion()
    : await client.chat.completions.create(body);
  const [called] = stage.requests.splice(0);
  if (!called) throw new Error("nobody was called");
  const { request } = called;
  expect(wire.problems(request)).toEqual([]);
  const heard = wire.hear(request);
  expect(heard.stream).toBe(isStream);
  expect(reply.model).toBe(`${wire.id}-model`);
  return { heard, reply, message: reply.choices[0]?.message as Message, result: resultOf(reply) };
}

function resultOf(reply: OpenAI.ChatCompletion): Result {
  const [choice] = reply.choices;
  if (!choice) throw new Error("no choice");
  const { message, finish_reason: finish } = choice;
  return {
    text: message.content ?? "",
    calls: (message.tool_calls ?? []).map((call) => {
      if (call.type !== "function") throw new Error("a call of another type");
      expect(call.id.length).toBeGreaterThan(3);
      return { name: call.function.name, input: JSON.parse(call.function.arguments) };
    }),
    finish,
    isRefused: typeof message.refusal === "string" || finish === "content_filter",
    tokens: { prompt: reply.usage?.prompt_tokens ?? -1, completion: reply.usage?.completion_tokens ?? -1 },
  };
}

const HELLO: ChatCompletionMessageParam[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Grüße 🌍" },
];
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const WEATHER: ChatCompletionTool = {
  type: "function",
  function: {
    name: "weather",
    description: "The weather in a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
};
const CLOCK: ChatCompletionTool = { type: "function", function: { name: "clock", description: "The time" } };
const USAGE = { input: 20, cached: 0, output: 7, reasoning: 0 };
const TOKENS = { prompt: 20, completion: 7 };
const PLAIN: Result = { text: "Hello 🌍, you", calls: [], finish: "stop", isRefused: false, tokens: TOKENS };
const SAID: Said = { text: ["Hello ", "🌍,", " you"], ends: "stop", usage: USAGE };
const OSLO = { id: "toolu_0slo", name: "weather", input: { city: "Oslo" } };
const PARIS = { id: "toolu_par1s", name: "weather", input: { city: "Paris ✨" } };
const NOON = { id: "toolu_n00n", name: "clock", input: {} };

const calling = (...calls: NonNullable<Said["calls"]>): Said => ({ calls, ends: "tool_calls", usage: USAGE });
const called = (...calls: NonNullable<Said["calls"]>): Result => ({
  ...PLAIN,
  text: "",
  calls: calls.map(({ name, input }) => ({ name, input })),
  finish: "tool_calls",
});

interface Scenario {
  name: string;
  params: Params;
  said: Said;
  result: Result;
  heard: Partial<Heard>;
  /** Providers that cannot end this way. */
  except?: readonly string[];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "plain text",
    params: { temperature: 0.5, max_completion_tokens: 50, stop: ["END"] },
    said: SAID,
    result: PLAIN,
    heard: {
      system: "Be brief.",
      turns: ["user: text=Grüße 🌍"],
      maxTokens: 50,
      temperature: 0.5,
      stop: ["END"],
    },
  },
  {
    name: "a tool",
    params: { tools: [WEATHER, CLOCK] },
    said: calling(OSLO),
    result: called(OSLO),
    heard: { tools: ["weather(city)", "clock()"], forced: null },
  },
  {
    name: "a tool without arguments",
    params: { tools: [CLOCK] },
    said: calling(NOON),
    result: called(NOON),
    heard: { tools: ["clock()"] },
  },
  {
    name: "parallel tools",
    params: { tools: [WEATHER, CLOCK] },
    said: calling(OSLO, PARIS, NOON),
    result: called(OSLO, PARIS, NOON),
    heard: { tools: ["weather(city)", "clock()"] },
  },
  {
    name: "a forced tool",
    params: { tools: [WEATHER], tool_choice: { type: "function", function: { name: "weather" } } },
    said: calling(OSLO),
    result: called(OSLO),
    heard: { tools: ["weather(city)"], forced: "weather" },
  },
  {
    name: "a JSON schema",
    params: {
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "city",
          strict: true,
          schema: {
            type: "object",
            properties: { name: { type: "string" } },
            required: ["name"],
            additionalProperties: false,
          },
        },
      },
    },
    said: { ...SAID, text: ['{"name":', '"Oslo"}'] },
    result: { ...PLAIN, text: '{"name":"Oslo"}' },
    heard: { schema: ["name"], tools: [] },
  },
  {
    name: "an image",
    params: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
          ],
        },
      ],
    },
    said: SAID,
    result: PLAIN,
    heard: { turns: [`user: text=What is this? + image=image/png/${PIXEL}`] },
  },
  {
    name: "the end of a length limit",
    params: { max_tokens: 7 },
    said: { ...SAID, ends: "length" },
    result: { ...PLAIN, finish: "length" },
    heard: { maxTokens: 7 },
  },
  {
    name: "a refusal or a content filter",
    params: {},
    said: { ends: "refused", usage: USAGE },
    result: { ...PLAIN, text: "", isRefused: true },
    heard: {},
    // It has neither: a model that will not answer says so in its answer.
    except: ["ollama"],
  },
];

const MODES = [
  ["whole", false],
  ["streamed", true],
] as const;
const cells = WIRES.flatMap((wire) =>
  MODES.map(([mode, isStream]) => [wire.id, mode, wire, isStream] as const),
);

describe.each(cells)("%s, %s", (id, _, wire, isStream) => {
  test.each(
    SCENARIOS.filter(({ except }) => !except?.includes(id)).map((it) => [it.name, it] as const),
  )("%s", async (_, { params, said, result, heard: expected }) => {
    const { heard, result: found, reply } = await ask(wire, isStream, said, params);
    expect(heard).toMatchObject(expected);
    // The word for why nothing was said is the provider's own: `stop` beside a refusal, or `content_filter`.
    const finish = result.isRefused ? found.finish : result.finish;
    expect(found).toEqual({ ...result, finish });
    expect(JSON.stringify(reply)).not.toContain(UPSTREAM_SECRET);
  });

  test("a tool loop: the call comes back with its result", async () => {
    const first = await ask(wire, isStream, calling(OSLO, PARIS), { tools: [WEATHER] });
    const results = (first.message.tool_calls ?? []).map(
      ({ id: tool_call_id }, at): ChatCompletionMessageParam => ({
        role: "tool",
        tool_call_id,
        content: at === 0 ? "7°" : "21°",
      }),
    );
    const messages = [...HELLO, first.message, ...results];
    const second = await ask(wire, isStream, SAID, { tools: [WEATHER], messages });
    expect(second.heard.turns).toEqual([
      "user: text=Grüße 🌍",
      'assistant: call=weather{"city":"Oslo"} + call=weather{"city":"Paris ✨"}',
      "user: result=7° + result=21°",
    ]);
    expect(second.result).toEqual(PLAIN);
  });

  test("reasoning is told apart from the answer, and its signature comes back in a tool loop", async () => {
    const usage = { input: 15, cached: 5, output: 7, reasoning: 30 };
    const reasoning = { text: "Let me think.", signature: "c2lnbmF0dXJl" };
    const thinking = {
      reasoning_effort: "medium",
      tools: [WEATHER],
      max_completion_tokens: 8000,
    } satisfies Params;
    const first = await ask(wire, isStream, { ...calling(OSLO), reasoning, usage }, thinking);
    expect(first.heard.thinks).toBe(true);
    expect(first.message.reasoning_content).toBe("Let me think.");
    expect(first.result).toEqual({ ...called(OSLO), tokens: { prompt: 20, completion: 37 } });
    const [call] = first.message.tool_calls ?? [];
    const result: ChatCompletionMessageParam = { role: "tool", tool_call_id: call?.id ?? "", content: "7°" };
    stage.play = (request, answer) => wire.say(SAID, request, answer);
    await client.chat.completions.create({
      ...thinking,
      model: `${id}-model`,
      messages: [...HELLO, first.message, result],
    });
    const isSigned = stage.requests.at(-1)?.request.text.includes(reasoning.signature);
    expect(isSigned).toBe(["anthropic", "gemini", "bedrock"].includes(id));
  });
});
