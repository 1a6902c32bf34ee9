import { expect, test } from "bun:test";
import fc from "fast-check";
import { addUsage, completionTokens, NO_USAGE, promptTokens, type Usage } from "./usage.ts";

const tokens = fc.nat({ max: 10_000_000 });
const usages: fc.Arbitrary<Usage> = fc.record({
  input: tokens,
  cachedRead: tokens,
  cacheWrite: tokens,
  output: tokens,
  reasoning: tokens,
});

test("the buckets are disjoint: totals are their sums, and adding loses nothing", () => {
  fc.assert(
    fc.property(usages, usages, (a, b) => {
      const sum = addUsage(a, b);
      expect(promptTokens(sum)).toBe(promptTokens(a) + promptTokens(b));
      expect(completionTokens(sum)).toBe(completionTokens(a) + completionTokens(b));
      expect(addUsage(a, NO_USAGE)).toEqual(a);
      expect(addUsage(b, a)).toEqual(sum);
    }),
  );
});

test("no usage is zero in every bucket and cannot be written to", () => {
  expect(promptTokens(NO_USAGE) + completionTokens(NO_USAGE)).toBe(0);
  expect(Object.isFrozen(NO_USAGE)).toBe(true);
});

test("adding changes neither side", () => {
  const a = Object.freeze({ input: 1, cachedRead: 2, cacheWrite: 3, output: 4, reasoning: 5 });
  expect(addUsage(a, a)).toEqual({ input: 2, cachedRead: 4, cacheWrite: 6, output: 8, reasoning: 10 });
});
