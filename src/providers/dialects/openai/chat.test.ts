import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeChat, encodeChat, encodeEmbeddings } from "./chat.ts";
import type { PassedTo } from "./request-fields.ts";

const target = (rest: Partial<PassedTo> = {}): PassedTo => ({
  upstreamModel: "up/model",
  quirks: {},
  takesMetadata: false,
  attachments: new Map(),
  ...rest,
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

function sent(request: Record<string, unknown>, rest: Partial<PassedTo> = {}) {
  const wire = encodeChat(deepFreeze(structuredClone(request)), target(rest));
  if ("unsupported" in wire) throw new Error(wire.why);
  return { ...wire, body: JSON.parse(wire.body) };
}

describe("encode", () => {
  test("fields of ours and of OpenRouter never go out", () => {
    const ours = {
      models: ["a"],
      provider: { only: ["x"] },
      route: "fallback",
      transforms: [],
      plugins: [],
      preset: "p",
      max_cost_usd: "1",
      session_id: "s",
      usage: { include: true },
      industry: "legal",
    };
    const wire = sent({ model: "m", messages: [], ...ours });
    expect(wire.body).toEqual({ model: "up/model", messages: [] });
    expect(wire.dropped).toEqual([]);
  });

  test("fields we never heard of go out as they came, at every depth", () => {
    const unknown = fc.dictionary(
      fc.string().map((name) => `x_${name}`),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(unknown, (fields) => {
        const request = {
          model: "m",
          messages: [{ role: "user", content: "hi", name: "n", cache_control: {} }],
          ...fields,
        };
        expect(sent(request).body).toEqual(JSON.parse(JSON.stringify({ ...request, model: "up/model" })));
      }),
    );
  });

  test("a request without model goes to the target's", () => {
    expect(sent({ messages: [] }).body.model).toBe("up/model");
  });

  test.each([
    [true, { a: "b" }, []],
    [false, undefined, ["metadata"]],
  ])("metadata where the provider takes it: %p", (takesMetadata, metadata, dropped) => {
    const wire = sent({ messages: [], metadata: { a: "b" } }, { takesMetadata });
    expect(wire.body.metadata).toEqual(metadata);
    expect(wire.dropped).toEqual(dropped);
  });

  test("what a provider refuses is dropped and named, what it calls otherwise is renamed", () => {
    const quirks = { drop: ["logprobs", "seed"], rename: { max_completion_tokens: "max_tokens" } };
    const wire = sent({ messages: [], logprobs: true, max_completion_tokens: 5 }, { quirks });
    expect(wire.body).toEqual({ model: "up/model", messages: [], max_tokens: 5 });
    expect(wire.dropped).toEqual(["logprobs"]);
    const both = sent({ messages: [], max_tokens: 3, max_completion_tokens: 5 }, { quirks });
    expect(both.body.max_tokens).toBe(3);
    expect(both.body).not.toHaveProperty("max_completion_tokens");
  });

  const usageAsked = { include_usage: true };
  test.each([
    ["streaming", { stream: true }, {}, usageAsked, true],
    ["asked by the client", { stream: true, stream_options: usageAsked }, {}, usageAsked, false],
    [
      "refused by the client",
      { stream: true, stream_options: { include_usage: false } },
      {},
      usageAsked,
      true,
    ],
    [
      "beside other options",
      { stream: true, stream_options: { include_obfuscation: false } },
      {},
      { include_obfuscation: false, include_usage: true },
      true,
    ],
    ["not streaming", {}, {}, undefined, false],
    [
      "always told",
      { stream: true, stream_options: usageAsked },
      { streamUsage: "always" as const },
      undefined,
      false,
    ],
    ["never told", { stream: true }, { streamUsage: "never" as const }, undefined, false],
  ])("usage is asked for upstream: %s", (_, request, quirks, options, added) => {
    const wire = sent({ messages: [], ...request }, { quirks });
    expect(wire.body.stream_options).toEqual(options as never);
    expect(wire.added).toEqual(added ? ["stream_options.include_usage"] : []);
  });

  test("embeddings: the same, and nothing is added", () => {
    const request = deepFreeze({
      model: "m",
      input: ["a"],
      encoding_format: "base64",
      provider: {},
      metadata: {},
      x: 1,
    });
    const wire = encodeEmbeddings(request, target());
    if ("unsupported" in wire) throw new Error(wire.why);
    expect(JSON.parse(wire.body)).toEqual({
      model: "up/model",
      input: ["a"],
      encoding_format: "base64",
      x: 1,
    });
    expect(wire).toMatchObject({ operation: "embeddings", dropped: ["metadata"], added: [] });
  });

  test("embeddings: what the provider would ignore although the answer hangs on it is refused", () => {
    const quirks = { refuse: { dimensions: true } } as const;
    const request = { model: "m", input: "a" };
    expect(encodeEmbeddings({ ...request, dimensions: 256 }, target({ quirks }))).toMatchObject({
      unsupported: "dimensions",
    });
    expect(encodeEmbeddings(request, target({ quirks }))).not.toHaveProperty("unsupported");
  });
});

const CHOICE = { index: 0, message: { role: "assistant", content: "é漢" }, finish_reason: "stop" };
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const answer = (fields: Record<string, unknown> = {}) => ({
  id: "1",
  object: "chat.completion",
  created: 1790000000,
  model: "up",
  choices: [CHOICE],
  usage: USAGE,
  ...fields,
});

function decoded(body: unknown, costOf?: () => number | null) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const found = decodeChat(text, { model: "m", ...(costOf ? { costOf } : {}) });
  if ("kind" in found) throw new Error(found.cause);
  return found;
}

describe("decode", () => {
  test("bytes stay but for the top-level model, however they are written", () => {
    const inner = { moderation: { model: "inner" }, choices: [{ ...CHOICE, model: "deeper" }] };
    for (const text of [
      JSON.stringify(answer(inner)),
      JSON.stringify(answer(inner), null, 2),
      `\n\n \r\n${JSON.stringify(answer(inner))}\n`,
      JSON.stringify(answer(inner)).replace('"id":"1"', '"id":"\\u0031","big":12345678901234567890,"f":1.0'),
    ]) {
      expect(decoded(text).text).toBe(text.replace('"up"', '"m"'));
    }
  });

  test("the name that is asked for already stays untouched; a missing one is added", () => {
    const same = JSON.stringify(answer({ model: "m" }), null, 3);
    expect(decoded(same).text).toBe(same);
    const { model: _, ...without } = answer();
    expect(JSON.parse(decoded(without).text)).toEqual({ ...without, model: "m" });
  });

  test("usage, finish reason and content are learnt", () => {
    expect(decoded(answer())).toMatchObject({
      usage: { input: 3, cachedRead: 0, cacheWrite: 0, output: 2, reasoning: 0 },
      finishReason: "stop",
      contentBytes: 5,
    });
    expect(decoded(answer({ usage: undefined })).usage).toBeNull();
  });

  test("the cost is added only where it was asked for", () => {
    expect(JSON.parse(decoded(answer(), () => 123_400).text).usage).toEqual({ ...USAGE, cost: 0.0001234 });
    expect(JSON.parse(decoded(answer(), () => null).text).usage).toEqual({ ...USAGE, cost: null });
    expect(JSON.parse(decoded(answer({ usage: null }), () => 5).text)).toEqual({
      ...answer({ usage: null }),
      model: "m",
    });
    expect(decoded(answer()).text).not.toContain("cost");
  });

  const noAnswers: [string, unknown, string][] = [
    ["nothing", "", "malformed"],
    ["blank lines", "\n\n", "malformed"],
    ["a page", "<html></html>", "malformed"],
    ["half an answer", JSON.stringify(answer()).slice(0, -5), "malformed"],
    ["a list", [answer()], "malformed"],
    ["null", null, "malformed"],
    ["no choices", answer({ choices: [] }), "malformed"],
    ["choices that are none", answer({ choices: {} }), "malformed"],
    ["a choice that is none", answer({ choices: [null] }), "malformed"],
    ["an error", { error: { message: "x", code: 429 } }, "rate_limited"],
    ["an error as text", { error: "model x does not exist" }, "model_missing"],
    ["an error beside empty choices", { choices: [], error: { code: 502, message: "x" } }, "overloaded"],
    [
      "a choice that failed",
      answer({ choices: [{ ...CHOICE, finish_reason: "error", error: { code: 502 } }] }),
      "overloaded",
    ],
  ];
  test.each(noAnswers)("a 200 with %s is no answer", (_, body, kind) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const found = decodeChat(text, { model: "m" });
    expect("kind" in found && found.kind).toBe(kind as never);
    expect(JSON.stringify(found)).not.toContain("html");
  });

  test("null and empty errors beside an answer mean none", () => {
    for (const error of [null, "", false]) expect(decoded(answer({ error })).finishReason).toBe("stop");
  });
});
