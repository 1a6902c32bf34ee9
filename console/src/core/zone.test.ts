import { expect, test } from "bun:test";
import { fromLocalInput, isZone, momentOf, showTime, startOf, toLocalInput } from "./zone.ts";

const at = (text: string) => Date.parse(text);

test.each([
  ["day", "2026-11-22T23:30:00Z", "Europe/Vienna", "2026-11-22T23:00:00Z"],
  ["day", "2026-11-22T22:30:00Z", "Europe/Vienna", "2026-11-21T23:00:00Z"],
  ["day", "2026-11-22T03:00:00Z", "America/New_York", "2026-11-21T05:00:00Z"],
  ["day", "2026-03-29T12:00:00Z", "Europe/Vienna", "2026-03-28T23:00:00Z"],
  ["day", "2026-10-25T12:00:00Z", "Europe/Vienna", "2026-10-24T22:00:00Z"],
  ["day", "2026-11-22T10:00:00Z", "Asia/Kolkata", "2026-11-21T18:30:00Z"],
  ["month", "2026-10-31T23:30:00Z", "Europe/Vienna", "2026-10-31T23:00:00Z"],
  ["month", "2026-11-22T10:00:00Z", "UTC", "2026-11-01T00:00:00Z"],
  ["month", "2026-04-15T00:00:00Z", "Europe/Vienna", "2026-03-31T22:00:00Z"],
] as const)("the first moment of the %s of %s in %s is %s", (unit, time, zone, expected) => {
  expect(new Date(startOf(unit, at(time), zone)).toISOString()).toBe(new Date(expected).toISOString());
});

test("a time that clocks skip is the moment after the gap", () => {
  expect(momentOf(at("2026-03-29T02:30:00Z"), "Europe/Vienna")).toBe(at("2026-03-29T01:30:00Z"));
});

test("what an input shows is read back as the same minute, in every zone", () => {
  for (const zone of ["UTC", "Europe/Vienna", "America/St_Johns", "Pacific/Auckland"]) {
    const timeMs = at("2026-07-04T15:27:00Z");
    expect(fromLocalInput(toLocalInput(timeMs, zone), zone)).toBe(timeMs);
  }
  expect(fromLocalInput("", "UTC")).toBeNull();
});

test("times are shown by the zone's clocks", () => {
  expect(showTime(at("2026-11-22T23:04:05Z"), "Europe/Vienna")).toBe("2026-11-23 00:04:05");
});

test("only zones are zones", () => {
  expect(["UTC", "Europe/Vienna"].every(isZone)).toBe(true);
  expect(["Mars/Olympus", "", "x"].some(isZone)).toBe(false);
});
