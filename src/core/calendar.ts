/** Half-open, milliseconds since the epoch: `startMs` belongs to it, `endMs` to what follows. */
export interface CalendarSpan {
  startMs: number;
  endMs: number;
}

/** A month is written `2026-11`; such texts sort by time. */
const MONTH = /^(?:19[7-9]\d|2\d{3})-(?:0[1-9]|1[0-2])$/;

/** Days after its end in which a month may still be added to: what was under way at midnight has ended by then. */
const OPEN_DAYS_AFTER = 3;

/** Of a day that a zone left out (Samoa had no 30 December 2011) it is that of the day after. */
export function firstMoment(day: Temporal.PlainDate, timeZone: string): number {
  return day.toZonedDateTime(timeZone).epochMilliseconds;
}

/** True for `1970-01` to `2999-12`. */
export function isMonth(text: string): boolean {
  return MONTH.test(text);
}

export function nextMonth(month: string): string {
  return Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
}

/** From its first moment in the zone to that of the next one. Months follow each other without gap or overlap. */
export function monthSpan(month: string, timeZone: string): CalendarSpan {
  const first = firstOf(month);
  return {
    startMs: firstMoment(first, timeZone),
    endMs: firstMoment(first.add({ months: 1 }), timeZone),
  };
}

/** The month whose span holds the moment: the same as the monthly period of a budget. */
export function monthAt(timeZone: string, timeMs: number): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timeZone);
  let month = zoned.toPlainDate().toPlainYearMonth().toString();
  // Clocks put back over midnight show yesterday's month again, after the next one has begun.
  while (timeMs >= monthSpan(month, timeZone).endMs) month = nextMonth(month);
  return month;
}

/** When a month closes: the first moment of the fourth day after it, by the zone's calendar. */
export function monthClosesAtMs(month: string, timeZone: string): number {
  return firstMoment(firstOf(month).add({ months: 1, days: OPEN_DAYS_AFTER }), timeZone);
}

function firstOf(month: string): Temporal.PlainDate {
  return Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
}
