import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { OpenAI } from "openai";
import { failing, openai } from "./scripted-openai.ts";
import { type SdkGateway, startSdkGateway, upstreamNameOf } from "./sdk-gateway.ts";

let gateway: SdkGateway;
let client: OpenAI;
const ask = (content = "Grüße, 世界 🌍!", model = "gpt") => ({
  model,
  messages: [{ role: "user" as const, content }],
});
const ANSWER = "You said: Grüße, 世界 🌍!";
const TOLD_USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

beforeAll(async () => {
  gateway = await startSdkGateway({
    "one/gpt": openai,
    "two/gpt": openai,
    "one/broken": failing(500, {}),
    "two/backup": openai,
  });
  client = gateway.client();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;

async function collect(stream: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: Chunk[]) => chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

describe("a chat of the openai package", () => {
  test("answers with the canonical model and OpenAI's fields", async () => {
    const reply = await client.chat.completions.create(ask());
    expect(reply).toEqual({
      id: "chatcmpl-scripted",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "gpt",
      system_fingerprint: "fp_scripted",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: ANSWER, refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: TOLD_USAGE,
    } as typeof reply);
    expect(gateway.seen("one/gpt")).toHaveLength(1);
  });

  test("carries the id of its row and the gateway's headers, none of the provider's", async () => {
    const { data, response, request_id } = await client.chat.completions.create(ask()).withResponse();
    expect((data as { _request_id?: string })._request_id).toBe(gateway.lastRequestId());
    expect(request_id).toBe(gateway.lastRequestId());
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "x-request-id": gateway.lastRequestId(),
      "x-nyuro-model": "gpt",
      "x-nyuro-provider": "one",
      "x-nyuro-candidates": "one/gpt, two/gpt",
      "x-nyuro-fallback-used": "false",
      "x-nyuro-cost-usd": "0.000015000",
    });
    expect(headers["openai-organization"]).toBeUndefined();
    expect(JSON.stringify([data, headers])).not.toContain(upstreamNameOf("one/gpt"));
  });

  test("sends its parameters up and keeps what is the caller's own from the provider", async () => {
    const own = gateway.client({ organization: "org-of-the-caller", project: "project-of-the-caller" });
    const params = { temperature: 0.5, seed: 7, stop: ["\n\n"], logit_bias: { "50256": -100 }, user: "u-1" };
    await own.chat.completions.create({ ...ask(), ...params });
    const [seen] = gateway.seen("one/gpt");
    expect(seen?.body).toEqual({ ...ask(), ...params, model: upstreamNameOf("one/gpt") });
    expect(Object.keys(seen?.headers ?? {}).filter((name) => /stainless|openai|api-key/.test(name))).toEqual(
      [],
    );
    expect(seen?.headers["user-agent"]).not.toContain("OpenAI");
  });

  test("takes content in parts", async () => {
    const content = [
      { type: "text" as const, text: "one, " },
      { type: "text" as const, text: "two" },
    ];
    const reply = await client.chat.completions.create({
      model: "gpt",
      messages: [{ role: "user", content }],
    });
    expect(reply.choices[0]?.message.content).toBe("You said: one, two");
  });
});

