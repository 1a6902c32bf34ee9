import { expect, test } from "bun:test";
import { completionTokens, promptTokens } from "../../../core/usage.ts";
import { readUsage } from "./usage.ts";

const COUNTS = { promptTokenCount: 100, candidatesTokenCount: 7, totalTokenCount: 137 };

test.each([
  ["what tools added is prompt", { ...COUNTS, toolUsePromptTokenCount: 30 }, 130, 7],
  ["thoughts are completion", { ...COUNTS, thoughtsTokenCount: 30 }, 100, 37],
  ["what was cached is prompt", { ...COUNTS, cachedContentTokenCount: 60 }, 100, 7],
  ["more cached than there was is no more prompt", { ...COUNTS, cachedContentTokenCount: 160 }, 100, 7],
  ["an answer of thoughts alone", { promptTokenCount: 5, thoughtsTokenCount: 9, totalTokenCount: 14 }, 5, 9],
])("%s", (_, raw, prompt, completion) => {
  const usage = readUsage(raw);
  expect(usage && [promptTokens(usage), completionTokens(usage)]).toEqual([prompt, completion]);
});

test.each([
  [{ trafficType: "ON_DEMAND" }],
  [{ promptTokenCount: "5" }],
  [null],
  [[]],
])("no figure is made of %j", (raw) => expect(readUsage(raw)).toBeNull());
