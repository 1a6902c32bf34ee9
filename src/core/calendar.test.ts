import { expect, test } from "bun:test";
import fc from "fast-check";
import { periodAt } from "../budget/period.ts";
import { calendarOf } from "../testing/calendar.ts";
import { isMonth, monthAt, monthClosesAtMs, monthSpan, nextMonth } from "./calendar.ts";

const iso = (timeMs: number) => new Date(timeMs).toISOString();

test.each([
  ["2026-11", "UTC", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
  ["2026-12", "Europe/Vienna", "2026-11-30T23:00:00.000Z", "2026-12-31T23:00:00.000Z"],
  ["2026-10", "Europe/Vienna", "2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z"],
  ["2028-02", "Asia/Kathmandu", "2028-01-31T18:15:00.000Z", "2028-02-29T18:15:00.000Z"],
  ["2026-04", "Australia/Lord_Howe", "2026-03-31T13:00:00.000Z", "2026-04-30T13:30:00.000Z"],
  ["2026-01", "Pacific/Kiritimati", "2025-12-31T10:00:00.000Z", "2026-01-31T10:00:00.000Z"],
  // No 30 December: a day less, on the other side of the date line at its end.
  ["2011-12", "Pacific/Apia", "2011-12-01T10:00:00.000Z", "2011-12-31T10:00:00.000Z"],
  // No 31 December 1994: January began a day early.
  ["1994-12", "Pacific/Kiritimati", "1994-12-01T10:00:00.000Z", "1994-12-31T10:00:00.000Z"],
])("%s in %s is from %s to %s", (month, timeZone, from, to) => {
  const span = monthSpan(month, timeZone);
  expect([iso(span.startMs), iso(span.endMs)]).toEqual([from, to]);
  expect(monthAt(timeZone, span.startMs)).toBe(month);
  expect(monthAt(timeZone, span.endMs - 1)).toBe(month);
  expect(monthAt(timeZone, span.endMs)).toBe(nextMonth(month));
});

test.each([
  ["2026-11", "UTC", "2026-12-04T00:00:00.000Z"],
  ["2026-10", "America/New_York", "2026-11-04T05:00:00.000Z"],
  ["2027-01", "Pacific/Auckland", "2027-02-03T11:00:00.000Z"],
])("%s in %s closes at %s", (month, timeZone, closes) => {
  expect(iso(monthClosesAtMs(month, timeZone))).toBe(closes);
});

test("a clock that is put back over the month's first midnight does not bring the old month back", () => {
  // https://data.iana.org/time-zones/tzdb/northamerica: St. John's ended DST at 0:01 on 1 November 1987 … 2009.
  const zone = "America/St_Johns";
  const firstMoment = Date.parse("2009-11-01T02:30:00Z");
  expect(monthSpan("2009-11", zone).startMs).toBe(firstMoment);
  const anHourLater = firstMoment + 30 * 60_000;
  expect(calendarOf(zone)(anHourLater).monthly).toBe("2009-10");
  expect(monthAt(zone, anHourLater)).toBe("2009-11");
});

test("months of any zone and time are those of monthly budgets, without gap or overlap", () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
  const times = fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2090, 0) });
  fc.assert(
    fc.property(zones, times, (zone, timeMs) => {
      const month = monthAt(zone, timeMs);
      const span = monthSpan(month, zone);
      expect(span).toEqual(periodAt("monthly", zone, timeMs));
      expect(span.startMs <= timeMs && timeMs < span.endMs).toBe(true);
      expect(monthSpan(nextMonth(month), zone).startMs).toBe(span.endMs);
      expect(monthClosesAtMs(month, zone) - span.endMs).toBeGreaterThan(2.8 * 86_400_000);
      expect(monthClosesAtMs(month, zone) - span.endMs).toBeLessThan(3.2 * 86_400_000);
    }),
    { numRuns: 3_000 },
  );
});

test.each(["2026-11", "1970-01", "2999-12"])("%s is a month", (text) => expect(isMonth(text)).toBe(true));
test.each([
  "2026-13",
  "2026-00",
  "2026-1",
  "202611",
  "2026-11-01",
  "1969-12",
  "3000-01",
  "-2026-11",
  "",
  " 2026-11",
])("%p is no month", (text) => expect(isMonth(text)).toBe(false));

test("months follow each other over New Year", () => expect(nextMonth("2026-12")).toBe("2027-01"));
