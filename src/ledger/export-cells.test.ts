import { expect, test } from "bun:test";
import { attoUsdOf, countOf, dayOf, dayOfSeconds, nanoOfAtto } from "./export-cells.ts";

test.each([
  ["2026-11-22", "2026-11-22"],
  ["2026-11-22 23:59", "2026-11-22"],
  ["2026-11-22T23:00:00", "2026-11-22"],
  ["2026-11-22T23:00:00Z", "2026-11-22"],
  ["2026-11-22T23:00:00+00:00", "2026-11-22"],
  ["2026-11-22T23:00:00-05:00", "2026-11-23"],
  ["2026-11-22T01:00:00+0200", "2026-11-21"],
  ["2028-02-29", "2028-02-29"],
  ["2026-02-29", null],
  ["2026-02-30T10:00:00Z", null],
  ["2026-13-01", null],
  ["22.11.2026", null],
  ["2026-11-22x", null],
  ["2026-11-22T99:99:99Z", null],
  ["", null],
])("the UTC day of %p is %p", (text, day) => expect(dayOf(text)).toBe(day));

test.each([
  ["1795305600", "2026-11-22"],
  ["1795305599.0", "2026-11-21"],
  ["1795305600000", null],
  ["-5", null],
  ["", null],
])("the UTC day of the seconds %p is %p", (text, day) => expect(dayOfSeconds(text)).toBe(day));

test.each([
  ["0", 0],
  ["59200.0", 59_200],
  ["", null],
  ["-1", undefined],
  ["1.5", undefined],
  ["1,000", undefined],
  ["1e3", undefined],
  ["99999999999999999", undefined],
])("the count %p is %p", (text, count) => expect(countOf(text)).toBe(count as typeof count & number));

test.each([
  ["0.895874", 895_874_000],
  ["0.003835980000000000000000000000", 3_835_980],
  ["1e-9", 1],
  ["2.5E-9", 3],
  ["-2.5e-9", -3],
  ["4e-10", 0],
  ["12", 12_000_000_000],
  ["+1", 1_000_000_000],
  ["", null],
  ["abc", undefined],
  ["1 000", undefined],
  ["1e999", undefined],
  ["0x10", undefined],
  ["NaN", undefined],
])("%p USD are %p nano-USD", (text, nano) => {
  const atto = attoUsdOf(text);
  expect(typeof atto === "bigint" ? nanoOfAtto(atto) : atto).toBe(nano as number);
});
