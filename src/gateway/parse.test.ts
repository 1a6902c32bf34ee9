import { describe, expect, test } from "bun:test";
import type { Caller } from "../core/caller.ts";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { type ParsedRequest, parseChat, parseEmbeddings } from "./parse.ts";

const caller: Caller = {
  keyId: "key_test",
  orgId: "org_test",
  scopes: ["inference"],
  allowedModels: ["openai/gpt"],
  allowedProviders: null,
  rateLimits: null,
};
const catalog = catalogOf([deployment("one/gpt")], {}, ["openai"]);
const user = { role: "user", content: "hi" };

const chat = (body: unknown) => parseChat(JSON.stringify(body), caller, catalog);
const embeddings = (body: unknown) => parseEmbeddings(JSON.stringify(body), caller, catalog);

/** The field named in the refusal; "sound" where there is none. */
const refusedField = (parsed: ParsedRequest | { param: string | null }) =>
  "param" in parsed ? parsed.param : "sound";
const sound = (parsed: ReturnType<typeof chat>): ParsedRequest => {
  if ("code" in parsed) throw new Error(parsed.message);
  return parsed;
};
const message = (rest: Record<string, unknown>) => ({ messages: [user, { ...user, ...rest }] });
const part = (value: unknown) => message({ content: [{ type: "text", text: "hi" }, value] });

describe("a chat body that is refused names its field", () => {
  test.each<[string, Record<string, unknown>]>([
    ["model", { model: 7 }],
    ["model", { model: ["gpt"] }],
    ["models", { models: "gpt" }],
    ["models", { models: ["gpt", 7] }],
    ["messages", { messages: undefined }],
    ["messages", { messages: null }],
    ["messages", { messages: "hi" }],
    ["messages", { messages: {} }],
    ["messages", { messages: [] }],
    ["messages[0]", { messages: ["hi"] }],
    ["messages[0]", { messages: [null] }],
    ["messages[1].role", message({ role: undefined })],
    ["messages[1].role", message({ role: 7 })],
    ["messages[1].role", message({ role: "root" })],
    ["messages[1].role", message({ role: "__proto__" })],
    ["messages[1].content", message({ content: undefined })],
    ["messages[1].content", message({ content: null })],
    ["messages[1].content", message({ content: 7 })],
    ["messages[1].content", message({ content: { text: "hi" } })],
    ["messages[1].tool_calls", message({ tool_calls: {} })],
    ["messages[1].content[1]", part("hi")],
    ["messages[1].content[1]", part(null)],
    ["messages[1].content[1].type", part({})],
    ["messages[1].content[1].type", part({ type: 7 })],
    ["messages[1].content[1].text", part({ type: "text" })],
    ["messages[1].content[1].text", part({ type: "text", text: 7 })],
    ["stream", { stream: "true" }],
    ["stream", { stream: 1 }],
    ["stream_options", { stream_options: true }],
    ["max_tokens", { max_tokens: 0 }],
    ["max_tokens", { max_tokens: -1 }],
    ["max_tokens", { max_tokens: 1.5 }],
    ["max_tokens", { max_tokens: "9" }],
    ["max_tokens", { max_tokens: 2 ** 53 }],
    ["max_tokens", { max_tokens: 1e308 }],
    ["max_completion_tokens", { max_completion_tokens: -1 }],
    ["n", { n: 0 }],
    ["n", { n: "2" }],
    ["temperature", { temperature: "hot" }],
    ["top_p", { top_p: [] }],
    ["tools", { tools: {} }],
    ["response_format", { response_format: "json" }],
    ["usage", { usage: true }],
    ["metadata", { metadata: "x" }],
    ["metadata", { metadata: [] }],
    ["user", { user: 7 }],
    ["provider", { provider: "one" }],
    ["provider", { provider: ["one"] }],
    ["provider.order", { provider: { order: "one" } }],
    ["provider.only", { provider: { only: [7] } }],
    ["provider.ignore", { provider: { ignore: {} } }],
    ["provider.allow_fallbacks", { provider: { allow_fallbacks: "no" } }],
    ["provider.sort", { provider: { sort: "beauty" } }],
    ["provider.data_collection", { provider: { data_collection: true } }],
    ["provider.max_price", { provider: { max_price: 3 } }],
    ["provider.max_price.prompt", { provider: { max_price: { prompt: "cheap" } } }],
    ["provider.max_price.prompt", { provider: { max_price: { prompt: -1 } } }],
    ["provider.max_price.completion", { provider: { max_price: { completion: [] } } }],
  ])("%s", (field, body) => {
    const refused = chat({ model: "gpt", messages: [user], ...body });
    expect(refusedField(refused)).toBe(field);
    expect(refused).toMatchObject({ status: 400, code: "invalid_request", retry: false });
    expect((refused as { message: string }).message).toContain(`\`${field}\``);
  });

  test("a number that JSON cannot carry on is refused, not silently changed", () => {
    const refused = parseChat(
      `{"model":"gpt","messages":[{"role":"user","content":"hi"}],"temperature":1e999}`,
      caller,
      catalog,
    );
    expect(refusedField(refused)).toBe("temperature");
  });
});