describe("a stream of the openai package", () => {
  test("is iterated to the whole answer, without usage it did not ask for", async () => {
    const chunks = await collect(await client.chat.completions.create({ ...ask(), stream: true }));
    expect(textOf(chunks)).toBe(ANSWER);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(["gpt"]));
    expect(chunks.filter(({ choices }) => choices.length === 0)).toEqual([]);
    expect(chunks.filter(({ usage }) => usage)).toEqual([]);
    expect(gateway.seen("one/gpt")[0]?.body.stream_options).toEqual({ include_usage: true });
    expect(gateway.nyuro.rows).toMatchObject([{ status: "ok", usage: { input: 10, output: 5 } }]);
  });

  test("with include_usage ends with one chunk of usage and no choices", async () => {
    const chunks = await collect(
      await client.chat.completions.create({
        ...ask(),
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(textOf(chunks)).toBe(ANSWER);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: TOLD_USAGE });
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
  });

  test("with include_usage: false gets none, though we ask the provider for it", async () => {
    const chunks = await collect(
      await client.chat.completions.create({
        ...ask(),
        stream: true,
        stream_options: { include_usage: false },
      }),
    );
    expect(chunks.filter(({ choices, usage }) => choices.length === 0 || usage)).toEqual([]);
    expect(gateway.nyuro.rows).toMatchObject([{ usageSource: "provider", costNanoUsd: 15_000 }]);
  });

  test("the stream() helper accumulates it", async () => {
    const deltas: string[] = [];
    const stream = client.chat.completions.stream({ ...ask(), stream_options: { include_usage: true } });
    stream.on("content", (delta) => deltas.push(delta));
    const reply = await stream.finalChatCompletion();
    expect(reply.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: ANSWER } });
    expect(reply.model).toBe("gpt");
    expect(deltas.join("")).toBe(ANSWER);
    expect(deltas.length).toBeGreaterThan(3);
    expect(await stream.totalUsage()).toMatchObject(TOLD_USAGE);
  });

  test("carries the headers with withResponse() and can be split with tee()", async () => {
    const { data, response } = await client.chat.completions
      .create({ ...ask(), stream: true })
      .withResponse();
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    expect(response.headers.get("x-nyuro-provider")).toBe("one");
    const [left, right] = data.tee();
    expect(textOf(await collect(left))).toBe(ANSWER);
    expect(textOf(await collect(right))).toBe(ANSWER);
    expect(response.headers.get("x-request-id")).toBe(gateway.lastRequestId());
  });
});

describe("fields of OpenRouter's in the body of the openai package", () => {
  test.each([
    ["models", { models: ["backup"] }, "broken", "two"],
    ["provider.only", { provider: { only: ["two"] } }, "gpt", "two"],
    ["provider.order", { provider: { order: ["two", "one"] } }, "gpt", "two"],
    ["provider.ignore", { provider: { ignore: ["one"] } }, "gpt", "two"],
  ])("%s decides who answers and never goes up", async (_, extra, model, provider) => {
    const { data, response } = await client.chat.completions
      .create({ ...ask("hi", model), ...extra })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe("You said: hi");
    expect(response.headers.get("x-nyuro-provider")).toBe(provider);
    for (const { body } of gateway.upstream.requests)
      expect(Object.keys(body).sort()).toEqual(["messages", "model"]);
  });

  test("models falls back in a stream too, and the headers say so", async () => {
    const { data, response } = await client.chat.completions
      .create({ ...ask("hi", "broken"), models: ["backup"], stream: true } as ReturnType<typeof ask> & {
        stream: true;
      })
      .withResponse();
    const chunks = await collect(data);
    expect(textOf(chunks)).toBe("You said: hi");
    expect(chunks[0]?.model).toBe("backup");
    expect(response.headers.get("x-nyuro-fallback-used")).toBe("true");
    expect(response.headers.get("x-nyuro-route-reason")).toBe("models[0]:alias; fallback=overloaded");
  });

  test("usage.include adds the cost", async () => {
    const reply = await client.chat.completions.create({ ...ask(), ...{ usage: { include: true } } });
    expect(reply.usage).toEqual({ ...TOLD_USAGE, cost: 0.000015 } as typeof reply.usage);
  });
});

test.each(["/api/v1", "/v1/", "/v1/v1"])("the base URL may be %s", async (path) => {
  const there = gateway.client({ baseURL: gateway.nyuro.url + path });
  const reply = await there.chat.completions.create(ask("hi"));
  expect(reply.choices[0]?.message.content).toBe("You said: hi");
  const chunks = await collect(await there.chat.completions.create({ ...ask("hi"), stream: true }));
  expect(textOf(chunks)).toBe("You said: hi");
  const embedded = await there.embeddings.create({ model: "gpt", input: "hi" });
  expect(embedded.data[0]?.embedding).toHaveLength(3);
  expect((await there.models.list()).data.map(({ id }) => id)).toContain("gpt");
  expect((await there.models.retrieve("gpt")).id).toBe("gpt");
});
