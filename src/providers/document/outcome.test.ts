import { expect, test } from "bun:test";
import { deepFreeze } from "../../testing/deep-freeze.ts";
import type { DialectId, Quirks } from "../contract.ts";
import { DIALECTS } from "../dialects/list.ts";
import { cell } from "./cells.ts";
import { outcomeOf } from "./outcome.ts";
import type { Sample } from "./sample.ts";
import { CHAT_SAMPLES, EMBEDDING_SAMPLES, HELLO } from "./samples.ts";
import { EMBEDDING_MODELS, SHOWN_MODELS, targetFor } from "./targets.ts";

function sampleOf(label: string, value?: string): Sample {
  const sample = CHAT_SAMPLES.find((it) => it.label === label && it.value === value);
  if (!sample) throw new Error(`no sample ${label}`);
  return sample;
}

function said(
  dialect: DialectId,
  sample: Sample,
  quirks: Quirks = {},
  model = SHOWN_MODELS[dialect],
): string {
  const target = { ...targetFor(model, null), quirks };
  return cell(outcomeOf(DIALECTS[dialect], "encodeChat", target, deepFreeze(sample)));
}

test.each([
  ["openai", "`top_k`", "forwarded"],
  ["openai", "an unknown field", "forwarded"],
  ["openai", "`metadata`", "dropped"],
  ["openai", "tool calls and results", "forwarded"],
  ["anthropic", "`stop`", "`stop_sequences`"],
  ["anthropic", "`max_tokens`", "forwarded"],
  ["anthropic", "an unknown field", "dropped"],
  ["gemini", "`temperature`", "`generationConfig.temperature`"],
  ["gemini", "`stream`", "by another path"],
  ["gemini", "an image by URL", "fetched by the gateway"],
  ["gemini", "an image as data", "translated"],
  ["ollama", "`store`", "left out"],
  ["bedrock", "a `custom` tool", "refused"],
  ["bedrock", "a `system` message", "`system`"],
] as const)("%s: %s is %s", (dialect, label, words) => {
  expect(said(dialect, sampleOf(label))).toBe(words);
});

test("what stands in for something is told", () => {
  const nova = "us.amazon.nova-pro-v1:0";
  expect(said("bedrock", sampleOf("`response_format`", "json_object"), {}, nova)).toBe(
    "`toolConfig`, by a forced tool",
  );
  expect(said("ollama", sampleOf("`tool_choice`", "one tool"))).toContain("by a format");
  expect(said("ollama", sampleOf("`reasoning.exclude`"))).toBe("by the gateway");
});

test.each([
  ["`seed`", { rename: { seed: "random_seed" } }, "`random_seed`"],
  ["`seed`", { drop: ["seed"] }, "dropped"],
  ["`top_k`", { refuse: { top_k: true } }, "refused"],
  ["an image by URL", { inlineImages: true }, "fetched by the gateway"],
  ["`stream_options.include_usage`", { streamUsage: "always" }, "left out"],
  // What a quirk puts into every conversation with tools is not told again of each part of one.
  ["tool calls and results", { needsReasoning: true }, "translated"],
  ["an image in a tool's result", { needsReasoning: true }, "forwarded"],
] as [string, Quirks, string][])("a quirk changes what becomes of %s: %j", (label, quirks, words) => {
  expect(said("openai", sampleOf(label), quirks)).toBe(words);
});

test("what goes only in part says what does not", () => {
  const words = said("ollama", sampleOf("`reasoning_effort`", "none"), {}, "gpt-oss:20b");
  expect(words).toBe("`think`, dropped: `reasoning_effort`");
});

test("what cannot even be asked without it says nothing", () => {
  const sample = { label: "x", base: { ...HELLO, n: 2 }, added: { top_k: 1 } };
  expect(outcomeOf(DIALECTS.ollama, "encodeChat", targetFor("m", null), sample)).toBeNull();
});

test("every dialect can write what each sample starts from", () => {
  for (const dialect of Object.values(DIALECTS)) {
    const target = targetFor(SHOWN_MODELS[dialect.id], null);
    const silent = CHAT_SAMPLES.filter((sample) => outcomeOf(dialect, "encodeChat", target, sample) === null);
    expect(silent.map(({ label }) => `${dialect.id} ${label}`)).toEqual([]);
    const model = EMBEDDING_MODELS[dialect.id];
    if (model === null) continue;
    for (const sample of EMBEDDING_SAMPLES)
      expect(outcomeOf(dialect, "encodeEmbeddings", targetFor(model, null), sample)).not.toBeNull();
  }
});
