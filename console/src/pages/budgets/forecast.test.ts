import { expect, test } from "bun:test";
import { forecastOf } from "./forecast.ts";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");
const half = { period: "daily", limit_usd: "10.000000000", resets_at: "2026-11-23T00:00:00Z" } as const;

test.each([
  ["2.000000000", "$4.00"],
  ["0.000000000", "$0.00"],
  ["6.000000000", "$12.00, above the limit"],
  ["0.001000000", "$0.01"],
])("half a day that spent %s comes to %s", (spent_usd, told) => {
  expect(forecastOf({ ...half, spent_usd }, NOW_MS)).toBe(told);
});

test("a period that has just begun, or has no end, is not told", () => {
  const start = { ...half, spent_usd: "1.000000000", resets_at: "2026-11-23T11:59:00Z" };
  expect(forecastOf(start, NOW_MS)).toBe("too early to tell");
  expect(forecastOf({ ...half, spent_usd: "1.000000000", period: "none", resets_at: null }, NOW_MS)).toBe(
    "no end to tell for",
  );
});
