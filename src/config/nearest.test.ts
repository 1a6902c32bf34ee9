import { expect, test } from "bun:test";
import { didYouMean, nearest } from "./nearest.ts";

const KEYS = [
  "id",
  "preset",
  "dialect",
  "base_url",
  "api_key",
  "takes_metadata",
  "max_output",
  "max_parallel",
];

const CASES: [string, string | null][] = [
  ["basurl", "base_url"],
  ["baseUrl", "base_url"],
  ["base-url", "base_url"],
  ["apikey", "api_key"],
  ["presett", "preset"],
  ["max_outputs", "max_output"],
  ["takes_meta_data", "takes_metadata"],
  ["completely_else", null],
  ["x", null],
  ["", null],
  ["x".repeat(100_000), null],
];

test.each(CASES)("the nearest known name of %p is %p", (name, expected) => {
  expect(nearest(name.slice(0, 200_000), KEYS)).toBe(expected);
});

test("a name that is near to nothing gets no hint", () => {
  expect(didYouMean("basurl", KEYS)).toBe("; did you mean base_url?");
  expect(didYouMean("zzzzzz", KEYS)).toBe("");
});
