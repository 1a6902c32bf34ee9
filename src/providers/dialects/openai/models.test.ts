import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ListedModel } from "../../contract.ts";
import { decodeModels } from "./models.ts";

const SILENT = {
  contextLength: null,
  maxOutputTokens: null,
  capabilities: null,
  kind: null,
  price: null,
  deprecation: null,
} as const;

function readOne(item: object): ListedModel | undefined {
  return decodeModels(JSON.stringify({ data: [{ id: "m", ...item }] }))?.[0];
}

test.each<[string, string[] | null]>([
  ['{"object":"list","data":[{"id":"a"},{"id":"b/c:d","owned_by":"x"}]}', ["a", "b/c:d"]],
  ['[{"id":"a"}]', ["a"]],
  ['{"data":[]}', []],
  ['{"data":[{"id":"models/gemini"}]}', ["models/gemini"]],
  ['{"models":[{"name":"command-a","endpoints":["chat"]}]}', ["command-a"]],
  ['{"models":[{"name":"a","endpoints":["chat"]}],"data":[{"id":"b"}]}', ["b"]],
  ['{"data":[{"name":"a"}]}', null],
  ['{"data":[{"id":""}]}', null],
  ['{"data":["a"]}', null],
  ['{"models":[{"id":"a"}]}', null],
  ['{"models":[{"name":"llama3.1:latest"}]}', null],
  ["<html>", null],
  ["", null],
])("the models of %s", (text, ids) => {
  expect(decodeModels(text)?.map(({ id }) => id) ?? null).toEqual(ids);
});

test("a list that tells ids only tells nothing else", () => {
  expect(readOne({ object: "model", created: 1_686_588_896, owned_by: "openai" })).toEqual({
    id: "m",
    ...SILENT,
  });
});

test("OpenRouter's entry is read as a whole", () => {
  expect(
    readOne({
      id: "anthropic/claude-sonnet-4.5",
      context_length: 1_000_000,
      top_provider: { context_length: 200_000, max_completion_tokens: 64_000, is_moderated: false },
      architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"] },
      pricing: {
        prompt: "0.000003",
        completion: "0.000015",
        request: "0",
        image: "0",
        web_search: "0",
        internal_reasoning: "0",
        input_cache_read: "0.0000003",
        input_cache_write: "0.00000375",
      },
      supported_parameters: ["max_tokens", "reasoning", "include_reasoning", "tools", "tool_choice"],
      expiration_date: "2026-11-30",
    }),
  ).toEqual({
    id: "anthropic/claude-sonnet-4.5",
    contextLength: 1_000_000,
    maxOutputTokens: 64_000,
    capabilities: ["tools", "vision", "pdf", "reasoning"],
    kind: "chat",
    price: {
      input: 3_000_000_000,
      output: 15_000_000_000,
      cachedInput: 300_000_000,
      cacheWrite: 3_750_000_000,
      reasoning: null,
    },
    deprecation: { shutdownDate: "2026-11-30" },
  });
});

describe("limits are found where each server has them:", () => {
  test.each<[string, object, number | null, number | null]>([
    ["vLLM", { max_model_len: 32_768, root: "m", parent: null }, 32_768, null],
    ["llama.cpp", { meta: { n_ctx_train: 131_072, n_ctx: 4_096, n_params: 1 } }, 131_072, null],
    ["llama.cpp, of the slot only", { meta: { n_ctx: 4_096 } }, null, null],
    ["Groq", { context_window: 131_072, max_completion_tokens: 16_384 }, 131_072, 16_384],
    ["Mistral", { max_context_length: 262_144 }, 262_144, null],
    ["Moonshot", { context_length: 262_144 }, 262_144, null],
    ["Nebius", { context_length: 131_072, max_output_length: 8_192 }, 131_072, 8_192],
    ["Cerebras", { limits: { max_context_length: 131_072, max_completion_tokens: 40_960 } }, 131_072, 40_960],
    ["the smallest host", { providers: [{ context_length: 9 }, { context_length: 7 }, {}] }, 7, null],
    ["text", { context_length: "131072", max_completion_tokens: "8192" }, null, null],
    ["zero", { context_length: 0, max_completion_tokens: 0 }, null, null],
    [
      "nonsense",
      { context_length: -1, max_completion_tokens: 1.5, top_provider: [], limits: "x" },
      null,
      null,
    ],
    ["far too many", { context_length: 1e15, max_completion_tokens: 1e300 }, null, null],
    ["the first that makes sense", { context_length: 0, max_model_len: 5 }, 5, null],
  ])("%s", (_, item, contextLength, maxOutputTokens) => {
    expect(readOne(item)).toMatchObject({ contextLength, maxOutputTokens });
  });
});

