import { describe, expect, test } from "bun:test";
import { readOptions } from "../../translate/options.ts";
import { traitsOf } from "./models.ts";
import { encodeThinking, type ThinkingCase } from "./thinking.ts";

const FREE: ThinkingCase = {
  maxTokens: 64_000,
  isForced: false,
  endsWithAssistant: false,
  loopLacksThinking: false,
};
const think = (model: string, asked: Record<string, unknown>, it: Partial<ThinkingCase> = {}) =>
  encodeThinking(readOptions(asked), traitsOf(model), "reasoning_effort", { ...FREE, ...it });
const effort = (level: string) => ({ reasoning_effort: level });

describe("an effort becomes the model's own, or a budget", () => {
  test.each([
    ["minimal", 1024, "low", "low"],
    ["low", 2048, "low", "low"],
    ["medium", 8192, "medium", "medium"],
    ["high", 16_384, "high", "high"],
    ["xhigh", 32_768, "max", "xhigh"],
    ["max", 51_200, "max", "max"],
  ])("%s", (level, budget, first, newer) => {
    expect(think("claude-haiku-4-5", effort(level))).toEqual({
      thinking: { type: "enabled", budget_tokens: budget },
      isOn: true,
      mustHide: false,
      dropped: [],
    });
    const adaptive = { thinking: { type: "adaptive", display: "summarized" }, isOn: true, dropped: [] };
    expect(think("claude-opus-4-6", effort(level))).toMatchObject({ ...adaptive, effort: first });
    expect(think("claude-opus-4-8", effort(level))).toMatchObject({ ...adaptive, effort: newer });
  });

  test.each([
    [2000, 1600],
    [1281, 1024],
    [1025, 1024],
  ])("a limit of %d tokens leaves a budget of %d, and room for an answer", (maxTokens, budget_tokens) => {
    expect(think("claude-sonnet-4-5", effort("high"), { maxTokens }).thinking).toEqual({
      type: "enabled",
      budget_tokens,
    });
  });

  test.each([
    [{ max_tokens: 5000 }, {}, 5000, []],
    [{ max_tokens: 5000 }, { maxTokens: 3000 }, 2999, ["reasoning.max_tokens"]],
    [{ max_tokens: 10 }, {}, 1024, ["reasoning.max_tokens"]],
  ] as const)("a told budget: %j", (reasoning, it, budget_tokens, dropped) => {
    const found = think("claude-sonnet-4-5", { reasoning }, it);
    expect(found).toMatchObject({ thinking: { budget_tokens }, dropped: [...dropped] });
    expect(think("claude-opus-4-8", { reasoning })).toEqual({
      thinking: { type: "adaptive", display: "summarized" },
      isOn: true,
      mustHide: false,
      dropped: ["reasoning.max_tokens"],
    });
  });
});

describe("where a model would refuse to think, the effort is dropped and named", () => {
  test.each([
    ["a model that cannot", "claude-3-5-haiku-latest", {}],
    ["no room for the least budget", "claude-sonnet-4-5", { maxTokens: 1024 }],
    ["a forced call", "claude-sonnet-4-5", { isForced: true }],
    ["an answer to be continued", "claude-sonnet-4-5", { endsWithAssistant: true }],
    ["a tool loop without its thinking", "claude-sonnet-4-5", { loopLacksThinking: true }],
  ])("%s", (_, model, it) => {
    expect(think(model, effort("high"), it)).toEqual({
      isOn: false,
      mustHide: false,
      dropped: ["reasoning_effort"],
    });
  });

  test("adaptive models mind none of it", () => {
    const it = { maxTokens: 10, isForced: true, loopLacksThinking: true };
    expect(think("claude-opus-4-6", effort("high"), it)).toMatchObject({ isOn: true, dropped: [] });
  });
});

describe("no reasoning is asked for in the model's own way", () => {
  test.each([
    ["claude-3-5-haiku-latest", { isOn: false, mustHide: false, dropped: [] }],
    ["claude-sonnet-4-5", { isOn: false, mustHide: false, dropped: [] }],
    ["claude-sonnet-5", { thinking: { type: "disabled" }, isOn: false, mustHide: false, dropped: [] }],
    ["other-model", { thinking: { type: "disabled" }, isOn: false, mustHide: false, dropped: [] }],
    [
      "claude-sonnet-5-5",
      { thinking: { type: "between_tools" }, isOn: true, mustHide: false, dropped: ["reasoning_effort"] },
    ],
    ["claude-fable-5", { effort: "low", isOn: true, mustHide: false, dropped: ["reasoning_effort"] }],
  ])("%s", (model, expected) => expect<unknown>(think(model, effort("none"))).toEqual(expected));
});

test("what is not asked for is left to the model", () => {
  expect(think("claude-sonnet-4-5", {})).toEqual({ isOn: false, mustHide: false, dropped: [] });
  expect(think("claude-sonnet-5", {})).toEqual({ isOn: true, mustHide: false, dropped: [] });
});

test("hidden reasoning is not shown, by the model where it can be told so", () => {
  const reasoning = { effort: "high", exclude: true };
  expect(think("claude-opus-4-7", { reasoning }).thinking).toEqual({ type: "adaptive", display: "omitted" });
  expect(think("claude-sonnet-4-5", { reasoning })).toMatchObject({ mustHide: true });
});
