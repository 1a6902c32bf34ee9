import { expect, test } from "bun:test";
import fc from "fast-check";
import { costOf } from "../catalog/cost.ts";
import type { Price } from "../core/deployment.ts";
import { defaultOutputLimit, holdBound, NO_OUTPUT } from "./hold-bound.ts";

const MILLION = 1_000_000;
/** USD per million tokens. */
const priced = (input: number, output: number, more: Partial<Price> = {}): Price => ({
  ...{ input: input * 1e9, output: output * 1e9, cachedInput: null, cacheWrite: null, reasoning: null },
  ...{ source: "config", asOf: null },
  ...more,
});
const on = (price: Price | null, contextLength: number | null = null) => ({ price, contextLength });
const prompt = (textTokens: number, attachedTokens = 0, unsizedFiles = 0) => ({
  textTokens,
  attachedTokens,
  unsizedFiles,
});

test.each<[string, ReturnType<typeof on>, ReturnType<typeof prompt>, [number, number], number | null]>([
  ["prompt and output", on(priced(3, 15)), prompt(1000), [100, 1], 4_500_000],
  ["every answer asked for", on(priced(3, 15)), prompt(1000), [100, 3], 7_500_000],
  ["attachments like text", on(priced(3, 15)), prompt(0, 1000), [0, 0], 3_000_000],
  ["a cache write that is dearer", on(priced(3, 15, { cacheWrite: 6e9 })), prompt(1000), [0, 0], 6_000_000],
  ["a cache write that is cheaper", on(priced(3, 15, { cacheWrite: 1 })), prompt(1000), [0, 0], 3_000_000],
  ["reasoning that is dearer", on(priced(3, 15, { reasoning: 60e9 })), prompt(0), [1000, 1], 60_000_000],
  ["reasoning that is cheaper", on(priced(3, 15, { reasoning: 1 })), prompt(0), [1000, 1], 15_000_000],
  ["a nano-USD begun is one", on({ ...priced(0, 0), input: 1, output: 1 }), prompt(1), [1, 1], 1],
  ["rounded up once", on({ ...priced(0, 0), input: 500_000, output: 500_000 }), prompt(1), [1, 1], 1],
  ["the window for a file of unknown size", on(priced(1, 0), 200_000), prompt(10, 0, 1), [0, 0], 200_000_000],
  ["a million tokens where it is unknown", on(priced(1, 0)), prompt(10, 0, 2), [0, 0], 1_000_000_000],
  ["what can be seen where it is more", on(priced(1, 0), 5), prompt(10, 20, 1), [0, 0], 30_000],
  ["nothing on one's own machine", on(priced(0, 0)), prompt(1e6), [1e6, 1], 0],
  ["nothing is known without a price", on(null), prompt(1), [1, 1], null],
  [
    "a bound beyond all numbers",
    on(priced(1e3, 1e3)),
    prompt(1),
    [2 ** 52, 2 ** 52],
    Number.MAX_SAFE_INTEGER,
  ],
])("a hold covers %s", (_, target, bound, [limitTokens, choices], expected) => {
  expect(holdBound(target, bound, { limitTokens, choices })).toBe(expected);
});

test("above 2⁵³ the products stay exact", () => {
  // 300,001 tokens at 30.000000001 USD: 9,000,030,000,300.001 nano-USD.
  const price = { ...priced(0, 0), input: 30_000_000_001 };
  expect(holdBound(on(price), prompt(300_001), NO_OUTPUT)).toBe(9_000_030_001);
  expect(holdBound(on({ ...price, input: 30_000_000_000 }), prompt(300_001), NO_OUTPUT)).toBe(9_000_030_000);
});

const tokens = fc.integer({ min: 0, max: 2_000_000 });
const perMillion = fc.integer({ min: 0, max: 100_000_000_000 });
const maybe = fc.option(perMillion);
const prices = fc.record({
  input: perMillion,
  output: perMillion,
  cachedInput: maybe,
  cacheWrite: maybe,
  reasoning: maybe,
});

