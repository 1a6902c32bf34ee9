import { expect, test } from "bun:test";
import { calendarOf } from "../testing/calendar.ts";
import { type PeriodKind, periodAt, resetsAtMs, timeZoneOf } from "./period.ts";

const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(text);

test.each<[string, PeriodKind, string, string, string, string]>([
  [
    "a day",
    "daily",
    "UTC",
    "2026-11-22T16:12:16.123Z",
    "2026-11-22T00:00:00.000Z",
    "2026-11-23T00:00:00.000Z",
  ],
  [
    "its first moment",
    "daily",
    "UTC",
    "2026-11-22T00:00:00Z",
    "2026-11-22T00:00:00.000Z",
    "2026-11-23T00:00:00.000Z",
  ],
  [
    "its last",
    "daily",
    "UTC",
    "2026-11-22T23:59:59.999Z",
    "2026-11-22T00:00:00.000Z",
    "2026-11-23T00:00:00.000Z",
  ],
  [
    "a week from Monday, asked on a Sunday",
    "weekly",
    "UTC",
    "2026-11-22T23:00:00Z",
    "2026-11-16T00:00:00.000Z",
    "2026-11-23T00:00:00.000Z",
  ],
  [
    "the same, asked on Monday",
    "weekly",
    "UTC",
    "2026-11-23T00:00:00Z",
    "2026-11-23T00:00:00.000Z",
    "2026-11-30T00:00:00.000Z",
  ],
  [
    "a week over New Year",
    "weekly",
    "UTC",
    "2027-01-01T12:00:00Z",
    "2026-12-28T00:00:00.000Z",
    "2027-01-04T00:00:00.000Z",
  ],
  [
    "December",
    "monthly",
    "UTC",
    "2026-12-31T23:59:59.999Z",
    "2026-12-01T00:00:00.000Z",
    "2027-01-01T00:00:00.000Z",
  ],
  [
    "a February of 28 days",
    "monthly",
    "UTC",
    "2026-02-28T12:00:00Z",
    "2026-02-01T00:00:00.000Z",
    "2026-03-01T00:00:00.000Z",
  ],
  [
    "a leap day is a day",
    "daily",
    "Europe/Vienna",
    "2028-02-29T12:00:00Z",
    "2028-02-28T23:00:00.000Z",
    "2028-02-29T23:00:00.000Z",
  ],
  [
    "and lengthens its month",
    "monthly",
    "Asia/Kathmandu",
    "2028-02-29T12:00:00Z",
    "2028-01-31T18:15:00.000Z",
    "2028-02-29T18:15:00.000Z",
  ],
  [
    "no leap day in 2100",
    "monthly",
    "UTC",
    "2100-02-10T00:00:00Z",
    "2100-02-01T00:00:00.000Z",
    "2100-03-01T00:00:00.000Z",
  ],
  [
    "a month that DST begins in",
    "monthly",
    "Europe/Vienna",
    "2026-03-15T00:00:00Z",
    "2026-02-28T23:00:00.000Z",
    "2026-03-31T22:00:00.000Z",
  ],
  [
    "a zone half an hour off",
    "daily",
    "Asia/Kolkata",
    "2026-11-22T18:29:59Z",
    "2026-11-21T18:30:00.000Z",
    "2026-11-22T18:30:00.000Z",
  ],
  [
    "far west: still yesterday",
    "daily",
    "Pacific/Pago_Pago",
    "2026-11-22T10:59:59Z",
    "2026-11-21T11:00:00.000Z",
    "2026-11-22T11:00:00.000Z",
  ],
  [
    "far east: tomorrow already",
    "monthly",
    "Pacific/Kiritimati",
    "2026-11-30T10:00:00Z",
    "2026-11-30T10:00:00.000Z",
    "2026-12-31T10:00:00.000Z",
  ],
  [
    "the week in which Samoa had no Friday",
    "weekly",
    "Pacific/Apia",
    "2011-12-31T00:00:00Z",
    "2011-12-26T10:00:00.000Z",
    "2012-01-01T10:00:00.000Z",
  ],
  [
    "the day before that Friday ends where Saturday begins",
    "daily",
    "Pacific/Apia",
    "2011-12-30T09:59:59Z",
    "2011-12-29T10:00:00.000Z",
    "2011-12-30T10:00:00.000Z",
  ],
  [
    "a day that begins at one o'clock",
    "daily",
    "Asia/Beirut",
    "2026-03-29T12:00:00Z",
    "2026-03-28T22:00:00.000Z",
    "2026-03-29T21:00:00.000Z",
  ],
])("%s", (_, kind, zone, moment, start, end) => {
  const period = periodAt(kind, zone, at(moment));
  expect([period.startMs, period.endMs].map((ms) => new Date(ms).toISOString())).toEqual([start, end]);
});

test.each([
  ["Europe/Vienna", "2026-03-29T12:00:00Z", 23],
  ["Europe/Vienna", "2026-10-25T12:00:00Z", 25],
  ["America/New_York", "2026-03-08T18:00:00Z", 23],
  ["America/New_York", "2026-11-01T18:00:00Z", 25],
  ["America/Havana", "2026-11-01T18:00:00Z", 25],
  ["Australia/Lord_Howe", "2026-10-04T01:00:00Z", 23.5],
  ["Australia/Lord_Howe", "2026-04-05T01:00:00Z", 24.5],
  ["America/Scoresbysund", "2026-10-24T12:00:00Z", 25],
  ["Asia/Kathmandu", "2026-10-24T12:00:00Z", 24],
])("a day in %s at %s has %p hours", (zone, moment, hours) => {
  const { startMs, endMs } = periodAt("daily", zone, at(moment));
  expect((endMs - startMs) / HOUR_MS).toBe(hours);
});

