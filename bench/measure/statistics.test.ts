import { expect, test } from "bun:test";
import { difference, median, ratio, shuffled } from "./statistics.ts";

test.each<[(number | null)[], number | null]>([
  [[], null],
  [[null, null], null],
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, null, 3, 2], 2.5],
])("the median of %j is %p: what is unknown does not count as 0", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("nothing is computed from what is unknown", () => {
  expect([ratio(3, 2), ratio(null, 2), ratio(3, null), ratio(3, 0)]).toEqual([1.5, null, null, null]);
  expect([difference(3, 2), difference(null, 2), difference(3, null)]).toEqual([1, null, null]);
});

test("shuffling keeps every value and leaves the list alone", () => {
  const values = [1, 2, 3, 4];
  const draws = [0.9, 0.1, 0.5, 0.3];
  expect(shuffled(values, () => draws.shift() ?? 0)).toEqual([2, 4, 3, 1]);
  expect(values).toEqual([1, 2, 3, 4]);
});
