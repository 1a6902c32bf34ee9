import { expect, test } from "bun:test";
import fc from "fast-check";
import { formatUsd, parseUsd, parseUsdPerToken } from "./money.ts";

test("what is written is read back exactly, for every amount a double holds", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (nanoUsd) => expect(parseUsd(formatUsd(nanoUsd))).toBe(nanoUsd)));
});

test("nine decimals always, so that strings of one length compare as amounts do", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (nanoUsd) => expect(formatUsd(nanoUsd)).toMatch(/^-?\d+\.\d{9}$/)),
  );
});

test.each([
  [0, "0.000000000"],
  [1, "0.000000001"],
  [123_400, "0.000123400"],
  [1_000_000_000, "1.000000000"],
  [-5, "-0.000000005"],
  [-1_500_000_000, "-1.500000000"],
  [Number.MAX_SAFE_INTEGER, "9007199.254740991"],
])("%p nano-USD is %p", (nanoUsd, text) => expect(formatUsd(nanoUsd)).toBe(text));

test.each([
  ["0.05", 50_000_000],
  [0.1, 100_000_000],
  [3, 3_000_000_000],
  ["3.", 3_000_000_000],
  [" 0.000000001 ", 1],
  [1e-7, 100],
  ["1.5e-7", 150],
  ["2e3", 2_000_000_000_000],
  ["0.0000000001", 1],
  ["0.0000000010000001", 2],
  ["9007199.254740991", Number.MAX_SAFE_INTEGER],
])("%p USD is %p nano-USD, rounded up and never down", (value, nanoUsd) =>
  expect(parseUsd(value)).toBe(nanoUsd));

test.each([
  "",
  "-1",
  "-0.5",
  "+1",
  ".5",
  "1,5",
  "0x10",
  "1_000",
  "NaN",
  "Infinity",
  "1e999",
  "1e31",
  "9007199.254740992",
  "1 2",
  "$1",
])("%p is no amount", (value) => expect(parseUsd(value)).toBeNull());

test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1e300])("%p is no amount", (value) =>
  expect(parseUsd(value)).toBeNull());

test.each([
  ["0.00000015", 150_000_000],
  ["0.0000000375", 37_500_000],
  [6e-7, 600_000_000],
  ["0", 0],
  ["0.0000000000000001", 1],
  ["-1", null],
  ["$0.000001", null],
  ["n/a", null],
])("%p USD per token is %p nano-USD per million tokens, not rounded on the way", (value, nanoUsd) =>
  expect(parseUsdPerToken(value)).toBe(nanoUsd));
