import { expect, test } from "bun:test";
import { goDuration, rateHeaders } from "./rate-headers.ts";

test.each([
  [0, "0s"],
  [0.2, "1ms"],
  [17, "17ms"],
  [999.1, "1s"],
  [1_000, "1s"],
  [8_640, "8.64s"],
  [59_999.5, "1m0s"],
  [60_000, "1m0s"],
  [60_001, "1m0.001s"],
  [61_000, "1m1s"],
  [360_000, "6m0s"],
])("%p ms is %s", (ms, expected) => expect(goDuration(ms)).toBe(expected));

test("only what is limited is told of", () => {
  expect(rateHeaders({ requests: null, tokens: null })).toEqual({});
  expect(rateHeaders({ requests: null, tokens: { limit: 5, remaining: 0, resetMs: 1 } })).toEqual({
    "x-ratelimit-limit-tokens": "5",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "1ms",
  });
});
