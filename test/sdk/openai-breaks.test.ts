import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { APIConnectionError, APIConnectionTimeoutError, APIUserAbortError, type OpenAI } from "openai";
import { UPSTREAM_SECRET } from "../../src/testing/gateway.ts";
import { DONE, deltaEvent, streamEvents } from "../../src/testing/openai-replies.ts";
import type { Answer, Script, UpstreamRequest } from "../../src/testing/scripted-upstream.ts";
import {
  errorOf,
  IMPATIENT,
  type SdkGateway,
  secretsIn,
  startSdkGateway,
  upstreamNameOf,
} from "./sdk-gateway.ts";

const ERROR_EVENT = `data: ${JSON.stringify({
  error: {
    message: `Key ${UPSTREAM_SECRET} broke`,
    type: "server_error",
    param: null,
    code: "broken_inside",
  },
})}\n\n`;

/** How a stream can break behind its first content, and the code the SDK is told. */
const BREAKS: [string, (answer: Answer) => void, string][] = [
  ["reset", (answer) => answer.reset(), "interrupted"],
  ["cut", (answer) => answer.cut(), "interrupted"],
  ["end", (answer) => answer.endStream(), "interrupted"],
  ["error", (answer) => (answer.chunk(ERROR_EVENT + DONE), answer.endStream()), "broken_inside"],
  ["garbage", (answer) => answer.chunk('data: {"choices":[{"del\n\n'), "malformed"],
  ["hang", () => {}, "timeout"],
];

/** Only where the break is silence must the gateway be quick to give up. */
const idOf = (name: string) => `${name === "hang" ? "hasty" : "one"}/${name}`;

let gateway: SdkGateway;
let client: OpenAI;
beforeAll(async () => {
  const breaking = BREAKS.map(([name]): [string, Script] => [idOf(name), () => {}]);
  gateway = await startSdkGateway(
    { "one/silent": () => {}, "one/endless": () => {}, ...Object.fromEntries(breaking) },
    { providers: { hasty: { timeouts: IMPATIENT } } },
  );
  client = gateway.client();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

const ask = (model: string) => ({ model, messages: [{ role: "user" as const, content: "hi" }] });
const WORDS = ["Hel", "lo"];

/** Streams the first words, and goes on as told once the client has them. */
function script(id: string, goOn: (answer: Answer) => void): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  gateway.upstream.on(upstreamNameOf(id), async (_, answer) => {
    answer.startStream();
    for (const event of streamEvents(upstreamNameOf(id), WORDS).slice(0, 3)) answer.chunk(event);
    await promise;
    goOn(answer);
  });
  return resolve;
}

describe("a stream that breaks behind its first content", () => {
  test.each(BREAKS)("%s: the iterator raises what the gateway tells", async (name, goOn, code) => {
    const release = script(idOf(name), goOn);
    let text = "";
    let finish: string | null = null;
    const error = await errorOf(
      (async () => {
        for await (const { choices } of await client.chat.completions.create({
          ...ask(name),
          stream: true,
        })) {
          text += choices[0]?.delta.content ?? "";
          finish ??= choices[0]?.finish_reason ?? null;
          if (text === WORDS.join("")) release();
        }
      })(),
    );
    expect(text).toBe(WORDS.join(""));
    expect(finish).toBeNull();
    expect(error).not.toBeInstanceOf(APIConnectionError);
    expect(error).toMatchObject({ code, requestID: gateway.lastRequestId() });
    expect(secretsIn(gateway, `${error.message}${JSON.stringify(error.error)}`)).toEqual([]);
    expect(gateway.seen(idOf(name))).toHaveLength(1);
    expect(gateway.nyuro.rows).toMatchObject([{ status: "interrupted", usageSource: "counted" }]);
  });

  test("the stream() helper raises too, and never says that it finished", async () => {
    const release = script("one/endless", (answer) => answer.cut());
    const stream = client.chat.completions.stream(ask("endless"));
    stream.on("content", (_, snapshot) => snapshot === WORDS.join("") && release());
    const error = await errorOf(stream.finalChatCompletion());
    expect(error).toMatchObject({ code: "interrupted" });
    expect(gateway.seen("one/endless")).toHaveLength(1);
  });
});

describe("a client that goes away closes the upstream", () => {
  /** Resolves with the upstream's view of the next request. */
  function nextRequest(id: string, answer: Script): Promise<UpstreamRequest> {
    const { promise, resolve } = Promise.withResolvers<UpstreamRequest>();
    gateway.upstream.on(upstreamNameOf(id), (request, reply) => {
      resolve(request);
      return answer(request, reply);
    });
    return promise;
  }

  const canceledRow = { status: "canceled", httpStatus: 499 };
  const firstWord: Script = (_, answer) => {
    answer.startStream();
    answer.chunk(deltaEvent("endless", { role: "assistant", content: "Hel" }));
  };

  test.each([false, true])("by its signal before an answer (stream: %p)", async (stream) => {
    const seen = nextRequest("one/silent", () => {});
    const controller = new AbortController();
    const error = errorOf(
      client.chat.completions.create({ ...ask("silent"), stream }, { signal: controller.signal }),
    );
    const { closed } = await seen;
    controller.abort();
    expect(await error).toBeInstanceOf(APIUserAbortError);
    await closed;
    expect(await gateway.nyuro.rowsWritten(1)).toMatchObject([{ ...canceledRow, costNanoUsd: 0 }]);
    expect(gateway.seen("one/silent")).toHaveLength(1);
  });

  test("by its own timeout", async () => {
    const seen = nextRequest("one/silent", () => {});
    const call = client.chat.completions.create(ask("silent"), { timeout: 250, maxRetries: 0 });
    expect(await errorOf(call)).toBeInstanceOf(APIConnectionTimeoutError);
    await (await seen).closed;
    expect(await gateway.nyuro.rowsWritten(1)).toMatchObject([canceledRow]);
  });

  test.each([
    ["its signal", (abort: () => void) => abort()],
    ["leaving the loop", () => {}],
  ])("in the middle of a stream by %s", async (_, leave) => {
    const seen = nextRequest("one/endless", firstWord);
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      { ...ask("endless"), stream: true },
      { signal: controller.signal },
    );
    for await (const { choices } of stream) {
      expect(choices[0]?.delta.content).toBe("Hel");
      leave(() => controller.abort());
      break;
    }
    await (await seen).closed;
    expect(await gateway.nyuro.rowsWritten(1)).toMatchObject([canceledRow]);
  });

  test("with the stream() helper's abort()", async () => {
    const seen = nextRequest("one/endless", firstWord);
    const stream = client.chat.completions.stream(ask("endless"));
    stream.on("content", () => stream.abort());
    expect(await errorOf(stream.finalChatCompletion())).toBeInstanceOf(APIUserAbortError);
    await (await seen).closed;
    expect(await gateway.nyuro.rowsWritten(1)).toMatchObject([canceledRow]);
  });
});