test("no usage within the bound costs more than the hold, however it falls into buckets", () => {
  const usages = fc.record({
    input: tokens,
    cachedRead: tokens,
    cacheWrite: tokens,
    output: tokens,
    reasoning: tokens,
  });
  fc.assert(
    fc.property(usages, prices, fc.integer({ min: 1, max: 9 }), (usage, figures, choices) => {
      const price = { ...priced(0, 0), ...figures };
      const promptTokens = usage.input + usage.cachedRead + usage.cacheWrite;
      const limitTokens = Math.ceil((usage.output + usage.reasoning) / choices);
      const held = holdBound(on(price), prompt(promptTokens), { limitTokens, choices });
      expect(held).toBeGreaterThanOrEqual(costOf(usage, price));
    }),
    { numRuns: 3000 },
  );
});

const asked = (changes: Partial<Parameters<typeof defaultOutputLimit>[0]> = {}) => ({
  deployment: { ...on(priced(3, 15)), maxOutputTokens: null as number | null },
  ...{ prompt: prompt(1000), choices: 1, defaultTokens: 8192, leftNanoUsd: null as number | null },
  ...changes,
});
const model = (maxOutputTokens: number | null, price: Price | null = priced(3, 15)) => ({
  ...on(price),
  maxOutputTokens,
});

test.each<[string, Partial<Parameters<typeof defaultOutputLimit>[0]>, number]>([
  ["the default without a budget", {}, 8192],
  ["what the model can", { deployment: model(4096) }, 4096],
  ["the default of a model that can more", { deployment: model(64_000) }, 8192],
  ["the default while plenty is left", { leftNanoUsd: 1e9 }, 8192],
  ["what is left, behind the prompt", { leftNanoUsd: 3_000_000 + 15_000 * 100 }, 100],
  ["no token begun", { leftNanoUsd: 3_000_000 + 15_000 * 101 - 1 }, 100],
  ["each answer its share", { leftNanoUsd: 3_000_000 + 15_000 * 100, choices: 3 }, 33],
  ["none where the prompt takes it all", { leftNanoUsd: 3_000_000 }, 0],
  ["none where the prompt does not fit", { leftNanoUsd: 2_999_999 }, 0],
  ["none where nothing is left", { leftNanoUsd: 0 }, 0],
  ["none where less than nothing is left", { leftNanoUsd: -5 }, 0],
  [
    "the default where nothing is paid, though nothing is left",
    { leftNanoUsd: 0, deployment: model(null, priced(0, 0)) },
    8192,
  ],
  [
    "the default where only the prompt is paid for",
    { leftNanoUsd: 3_000_000, deployment: model(null, priced(3, 0)) },
    8192,
  ],
  ["the default where the price is unknown", { leftNanoUsd: 1, deployment: model(null, null) }, 8192],
])("who names no output limit gets %s", (_, changes, expected) => {
  expect(defaultOutputLimit(asked(changes))).toBe(expected);
});

test("the limit is the largest that still fits what is left", () => {
  const lefts = fc.integer({ min: 0, max: 10_000 * MILLION });
  fc.assert(
    fc.property(
      prices,
      tokens,
      lefts,
      fc.integer({ min: 1, max: 5 }),
      (figures, textTokens, leftNanoUsd, choices) => {
        const deployment = { ...on({ ...priced(0, 0), ...figures }), maxOutputTokens: null };
        const bound = prompt(textTokens);
        const limitTokens = defaultOutputLimit({
          deployment,
          prompt: bound,
          choices,
          defaultTokens: 8192,
          leftNanoUsd,
        });
        const held = (limit: number) => holdBound(deployment, bound, { limitTokens: limit, choices }) ?? 0;
        if (limitTokens > 0) expect(held(limitTokens)).toBeLessThanOrEqual(leftNanoUsd);
        if (limitTokens < 8192) expect(held(limitTokens + 1)).toBeGreaterThan(leftNanoUsd);
      },
    ),
    { numRuns: 3000 },
  );
});