test("a period that never ends begins with the epoch, whatever the zone, and is reset never", () => {
  for (const timeMs of [0, at("2026-11-22T00:00:00Z"), Number.MAX_SAFE_INTEGER]) {
    const period = periodAt("none", "Europe/Vienna", timeMs);
    expect(period).toEqual({ startMs: 0, endMs: Number.POSITIVE_INFINITY });
    expect(resetsAtMs(period)).toBeNull();
  }
  expect(resetsAtMs({ startMs: 1, endMs: 2 })).toBe(2);
});

test("where the clocks go back over midnight, the day that has begun does not end again", () => {
  // Newfoundland, 29 October 2006: at 0:01 it became 23:01 of the 28th.
  const midnight = at("2006-10-29T02:30:00Z");
  const day = periodAt("daily", "America/St_Johns", midnight);
  expect(day.startMs).toBe(midnight);
  for (const minutes of [0, 0.5, 1, 2, 30, 61, 62, 600])
    expect(periodAt("daily", "America/St_Johns", midnight + minutes * 60_000)).toEqual(day);
  expect(periodAt("daily", "America/St_Johns", midnight - 1).endMs).toBe(midnight);
});

/** Every half hour and three quarters there are, both hemispheres, Ramadan, politics, the date line, the poles. */
const ZONES =
  "UTC Europe/Vienna Europe/London Europe/Dublin Europe/Lisbon Europe/Istanbul Europe/Moscow Africa/Casablanca Africa/Cairo Africa/Lagos Africa/Johannesburg America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles America/Anchorage America/St_Johns America/Havana America/Sao_Paulo America/Santiago America/Asuncion America/Caracas America/Scoresbysund America/Nuuk Asia/Beirut Asia/Jerusalem Asia/Tehran Asia/Kabul Asia/Kolkata Asia/Kathmandu Asia/Yangon Asia/Shanghai Asia/Tokyo Asia/Pyongyang Australia/Sydney Australia/Adelaide Australia/Eucla Australia/Lord_Howe Pacific/Auckland Pacific/Chatham Pacific/Apia Pacific/Kiritimati Pacific/Norfolk Antarctica/Troll".split(
    " ",
  );

/** What is wrong with the periods of a zone between two moments; also how many there were. */
function walk(zone: string, kind: Exclude<PeriodKind, "none">, fromMs: number, toMs: number) {
  const calendar = calendarOf(zone);
  const wrong: string[] = [];
  let count = 0;
  let period = periodAt(kind, zone, fromMs);
  while (period.endMs < toMs) {
    const { startMs, endMs } = period;
    const next = periodAt(kind, zone, endMs);
    const label = calendar(startMs)[kind];
    const inside = [startMs, Math.floor((startMs + endMs) / 2), endMs - 1];
    if (inside.some((timeMs) => calendar(timeMs)[kind] !== label)) wrong.push(`${zone} ${label} is not one`);
    if (calendar(endMs)[kind] <= label) wrong.push(`${zone} ${label} does not end`);
    if (next.startMs !== endMs) wrong.push(`${zone} ${label} and the next do not meet`);
    const last = periodAt(kind, zone, endMs - 1);
    if (last.startMs !== startMs || last.endMs !== endMs) wrong.push(`${zone} ${label} ends as another`);
    count += 1;
    period = next;
  }
  return { wrong, count };
}

test(`${ZONES.length} zones × 3 years of days: no boundary is missed, doubled, or elsewhere than the calendar says`, () => {
  for (const zone of ZONES) {
    const { wrong, count } = walk(zone, "daily", at("2025-06-01T00:00:00Z"), at("2028-06-01T00:00:00Z"));
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(1095);
    expect(count).toBeLessThanOrEqual(1096);
  }
});

test(`${ZONES.length} zones × 20 years of weeks and months: the same, through every change of the past`, () => {
  for (const zone of ZONES)
    for (const kind of ["weekly", "monthly"] as const) {
      const { wrong, count } = walk(zone, kind, at("2010-01-15T00:00:00Z"), at("2030-01-15T00:00:00Z"));
      expect(wrong).toEqual([]);
      expect(count).toBe(kind === "weekly" ? 1044 : 240);
    }
});

test.each<[string, string | null]>([
  ["UTC", "UTC"],
  ["Europe/Vienna", "Europe/Vienna"],
  ["europe/vienna", "Europe/Vienna"],
  ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
  ["Etc/GMT+5", "Etc/GMT+5"],
  ["Asia/Calcutta", "Asia/Calcutta"],
  ...[
    "",
    " ",
    "Mars/Olympus",
    "+02:00",
    "-00:00",
    "Europe/Vienna ",
    " UTC",
    "Europe/",
    "/Vienna",
    "Europe",
  ].map((name): [string, null] => [name, null]),
  ...[
    "2026-01-01[Europe/Vienna]",
    "2026-01-01T00:00Z",
    "constructor",
    "__proto__",
    "UTC\n",
    "Z",
    "../UTC",
  ].map((name): [string, null] => [name, null]),
])("the time zone %p is read as %p", (name, expected) => {
  expect(timeZoneOf(name)).toBe(expected);
});

test("every zone that the runtime lists is one", () => {
  const refused = Intl.supportedValuesOf("timeZone").filter((name) => timeZoneOf(name) === null);
  expect(refused).toEqual([]);
});
