import { expect, test } from "bun:test";
import { readPrompts } from "./labelled-prompt.ts";
import { accuracy, confusionRows, macroF1 } from "./measures.ts";
import { slicesOf } from "./slices.ts";

const outcome = (wanted: string, got: string) => ({ wanted, got, scores: {} });
const HALF = [outcome("code", "code"), outcome("code", "chat"), outcome("chat", "chat")];

test("accuracy is the share that was right", () => {
  expect(accuracy(HALF)).toBeCloseTo(2 / 3);
  expect(accuracy([])).toBe(0);
});

test("macro-F1 weighs every wanted class the same", () => {
  expect(macroF1(HALF)).toBeCloseTo(2 / 3);
  expect(macroF1([])).toBe(0);
});

test("the confusion has a row for every wanted class", () => {
  expect(confusionRows(HALF)).toHaveLength(3);
});

test("every prompt of our own has a known class and messages, and falls into slices", async () => {
  const prompts = readPrompts(await Bun.file(new URL("prompts.jsonl", import.meta.url)).text());
  expect(prompts.length).toBeGreaterThanOrEqual(150);
  expect(prompts.filter(({ messages }) => messages.length === 0)).toEqual([]);
  const classes = ["chat", "code", "long_context", "reasoning", "summary"];
  expect([...new Set(prompts.map(({ task_class }) => task_class))].sort()).toEqual(classes);
  const slices = new Map(slicesOf(prompts));
  expect(slices.get("one turn")?.length).toBeGreaterThan(100);
  expect(slices.get("several turns")?.length).toBeGreaterThan(5);
});
