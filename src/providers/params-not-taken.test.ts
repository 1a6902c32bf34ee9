import { describe, expect, test } from "bun:test";
import type { DialectId, Quirks, Target } from "./contract.ts";
import { DIALECTS } from "./dialects/list.ts";
import { paramsNotTaken } from "./params-not-taken.ts";
import { PRESETS } from "./presets/list.ts";

const target = (upstreamModel: string, quirks: Quirks = {}): Target => ({
  upstreamModel,
  quirks,
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
});
const asked = (dialect: DialectId, model: string, quirks?: Quirks) =>
  paramsNotTaken(DIALECTS[dialect], target(model, quirks));

describe("what a dialect has no word for", () => {
  test("OpenAI's own has one for everything", () => {
    expect(asked("openai", "a-model")).toEqual({});
  });

  test.each<[DialectId, string, string[], string[]]>([
    [
      "anthropic",
      "claude-opus-4-5",
      ["seed", "n", "logit_bias", "logprobs", "frequency_penalty", "presence_penalty", "verbosity"],
      [
        "temperature",
        "top_k",
        "stop",
        "tools",
        "tool_choice",
        "response_format",
        "reasoning_effort",
        "max_tokens",
      ],
    ],
    [
      "bedrock",
      "amazon.nova-pro-v1:0",
      ["seed", "n", "logit_bias", "logprobs", "frequency_penalty", "reasoning_effort"],
      ["temperature", "top_p", "stop", "tools", "max_tokens"],
    ],
    [
      "gemini",
      "gemini-3-pro",
      ["logit_bias", "n", "verbosity"],
      ["seed", "logprobs", "temperature", "tools"],
    ],
    ["ollama", "llama3.1", ["logit_bias", "n"], ["seed", "top_k", "min_p", "temperature", "response_format"]],
  ])("%s %s", (dialect, model, missing, taken) => {
    const params = Object.keys(asked(dialect, model));
    expect(params).toEqual(expect.arrayContaining(missing));
    expect(params.filter((param) => taken.includes(param))).toEqual([]);
  });

  test("hangs on the model where the dialect knows it", () => {
    expect(asked("anthropic", "claude-3-5-sonnet").reasoning_effort).toEqual([
      "minimal",
      "low",
      "medium",
      "high",
      "xhigh",
    ]);
    expect(asked("anthropic", "claude-opus-4-5")).not.toHaveProperty("reasoning_effort");
  });

  test("is nothing that changes no answer", () => {
    const all = Object.keys(DIALECTS) as DialectId[];
    const named = new Set(all.flatMap((dialect) => Object.keys(asked(dialect, "a-model"))));
    for (const field of ["user", "metadata", "store", "prompt_cache_key", "stream", "model", "messages"])
      expect(named.has(field)).toBe(false);
  });
});

test("quirks count: what is dropped, what is refused, and values that the provider does not have", () => {
  const quirks: Quirks = {
    drop: ["seed", "user"],
    refuse: {
      n: true,
      tool_choice: ["required", "function"],
      response_format: ["json_schema"],
      dimensions: true,
    },
    values: { reasoning_effort: { minimal: null, low: "little" } },
    rename: { max_completion_tokens: "max_tokens" },
  };
  expect(asked("openai", "a-model", quirks)).toEqual({
    seed: true,
    n: true,
    tool_choice: ["required", "function"],
    response_format: ["json_schema"],
    reasoning_effort: ["minimal"],
    dimensions: true,
  });
  expect(asked("openai", "a-model", { refuse: { tools: true } })).toEqual({ tools: true });
});

test.each(PRESETS.map((preset) => [preset.id, preset] as const))("%s is asked in a moment", (_, preset) => {
  const { dialect, quirks } = preset;
  asked(dialect, "a-model", quirks);
  const startedMs = performance.now();
  for (let i = 0; i < 20; i++) asked(dialect, "a-model", quirks);
  expect((performance.now() - startedMs) / 20).toBeLessThan(20);
});
