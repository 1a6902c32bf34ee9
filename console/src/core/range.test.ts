import { expect, test } from "bun:test";
import { type RangeChoice, spanOf } from "./range.ts";

const NOW_MS = Date.parse("2026-11-22T23:30:42.500Z");

test.each<[RangeChoice, string, string | undefined]>([
  [{}, "2026-11-21T23:30:00.000Z", undefined],
  [{ range: "15m" }, "2026-11-22T23:15:00.000Z", undefined],
  [{ range: "today" }, "2026-11-22T23:00:00.000Z", undefined],
  [{ range: "mtd" }, "2026-10-31T23:00:00.000Z", undefined],
  [
    { range: "custom", from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" },
    "2026-11-01T00:00:00.000Z",
    "2026-11-02T00:00:00.000Z",
  ],
  [
    { range: "custom", from: "2026-11-03T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" },
    "2026-11-21T23:30:00.000Z",
    undefined,
  ],
  [{ range: "30d" }, "2026-10-23T23:00:00.000Z", undefined],
  [{ range: "custom" }, "2026-11-21T23:30:00.000Z", undefined],
  [{ range: "7d", from: "2026-01-01T00:00:00.000Z" }, "2026-11-15T23:00:00.000Z", undefined],
])("%p begins, in Vienna, at %s", (choice, from, to) => {
  expect(spanOf(choice, "Europe/Vienna", NOW_MS)).toEqual(to === undefined ? { from } : { from, to });
});
