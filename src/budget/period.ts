import { firstMoment } from "../core/calendar.ts";

/** How often a budget begins anew, by the calendar of the organization; `none` = never. */
export type PeriodKind = "none" | "daily" | "weekly" | "monthly";
export const PERIOD_KINDS: readonly PeriodKind[] = ["none", "daily", "weekly", "monthly"];

/** A half-open span of time: `startMs` belongs to it, `endMs` to the next one. */
export interface Period {
  /** Milliseconds since the epoch; 0 for `none`. */
  startMs: number;
  /** Where the budget begins anew; Infinity for `none`. */
  endMs: number;
}

const ALWAYS: Period = Object.freeze({ startMs: 0, endMs: Number.POSITIVE_INFINITY });

/**
 * The period that a moment belongs to: nothing resets a budget, the clock and the zone's calendar decide. A day begins
 * with its first moment, which is not midnight where the clocks go forward over it; weeks begin on Monday. Periods
 * follow each other without gap or overlap. Throws a RangeError on a zone that `timeZoneOf` refuses.
 */
export function periodAt(kind: PeriodKind, timeZone: string, timeMs: number): Period {
  if (kind === "none") return ALWAYS;
  const today = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone).toPlainDate();
  let next = nextDay(kind, firstDay(kind, today));
  let startMs = firstMoment(firstDay(kind, today), timeZone);
  let endMs = firstMoment(next, timeZone);
  // St. John's put its clocks back from 0:01 to 23:01: yesterday's date came again, its period did not.
  while (timeMs >= endMs) {
    next = nextDay(kind, next);
    startMs = endMs;
    endMs = firstMoment(next, timeZone);
  }
  return { startMs, endMs };
}

type Calendar = Exclude<PeriodKind, "none">;

function firstDay(kind: Calendar, day: Temporal.PlainDate): Temporal.PlainDate {
  switch (kind) {
    case "daily":
      return day;
    case "weekly":
      return day.subtract({ days: day.dayOfWeek - 1 });
    case "monthly":
      return day.with({ day: 1 });
  }
}

function nextDay(kind: Calendar, first: Temporal.PlainDate): Temporal.PlainDate {
  switch (kind) {
    case "daily":
      return first.add({ days: 1 });
    case "weekly":
      return first.add({ weeks: 1 });
    case "monthly":
      return first.add({ months: 1 });
  }
}

/** When a budget begins anew, milliseconds since the epoch; null = never. */
export function resetsAtMs({ endMs }: Period): number | null {
  return endMs === Number.POSITIVE_INFINITY ? null : endMs;
}

/** Offsets (`+02:00`) have no calendar of their own, and Temporal would take whole dates with a zone in them. */
const ZONE_NAME = /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/;

/** The name of a time zone of the IANA database in its own spelling, `europe/vienna` too; null = there is none such. */
export function timeZoneOf(name: string): string | null {
  if (!ZONE_NAME.test(name)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
