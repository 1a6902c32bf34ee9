import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { APIError, OpenAI } from "openai";
import { completion, DONE, streamEvents } from "../../src/testing/openai-replies.ts";
import { type CutLine, cutLine } from "./cut-line.ts";
import { errorOf, type SdkGateway, startSdkGateway, upstreamNameOf } from "./sdk-gateway.ts";

/** What the package leaves to its vendor: with a name for the header, each call gets a key that its retries keep. */
class RetryingOpenAI extends OpenAI {
  protected override idempotencyHeader = "Idempotency-Key";
}

let gateway: SdkGateway;
let line: CutLine;
let calls = 0;
const prompt = { messages: [{ role: "user" as const, content: "hi" }] };

beforeAll(async () => {
  gateway = await startSdkGateway({
    "one/json": (_, answer) =>
      answer.json(
        200,
        completion(upstreamNameOf("one/json"), `answer ${++calls}`, { prompt: 10, completion: calls }),
      ),
    "one/stream": (_, answer) => {
      answer.startStream();
      const words = ["answer", ` ${++calls}`];
      for (const event of streamEvents(upstreamNameOf("one/stream"), words)) answer.chunk(event);
      answer.endStream();
    },
  });
  line = await cutLine(gateway.nyuro.url);
});
afterAll(async () => {
  await line.stop();
  await gateway.stop();
});
beforeEach(() => {
  calls = 0;
  gateway.forget();
  line.cutAt([]);
});

const clientOf = (Kind: typeof OpenAI, maxRetries = 2) =>
  new Kind({
    baseURL: `${line.url}/v1`,
    apiKey: gateway.client().apiKey,
    maxRetries,
    organization: null,
    project: null,
  });

describe("the official package behind a line that breaks", () => {
  test.each([
    ["once", ["answer 1"]],
    ["twice", ["answer 1", "answer 1"]],
  ])("%s after the answer was made: its own retry gets that answer, paid for once", async (_, cuts) => {
    line.cutAt(cuts);
    const before = line.asked();
    const { data, response } = await clientOf(RetryingOpenAI)
      .chat.completions.create({ model: "json", ...prompt })
      .withResponse();
    expect(line.asked() - before).toBe(cuts.length + 1);
    expect(data.choices[0]?.message.content).toBe("answer 1");
    expect(response.headers.get("x-nyuro-replayed")).toBe("true");
    expect(response.headers.get("x-request-id")).toBe(gateway.lastRequestId());
    expect(gateway.upstream.requests).toHaveLength(1);
    expect(gateway.nyuro.rows.map(({ usage }) => [usage?.input, usage?.output])).toEqual([[10, 1]]);
  });

  test("with the header given by hand, as the package as it is needs it", async () => {
    line.cutAt(["answer 1"]);
    const completed = await clientOf(OpenAI).chat.completions.create(
      { model: "json", ...prompt },
      { headers: { "Idempotency-Key": "by-hand" } },
    );
    expect(completed.choices[0]?.message.content).toBe("answer 1");
    expect(gateway.nyuro.rows).toHaveLength(1);
  });

  test("without the header its retry is another request, charged again", async () => {
    line.cutAt(["answer 1"]);
    const completed = await clientOf(OpenAI).chat.completions.create(
      { model: "json", ...prompt },
      { idempotencyKey: "which the package does not send by itself" },
    );
    expect(completed.choices[0]?.message.content).toBe("answer 2");
    expect(gateway.nyuro.rows).toHaveLength(2);
    for (const { headers } of gateway.upstream.requests)
      expect(headers).not.toHaveProperty("idempotency-key");
  });

  test("a stream that was lost is streamed again from its beginning", async () => {
    line.cutAt([DONE.trim()]);
    const client = clientOf(RetryingOpenAI, 0);
    const options = { idempotencyKey: "stream-1" };
    const read = async () => {
      let text = "";
      const stream = await client.chat.completions.create(
        { model: "stream", ...prompt, stream: true },
        options,
      );
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
      return text;
    };
    await read().then(
      (text) => expect(text).not.toContain("answer 2"),
      (error) => expect(error).toBeInstanceOf(Error),
    );
    await gateway.nyuro.rowsWritten(1);
    expect(await read()).toBe("answer 1");
    expect(gateway.upstream.requests).toHaveLength(1);
    expect(gateway.nyuro.rows.map(({ status }) => status)).toEqual(["ok"]);
  });
});

test("another request with the same key is an UnprocessableEntityError, at once", async () => {
  const client = clientOf(RetryingOpenAI);
  const options = { idempotencyKey: "taken" };
  await client.chat.completions.create({ model: "json", ...prompt }, options);
  const before = line.asked();
  const error = await errorOf(
    client.chat.completions.create({ model: "json", ...prompt, temperature: 0 }, options),
  );
  expect(error).toBeInstanceOf(APIError);
  expect([error.status, error.code]).toEqual([422, "idempotency_mismatch"]);
  expect(line.asked() - before).toBe(1);
  expect(gateway.upstream.requests).toHaveLength(1);
});