describe("a chat body that is sound", () => {
  test.each<[string, Record<string, unknown>]>([
    [
      "nulls count as absent",
      { stream: null, tools: null, provider: null, max_tokens: null, metadata: null },
    ],
    ["unknown fields", { future: { a: [1] }, reasoning_effort: "high" }],
    ["unknown parts", part({ type: "video_url", video_url: {} })],
    ["an assistant that only calls tools", message({ role: "assistant", content: null, tool_calls: [] })],
    [
      "every role",
      {
        messages: ["developer", "system", "user", "assistant", "tool", "function"].map((role) => ({
          role,
          content: "x",
        })),
      },
    ],
    ["no model", { model: undefined }],
    [
      "null preferences",
      { provider: { order: null, only: null, ignore: null, sort: null, max_price: null } },
    ],
  ])("%s", (_, body) => {
    expect(refusedField(chat({ model: "gpt", messages: [user], ...body }))).toBe("sound");
  });

  test("what it needs of a model and about how long it is", () => {
    const { route } = sound(
      chat({
        messages: [
          { role: "user", content: "x".repeat(400) },
          {
            role: "user",
            content: [
              { type: "text", text: "é".repeat(200) },
              { type: "image_url", image_url: {} },
            ],
          },
          { role: "user", content: [{ type: "input_audio" }, { type: "file" }] },
        ],
        tools: [{}],
        response_format: { type: "json_schema" },
        max_tokens: 5,
        max_completion_tokens: 7,
      }),
    );
    expect(new Set(route.needs)).toEqual(new Set(["vision", "audio", "pdf", "tools", "json_schema"]));
    expect(route.promptTokens).toBe(100 + 101 + 800 + 3 * 4);
    expect(route).toMatchObject({ outputTokens: 7, model: null, models: [], allowedModels: ["gpt"] });
  });

  test("what a key is bound to is read as models are: ids, slugs, aliases", () => {
    const aliases = { fast: ["gpt"] };
    const bound = { ...caller, allowedModels: ["fast", "other"] };
    const parsed = parseChat(
      JSON.stringify({ model: "fast", messages: [user] }),
      bound,
      catalogOf([deployment("one/gpt")], aliases, ["openai"]),
    );
    expect(sound(parsed).route.allowedModels).toEqual(["gpt", "other"]);
  });

  test("provider ids are compared without case, as OpenRouter's clients write them", () => {
    const { route } = sound(
      chat({ messages: [user], provider: { order: ["OpenAI"], only: ["One"], ignore: ["TWO"] } }),
    );
    expect(route.preferences).toMatchObject({ order: ["openai"], only: ["one"], ignore: ["two"] });
  });

  test("the model as the row keeps it is bounded; models[] stand in for it", () => {
    expect(sound(chat({ model: "x".repeat(500), messages: [user] })).requestedModel).toHaveLength(200);
    expect(sound(chat({ models: ["b", "c"], messages: [user] })).requestedModel).toBe("b");
    expect(sound(chat({ messages: [user] })).requestedModel).toBeNull();
  });

  test("usage is shown in streams to who asked in either way", () => {
    const shows = (rest: Record<string, unknown>) =>
      sound(chat({ messages: [user], stream: true, ...rest })).showUsage;
    expect(shows({})).toBe(false);
    expect(shows({ stream_options: { include_usage: true } })).toBe(true);
    expect(shows({ usage: { include: true } })).toBe(true);
  });

  test("prices of provider.max_price are exact", () => {
    const { route } = sound(
      chat({ messages: [user], provider: { max_price: { prompt: "0.1", completion: 3 } } }),
    );
    expect(route.preferences).toMatchObject({ maxPrompt: 100_000_000, maxCompletion: 3_000_000_000 });
  });
});

describe("an embeddings body", () => {
  test.each<[string, Record<string, unknown>]>([
    ["input", {}],
    ["input", { input: null }],
    ["input", { input: "" }],
    ["input", { input: [] }],
    ["input", { input: [""] }],
    ["input", { input: ["a", 1] }],
    ["input", { input: [1.5] }],
    ["input", { input: [-1] }],
    ["input", { input: [[]] }],
    ["input", { input: [[1], "a"] }],
    ["input", { input: { text: "a" } }],
    ["encoding_format", { input: "a", encoding_format: "hex" }],
    ["encoding_format", { input: "a", encoding_format: 1 }],
    ["model", { input: "a", model: 7 }],
    ["provider.only", { input: "a", provider: { only: "one" } }],
  ])("is refused by %s: %j", (field, body) => {
    expect(refusedField(embeddings({ model: "gpt", ...body }))).toBe(field);
  });

  test.each<[unknown, number]>([
    ["x".repeat(40), 10],
    [["x".repeat(40), "x".repeat(80)], 20],
    [[1, 2, 3], 3],
    [[[1, 2, 3], [4]], 3],
    [Array(300_000).fill("word"), 1],
  ])("is as long as its longest input", (input, tokens) => {
    const parsed = sound(embeddings({ model: "gpt", input }));
    expect(parsed.route).toMatchObject({ kind: "embedding", promptTokens: tokens, outputTokens: null });
    expect(parsed).toMatchObject({ stream: false, encoding: "float" });
  });

  test("never streams", () => {
    expect(sound(embeddings({ input: "a", stream: true, encoding_format: "base64" }))).toMatchObject({
      stream: false,
      encoding: "base64",
    });
  });
});
