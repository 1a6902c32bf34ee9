import type { PeriodKind } from "../budget/period.ts";

const calendars = new Map<string, (timeMs: number) => Record<PeriodKind, string>>();

/**
 * What a wall calendar in the zone shows: the day, the Monday of its week, the month. Another way than ours to tell
 * periods apart: two moments are in the same one exactly if these words are equal.
 */
export function calendarOf(timeZone: string): (timeMs: number) => Record<PeriodKind, string> {
  const made = calendars.get(timeZone);
  if (made) return made;
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const calendar = (timeMs: number) => {
    const day = format.format(timeMs);
    const monday = new Date(`${day}T12:00:00Z`);
    monday.setUTCDate(monday.getUTCDate() - ((monday.getUTCDay() + 6) % 7));
    return {
      none: "always",
      daily: day,
      weekly: monday.toISOString().slice(0, 10),
      monthly: day.slice(0, 7),
    };
  };
  calendars.set(timeZone, calendar);
  return calendar;
}
