import { describe, expect, test } from "bun:test";
import { readOptions } from "../../translate/options.ts";
import { modelOf } from "./models.ts";
import { writeThinking } from "./thinking.ts";

function thought(model: string, body: Record<string, unknown>) {
  return writeThinking(readOptions(body), modelOf(model), body.include_reasoning === true);
}

describe("how much to think", () => {
  const shown = { includeThoughts: true };
  test.each([
    ["gemini-2.5-flash", "low", { thinkingBudget: 1024, ...shown }, false],
    ["models/gemini-2.5-flash-preview-09-2025", "max", { thinkingBudget: 24_576, ...shown }, false],
    ["gemini-2.5-flash", "none", { thinkingBudget: 0 }, false],
    ["gemini-2.5-flash-lite", "none", { thinkingBudget: 0 }, false],
    ["gemini-2.5-pro", "xhigh", { thinkingBudget: 32_768, ...shown }, false],
    ["gemini-2.5-pro", "none", { thinkingBudget: 128 }, true],
    ["gemini-3-pro-preview", "low", { thinkingLevel: "LOW", ...shown }, false],
    ["gemini-3-pro-preview", "medium", { thinkingLevel: "HIGH", ...shown }, true],
    ["gemini-3.1-pro-preview", "medium", { thinkingLevel: "MEDIUM", ...shown }, false],
    ["gemini-3.1-pro-preview", "minimal", { thinkingLevel: "LOW", ...shown }, true],
    ["gemini-3.1-pro-preview", "none", { thinkingLevel: "LOW" }, true],
    ["gemini-3-flash-preview", "minimal", { thinkingLevel: "MINIMAL", ...shown }, false],
    ["gemini-3-flash-preview", "none", { thinkingLevel: "MINIMAL" }, true],
    ["gemini-3-flash-preview", "max", { thinkingLevel: "HIGH", ...shown }, true],
    ["gemini-3.6-flash", "minimal", { thinkingLevel: "MINIMAL", ...shown }, false],
    ["gemini-3.7-flash", "minimal", { thinkingLevel: "LOW", ...shown }, true],
    ["gemini-3.10-flash", "minimal", { thinkingLevel: "LOW", ...shown }, true],
    ["gemini-3.8-flash-lite", "minimal", { thinkingLevel: "MINIMAL", ...shown }, false],
    ["gemini-flash-latest", "minimal", { thinkingLevel: "LOW", ...shown }, true],
    ["gemini-flash-lite-latest", "minimal", { thinkingLevel: "MINIMAL", ...shown }, false],
    ["gemini-9-ultra", "high", { thinkingLevel: "HIGH", ...shown }, false],
    ["gemma-4-31b-it", "none", { thinkingLevel: "MINIMAL" }, false],
    ["gemma-4-31b-it", "low", { thinkingLevel: "HIGH", ...shown }, true],
    ["gemini-2.0-flash", "high", null, true],
    ["gemini-2.0-flash", "none", null, false],
    ["gemini-3-pro-image-preview", "high", null, true],
    ["gemma-3-27b-it", "high", null, true],
    ["tunedModels/mine", "high", null, true],
  ] as const)("%s, %s", (model, effort, config, changed) => {
    expect(thought(model, { reasoning_effort: effort })).toEqual({ config, changed });
  });

  test.each([
    ["gemini-2.5-pro", 64, { thinkingBudget: 128, ...shown }, true],
    ["gemini-2.5-pro", 2000, { thinkingBudget: 2000, ...shown }, false],
    ["gemini-2.5-pro", 50_000, { thinkingBudget: 32_768, ...shown }, true],
    ["gemini-2.5-flash", 0, { thinkingBudget: 0 }, false],
    ["gemini-3.1-pro-preview", 4000, { thinkingBudget: 4000, ...shown }, false],
    ["gemma-4-31b-it", 4000, { thinkingLevel: "HIGH", ...shown }, true],
    ["gemini-2.0-flash", 4000, null, true],
  ] as const)("%s, %i tokens", (model, tokens, config, changed) => {
    expect(thought(model, { reasoning: { max_tokens: tokens } })).toEqual({ config, changed });
  });

  test("is the model's own matter where nothing is asked", () => {
    expect(thought("gemini-3.1-pro-preview", {})).toEqual({ config: null, changed: false });
    expect(thought("gemini-2.5-pro", { reasoning_effort: null })).toEqual({ config: null, changed: false });
  });

  test("is shown only to who wants to see it", () => {
    const hidden = thought("gemini-2.5-pro", { reasoning: { effort: "low", exclude: true } });
    expect(hidden.config).toEqual({ thinkingBudget: 1024 });
    expect(thought("gemini-2.5-pro", { include_reasoning: true }).config).toEqual(shown);
    const off = thought("gemini-2.5-flash", { include_reasoning: true, reasoning_effort: "none" });
    expect(off.config).toEqual({ thinkingBudget: 0 });
  });
});