describe("what it is for:", () => {
  test.each<[string, object, ListedModel["kind"] | "left out"]>([
    ["Together's chat", { type: "chat" }, "chat"],
    ["Together's embedding", { type: "embedding" }, "embedding"],
    ["Together's pictures", { type: "image" }, "left out"],
    ["Together's rerank", { type: "rerank" }, "left out"],
    ["a type nobody knows", { type: "language" }, null],
    ["LM Studio's vlm", { type: "vlm" }, "chat"],
    ["LM Studio's embeddings", { type: "embeddings" }, "embedding"],
    ["Mistral's chat", { type: "base", capabilities: { completion_chat: true } }, "chat"],
    ["Mistral's others", { type: "base", capabilities: { completion_chat: false } }, null],
    ["Fireworks' chat", { kind: "HF_BASE_MODEL", supports_chat: true }, "chat"],
    ["Fireworks' embedding", { kind: "EMBEDDING_MODEL", supports_chat: false }, "embedding"],
    ["Fireworks' pictures", { kind: "FLUMINA_BASE_MODEL", supports_chat: false }, "left out"],
    ["text among the output", { architecture: { output_modalities: ["image", "text"] } }, "chat"],
    [
      "llama.cpp, which may embed too",
      { owned_by: "llamacpp", architecture: { output_modalities: ["text"] } },
      null,
    ],
    [
      "llama.cpp with a model for something else",
      { owned_by: "llamacpp", architecture: { output_modalities: ["decision"] } },
      "left out",
    ],
    ["embeddings as output", { architecture: { output_modalities: ["embeddings"] } }, "embedding"],
    ["no text in the output", { output_modalities: ["image"] }, "left out"],
    ["Cohere's chat", { endpoints: ["generate", "chat"] }, "chat"],
    ["Cohere's embed", { endpoints: ["embed", "classify"] }, "embedding"],
    ["Cohere's rerank", { endpoints: ["rerank"] }, "left out"],
    ["somebody's own endpoints", { endpoints: ["/v1/chat/completions"] }, null],
    ["nonsense", { type: ["chat"], architecture: [], endpoints: 7, supports_chat: "no" }, null],
  ])("%s", (_, item, kind) => {
    const listed = readOne(item);
    expect(listed === undefined ? "left out" : listed.kind).toBe(kind);
  });
});

test.each<[string, object, boolean]>([
  ["active", { active: true }, true],
  ["inactive (Groq)", { active: false }, false],
  ["archived (Mistral)", { archived: true }, false],
  ["with a live host", { providers: [{ status: "error" }, { status: "live" }] }, true],
  ["with no live host", { providers: [{ status: "error" }, { status: "staging" }] }, false],
  ["deprecated", { deprecated: true }, true],
  ["of a past shutdown date", { shutdown_date: "2020-01-01" }, true],
])("a model that is %s is listed or not", (_, item, isListed) => {
  expect(readOne(item) !== undefined).toBe(isListed);
});

test.each<[object, ListedModel["deprecation"]]>([
  [{ shutdown_date: "2026-10-23" }, { shutdownDate: "2026-10-23" }],
  [{ shutdown_date: null }, null],
  [
    { deprecation: "2026-08-31T12:00:00Z", deprecation_replacement_model: "x" },
    { shutdownDate: "2026-08-31" },
  ],
  [{ deprecation: null }, null],
  [{ expiration_date: null, deprecation_date: "2027-01-14" }, { shutdownDate: "2027-01-14" }],
  [{ is_deprecated: true }, { shutdownDate: null }],
  [{ deprecated: true, shutdown_date: "2027-01-14" }, { shutdownDate: "2027-01-14" }],
  [{ deprecated: false }, null],
  [{ shutdown_date: "2026-02-31" }, null],
  [{ shutdown_date: "soon" }, null],
  [{ shutdown_date: 1_790_000_000, deprecated: "yes" }, null],
])("%j is the end %j", (item, deprecation) => {
  expect(readOne(item)?.deprecation).toEqual(deprecation);
});

test("whatever a server writes is read or refused, and a figure is never 0 for unknown", () => {
  const field = fc.constantFrom("context_length", "pricing", "architecture", "providers", "meta", "type");
  fc.assert(
    fc.property(fc.dictionary(field, fc.jsonValue()), (item) => {
      const listed = readOne(item);
      if (!listed) return;
      expect(listed.contextLength).not.toBe(0);
      expect(listed.maxOutputTokens).not.toBe(0);
      for (const figure of [listed.price?.input ?? 0, listed.price?.output ?? 0])
        expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true);
    }),
  );
});
