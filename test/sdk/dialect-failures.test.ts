import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";
import { TEST_KEY, type TestGateway, UPSTREAM_SECRET } from "../../src/testing/gateway.ts";
import type { Answer } from "../../src/testing/scripted-upstream.ts";
import type { Failure, Said } from "../../src/testing/wire/wire-provider.ts";
import { Stage, WIRES } from "./stage.ts";

/* What goes wrong at providers that speak five languages is told to the official package in one. */

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());
afterEach(() => {
  stage.requests.length = 0;
});

const HELLO: ChatCompletionMessageParam[] = [{ role: "user", content: "Grüße 🌍" }];
const USAGE = { input: 20, cached: 0, output: 7, reasoning: 0 };
const SAID: Said = { text: ["It is ", "7°."], ends: "stop", usage: USAGE };
const each = WIRES.map((wire) => [wire.id, wire] as const);

function clientOf({ url }: TestGateway): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: TEST_KEY, maxRetries: 0 });
}

async function failureOf(pending: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await pending.then(() => null).catch((thrown: unknown) => thrown);
  if (!(error instanceof OpenAI.APIError)) throw new Error(`not refused: ${error}`);
  return error;
}

const ERRORS: readonly [Failure, number, string, Partial<Record<string, string>>][] = [
  ["bad_request", 400, "invalid_request_error", { "x-should-retry": "false" }],
  ["context", 400, "invalid_request_error", { "x-should-retry": "false" }],
  ["auth", 502, "upstream_error", {}],
  ["missing", 502, "upstream_error", {}],
  ["rate_limited", 429, "rate_limit_error", { "retry-after": "7" }],
  ["overloaded", 503, "upstream_error", {}],
];
const cells = WIRES.flatMap((wire) =>
  ERRORS.flatMap(([failure, ...rest]) =>
    [false, true].map(
      (stream) => [wire.id, failure, stream ? "streamed" : "whole", wire, stream, ...rest] as const,
    ),
  ),
);

test.each(cells)("%s: %s, %s", async (id, failure, _, wire, stream, status, type, headers) => {
  stage.play = (_, answer) => wire.fail(failure, answer);
  const client = clientOf(stage.start([wire]));
  const asked = client.chat.completions.create({ model: `${id}-model`, messages: HELLO, stream });
  const error = await failureOf(asked);
  expect([error.status, error.type]).toEqual([status, type]);
  for (const [name, value] of Object.entries(headers)) expect(error.headers?.get(name)).toBe(value ?? null);
  if (failure === "context") expect(error.code).toBe("context_length_exceeded");
  const told = JSON.stringify([error.error, error.message]);
  expect(told).not.toContain(UPSTREAM_SECRET);
  expect(told).not.toContain("127.0.0.1");
});

test.each(each)("%s: a stream that breaks is an error, not an answer", async (id, wire) => {
  let connection: Answer | null = null;
  stage.play = (_, answer) => {
    connection = answer;
    wire.begin("Hello", answer);
  };
  const gateway = stage.start([wire]);
  const client = clientOf(gateway);
  let said = "";
  const read = async () => {
    const stream = await client.chat.completions.create({
      model: `${id}-model`,
      messages: HELLO,
      stream: true,
    });
    for await (const chunk of stream) {
      said += chunk.choices[0]?.delta.content ?? "";
      if (said === "Hello") connection?.reset();
      expect(chunk.choices[0]?.finish_reason ?? null).toBeNull();
    }
  };
  await failureOf(read());
  expect(said).toBe("Hello");
  const [row] = await gateway.rowsWritten(1);
  expect(row?.status).toBe("interrupted");
});

test.each(each)("%s: a client that leaves closes the provider's connection", async (id, wire) => {
  let gone: Promise<void> | null = null;
  stage.play = (request, answer) => {
    gone = request.closed;
    wire.begin("Hello", answer);
  };
  const gateway = stage.start([wire]);
  const stream = clientOf(gateway).chat.completions.stream({ model: `${id}-model`, messages: HELLO });
  stream.on("error", () => {});
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  stream.abort();
  expect(gone).not.toBeNull();
  await gone;
  const [row] = await gateway.rowsWritten(1);
  expect(row?.status).toBe("canceled");
});

const WEATHER: ChatCompletionTool = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const CALLS = [
  { id: "toolu_0slo", name: "weather", input: { city: "Oslo" } },
  { id: "toolu_par1s", name: "weather", input: { city: "Paris" } },
];
const LOOP = [
  "user: text=Grüße 🌍",
  'assistant: call=weather{"city":"Oslo"} + call=weather{"city":"Paris"}',
  "user: result=7° + result=21°",
];

describe.each(each)("a tool loop that began on %s", (id, first) => {
  test("goes on at each of the others when the one before fails, whatever it was signed with", async () => {
    const gateway = stage.start();
    const client = clientOf(gateway);
    const reasoning = { text: "Two cities.", signature: "c2lnbmF0dXJl" };
    const thinking = { tools: [WEATHER], reasoning_effort: "medium", max_completion_tokens: 8000 } as const;
    stage.play = (request, answer, wire) =>
      wire.say({ calls: CALLS, reasoning, ends: "tool_calls", usage: USAGE }, request, answer);
    const params = { ...thinking, tools: [WEATHER], model: `${id}-model` };
    const began = await client.chat.completions.create({ ...params, messages: HELLO });
    const message = began.choices[0]?.message;
    if (!message) throw new Error("no answer");
    const results = (message.tool_calls ?? []).map(
      ({ id: tool_call_id }, at): ChatCompletionMessageParam => ({
        role: "tool",
        tool_call_id,
        content: at === 0 ? "7°" : "21°",
      }),
    );
    const others = WIRES.filter((wire) => wire !== first);
    const last = others.at(-1);
    stage.requests.length = 0;
    stage.play = (request, answer, wire) =>
      wire === last ? wire.say(SAID, request, answer) : wire.fail("overloaded", answer);
    const models = others.map((wire) => `${wire.id}-model`);
    const body = { ...params, model: models[0] ?? "", models: models.slice(1) };
    const reply = await client.chat.completions.create({
      ...body,
      messages: [...HELLO, message, ...results],
    });
    expect(reply.choices[0]?.message.content).toBe("It is 7°.");
    expect(reply.model).toBe(`${last?.id}-model`);
    expect(stage.requests.map(({ wire }) => wire.id)).toEqual(others.map((wire) => wire.id));
    for (const { wire, request } of stage.requests) {
      expect(wire.problems(request)).toEqual([]);
      expect(wire.hear(request).turns.map((turn) => turn.replace(/text=Two cities\. \+ /, ""))).toEqual(LOOP);
      expect(request.text).not.toContain(reasoning.signature);
    }
  });
});
