import { expect, test } from "bun:test";
import { nanoOf, showAgo, showDuration, showShare, showUsd, usdOf } from "./format.ts";

test.each([
  ["0.000390900", "$0.0003909"],
  ["0.000000000", "$0.00"],
  ["1234567.500000000", "$1,234,567.50"],
  ["-0.010000001", "-$0.010000001"],
  ["12", "$12.00"],
  [null, "–"],
  ["<b>", "–"],
])("%p USD is shown as %s, no digit lost", (amount, shown) => expect(showUsd(amount)).toBe(shown));

test.each(["0.000000001", "-3.250000000", "9007199.254740993"])("%s survives as an integer", (amount) => {
  expect(usdOf(nanoOf(amount))).toBe(amount);
});

test.each([
  [1, "100 %"],
  [0.999999, "> 99.99 %"],
  [0.9931, "99.31 %"],
  [0.00001, "< 0.01 %"],
  [0, "0 %"],
  [null, "–"],
])("the share %p is shown as %s", (value, shown) => expect(showShare(value)).toBe(shown));

test.each([
  [0.44, "0.4 ms"],
  [812, "812 ms"],
  [1234, "1.23 s"],
  [61_000, "1 min 1 s"],
  [null, "–"],
])("%p ms are shown as %s", (ms, shown) => expect(showDuration(ms)).toBe(shown));

test("ages are told in the largest unit", () => {
  expect(showAgo(0, 3 * 60_000)).toBe("3 minutes ago");
  expect(showAgo(2 * 86_400_000, 0)).toBe("in 2 days");
});
