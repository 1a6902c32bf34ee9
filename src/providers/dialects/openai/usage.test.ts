import { expect, test } from "bun:test";
import fc from "fast-check";
import { completionTokens, promptTokens } from "../../../core/usage.ts";
import { readUsage } from "./usage.ts";

const buckets = (
  input: number,
  cachedRead: number,
  cacheWrite: number,
  output: number,
  reasoning: number,
) => ({
  input,
  cachedRead,
  cacheWrite,
  output,
  reasoning,
});

test.each([
  ["plain", { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, buckets(10, 0, 0, 5, 0)],
  ["without total", { prompt_tokens: 10, completion_tokens: 5 }, buckets(10, 0, 0, 5, 0)],
  [
    "OpenAI's details",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 30 },
    },
    buckets(30, 60, 10, 20, 30),
  ],
  [
    "DeepSeek's cache hits",
    {
      prompt_tokens: 495,
      completion_tokens: 144,
      prompt_cache_hit_tokens: 320,
      prompt_cache_miss_tokens: 175,
    },
    buckets(175, 320, 0, 144, 0),
  ],
  [
    "Mistral's",
    { prompt_tokens: 268, completion_tokens: 5, num_cached_tokens: 224 },
    buckets(44, 224, 0, 5, 0),
  ],
  [
    "what Alibaba calls the tokens written into its cache",
    {
      prompt_tokens: 1615,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 1605, cache_type: "ephemeral" },
    },
    buckets(10, 0, 1605, 5, 0),
  ],
  [
    "what LiteLLM calls them",
    {
      prompt_tokens: 1615,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 600, cache_creation_tokens: 1000 },
    },
    buckets(15, 600, 1000, 5, 0),
  ],
  ["Moonshot's", { prompt_tokens: 20, completion_tokens: 5, cached_tokens: 8 }, buckets(12, 8, 0, 5, 0)],
  [
    "xAI's: the completion leaves the reasoning out",
    {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 240,
      completion_tokens_details: { reasoning_tokens: 199 },
    },
    buckets(32, 0, 0, 9, 199),
  ],
  [
    "more reasoning than completion",
    {
      prompt_tokens: 43,
      completion_tokens: 10,
      total_tokens: 53,
      completion_tokens_details: { reasoning_tokens: 11 },
    },
    buckets(43, 0, 0, 0, 10),
  ],
  [
    "Groq's timings",
    { queue_time: 0.1, prompt_tokens: 8, completion_tokens: 1, total_time: 1 },
    buckets(8, 0, 0, 1, 0),
  ],
  ["embeddings", { prompt_tokens: 8, total_tokens: 8 }, buckets(8, 0, 0, 0, 0)],
  [
    "null details",
    { prompt_tokens: 8, completion_tokens: 1, prompt_tokens_details: null },
    buckets(8, 0, 0, 1, 0),
  ],
  [
    "odd details",
    {
      prompt_tokens: 8,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: -3 },
      completion_tokens_details: "x",
    },
    buckets(8, 0, 0, 1, 0),
  ],
  [
    "more cached than sent",
    { prompt_tokens: 8, completion_tokens: 1, cached_tokens: 99 },
    buckets(0, 8, 0, 1, 0),
  ],
])("%s", (_, raw, expected) => expect(readUsage(raw)).toEqual(expected));

test.each(
  [
    null,
    undefined,
    "12",
    [],
    {},
    { prompt_tokens: 10 },
    { prompt_tokens: 10, total_tokens: 15 },
    { completion_tokens: 10 },
    { prompt_tokens: null, completion_tokens: null },
    { prompt_tokens: "10", completion_tokens: 5 },
    { prompt_tokens: -1, completion_tokens: 5 },
    { prompt_tokens: 1.5, completion_tokens: 5 },
    { prompt_tokens: 2 ** 63, completion_tokens: 5 },
    { prompt_tokens: Number.NaN, completion_tokens: 5 },
  ].map((raw) => [raw] as const),
)("%j tells nothing: null, never zeros", (raw) => expect(readUsage(raw)).toBeNull());

test("the buckets always sum to the told totals and are never negative", () => {
  const tokens = fc.oneof(fc.nat({ max: 1000 }), fc.constantFrom(undefined, null, -1, 1.5, "3"));
  const raws = fc.record({
    prompt_tokens: fc.nat({ max: 1000 }),
    completion_tokens: fc.nat({ max: 1000 }),
    prompt_tokens_details: fc.record({ cached_tokens: tokens, cache_write_tokens: tokens }),
    completion_tokens_details: fc.record({ reasoning_tokens: tokens }),
    cached_tokens: tokens,
  });
  fc.assert(
    fc.property(raws, (raw) => {
      const usage = readUsage(raw);
      if (!usage) throw new Error("both totals were told");
      expect(promptTokens(usage)).toBe(raw.prompt_tokens);
      expect(completionTokens(usage)).toBe(raw.completion_tokens);
      expect(Object.values(usage).every((bucket) => Number.isInteger(bucket) && bucket >= 0)).toBe(true);
    }),
  );
});
