import { expect, test } from "bun:test";
import { bandLines, bandsReached } from "./bands.ts";

const USD = 1_000_000_000;
const budget = (limitNanoUsd: number, alertThreshold: number) =>
  ({ limitNanoUsd, alertThreshold, period: "monthly" }) as const;

test.each([
  [0.8, [0.8, 0.9, 1]],
  [0.75, [0.75, 0.8, 0.9, 1]],
  [0.5, [0.5, 0.6, 0.7, 0.8, 0.9, 1]],
  [0.95, [0.95, 1]],
  [1, [1]],
  [0.333, [0.333, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
  [0.0001, [0.0001, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]],
])("a threshold of %p is followed by every ten percent, each once", (threshold, bands) => {
  expect(bandLines(budget(USD, threshold)).map((line) => line.band)).toEqual(bands);
});

test.each([
  // 0.1 × 3 is 0.30000000000000004 in a double.
  [3 * USD, 0.1, 300_000_000],
  [7, 0.8, 6],
  [1, 0.8, 1],
  [9_007_199_254_740_991, 0.9, 8_106_479_329_266_892],
  [1_000_000_007, 0.7, 700_000_005],
])("of %p nano-USD the band %p begins at %p exactly", (limit, threshold, at) => {
  expect(bandLines(budget(limit, threshold))[0]?.atNanoUsd).toBe(at);
});

test.each([
  [0, 0],
  [799_999_999, 0],
  [800_000_000, 1],
  [899_999_999, 1],
  [900_000_000, 2],
  [999_999_999, 2],
  [1_000_000_000, 3],
  [5_000_000_000, 3],
])("%p of one USD reach %p bands", (spent, count) => {
  expect(bandsReached(bandLines(budget(USD, 0.8)), spent)).toBe(count);
});

test("of a limit of 0 no band is reached while nothing is spent", () => {
  expect(bandsReached(bandLines(budget(0, 0.8)), 0)).toBe(0);
  expect(bandsReached(bandLines(budget(0, 0.8)), 1)).toBe(3);
});
