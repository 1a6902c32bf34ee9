import { expect, test } from "bun:test";
import { EFFORTS } from "../../translate/options.ts";
import { thinkingStyleOf, thinkOf } from "./models.ts";

test.each([
  ["gpt-oss:20b", "levels"],
  ["gpt-oss:120b-cloud", "levels"],
  ["hf.co/unsloth/gpt-oss-20b-GGUF:F16", "levels"],
  ["qwen3:8b", "switch"],
  ["qwen3.5", "switch"],
  ["hf.co/someone/Qwen3-8B-GGUF:Q4_K_M", "switch"],
  ["qwen3-vl:8b-thinking", "switch"],
  ["deepseek-r1:1.5b", "switch"],
  ["deepseek-v3.1:671b-cloud", "switch"],
  ["deepseek-v3", null],
  ["gemma4:e4b", "switch"],
  ["gemma3:27b", null],
  ["glm-4.6:cloud", "switch"],
  ["kimi-k2-thinking", "switch"],
  ["kimi-k2:1t-cloud", null],
  ["magistral:24b", "switch"],
  ["mistral:7b", null],
  ["lfm2.5-thinking:1.2b", "switch"],
  ["qwen3-coder:30b", null],
  ["qwen3:30b-a3b-instruct-2507", null],
  ["qwen3-embedding:0.6b", null],
  ["qwen2.5:7b", null],
  ["llama3.1:latest", null],
  ["someone/my-model", null],
] as const)("%s thinks by %p", (model, style) => expect(thinkingStyleOf(model)).toBe(style));

test("only levels that exist are sent as such, and what is inexact says so", () => {
  const sent = EFFORTS.map((effort) => thinkOf("gpt-oss:20b", effort));
  expect(sent.map(({ think }) => think)).toEqual(["low", "low", "low", "medium", "high", "high", "high"]);
  expect(EFFORTS.filter((effort) => !thinkOf("gpt-oss:20b", effort).exact)).toEqual([
    "none",
    "minimal",
    "xhigh",
    "max",
  ]);
});

test("a model that is not known to think is never asked to, but may be told not to", () => {
  for (const effort of EFFORTS.slice(1)) expect(thinkOf("llama3.1", effort)).toEqual({ exact: false });
  expect(thinkOf("llama3.1", "none")).toEqual({ think: false, exact: true });
});

test("a model with a switch thinks at every effort but none", () => {
  expect(EFFORTS.map((effort) => thinkOf("qwen3:8b", effort).think)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
    true,
  ]);
});
