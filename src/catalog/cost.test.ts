import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Price } from "../core/deployment.ts";
import { NO_USAGE, type Usage } from "../core/usage.ts";
import { costOf } from "./cost.ts";

const USD = 1_000_000_000;

function price(told: Partial<Price>): Price {
  return {
    input: 0,
    output: 0,
    cachedInput: null,
    cacheWrite: null,
    reasoning: null,
    source: "config",
    asOf: null,
    ...told,
  };
}

describe("a request costs", () => {
  const gpt4oMini = price({ input: 0.15 * USD, output: 0.6 * USD, cachedInput: 0.075 * USD });
  const claude = price({ input: 3 * USD, output: 15 * USD, cachedInput: 0.3 * USD, cacheWrite: 3.75 * USD });
  test.each([
    ["nothing for nothing", {}, gpt4oMini, 0],
    ["exact nano-USD", { input: 1000, output: 500 }, gpt4oMini, 450_000],
    ["one nano-USD for any part of one", { input: 1 }, price({ input: 1 }), 1],
    [
      "one rounding for all buckets together",
      { input: 1, output: 1 },
      price({ input: 400_000, output: 400_000 }),
      1,
    ],
    ["cached tokens at their own price", { input: 1000, cachedRead: 1000 }, gpt4oMini, 225_000],
    [
      "cached tokens as input where no price is told",
      { cachedRead: 1000 },
      price({ input: 3 * USD }),
      3_000_000,
    ],
    ["written cache tokens at their own price", { cacheWrite: 1000 }, claude, 3_750_000],
    ["written cache tokens as input where no price is told", { cacheWrite: 1000 }, gpt4oMini, 150_000],
    ["reasoning as output where no price is told", { output: 100, reasoning: 900 }, gpt4oMini, 600_000],
    [
      "reasoning at its own price",
      { reasoning: 1000 },
      price({ output: 8 * USD, reasoning: 3 * USD }),
      3_000_000,
    ],
    [
      "nothing for cached tokens that are free",
      { cachedRead: 1000 },
      price({ input: USD, cachedInput: 0 }),
      0,
    ],
    ["exactly 9 USD for 300,000 tokens at 30 USD", { output: 300_000 }, price({ output: 30 * USD }), 9 * USD],
    [
      "exactly, past what a double holds",
      { output: 333_333_333 },
      price({ output: 30_000_000_001 }),
      9_999_999_990_334,
    ],
    [
      "no more than fits an integer",
      { output: Number.MAX_SAFE_INTEGER },
      price({ output: 30 * USD }),
      Number.MAX_SAFE_INTEGER,
    ],
  ] as const)("%s", (_, told, at, nanoUsd) => {
    expect(costOf({ ...NO_USAGE, ...told }, at)).toBe(nanoUsd);
  });
});

const tokens = fc.integer({ min: 0, max: 2_000_000_000 });
const rate = fc.integer({ min: 0, max: 1000 * USD });
const maybe = fc.option(rate, { nil: null });
const usages: fc.Arbitrary<Usage> = fc.record({
  input: tokens,
  cachedRead: tokens,
  cacheWrite: tokens,
  output: tokens,
  reasoning: tokens,
});
const prices: fc.Arbitrary<Price> = fc.record({
  input: rate,
  output: rate,
  cachedInput: maybe,
  cacheWrite: maybe,
  reasoning: maybe,
  source: fc.constant("config"),
  asOf: fc.constant(null),
});

test("the cost is the smallest integer that is not below the exact sum", () => {
  fc.assert(
    fc.property(usages, prices, (usage, at) => {
      const exact =
        BigInt(usage.input) * BigInt(at.input) +
        BigInt(usage.cachedRead) * BigInt(at.cachedInput ?? at.input) +
        BigInt(usage.cacheWrite) * BigInt(at.cacheWrite ?? at.input) +
        BigInt(usage.output) * BigInt(at.output) +
        BigInt(usage.reasoning) * BigInt(at.reasoning ?? at.output);
      const cost = costOf(usage, at);
      expect(Number.isSafeInteger(cost)).toBe(true);
      expect(cost).toBeGreaterThanOrEqual(0);
      if (cost < Number.MAX_SAFE_INTEGER) {
        expect(BigInt(cost) * 1_000_000n >= exact).toBe(true);
        expect((BigInt(cost) - 1n) * 1_000_000n < exact).toBe(true);
      }
    }),
  );
});

test("more tokens or a higher price never cost less", () => {
  const buckets = fc.constantFrom<keyof Usage>("input", "cachedRead", "cacheWrite", "output", "reasoning");
  fc.assert(
    fc.property(usages, prices, buckets, tokens, (usage, at, bucket, more) => {
      const cost = costOf(usage, at);
      expect(costOf({ ...usage, [bucket]: usage[bucket] + more }, at)).toBeGreaterThanOrEqual(cost);
      expect(
        costOf(usage, { ...at, input: at.input + more, output: at.output + more }),
      ).toBeGreaterThanOrEqual(cost);
    }),
  );
});
