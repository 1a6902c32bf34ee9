/** What a clock on the wall of a zone shows, as if it were UTC: good for calendar arithmetic, not a moment. */
type WallMs = number;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric", second: "numeric" },
  });
  clocks.set(zone, clock);
  return clock;
}

/** True for `UTC`, `Europe/Vienna` and every other zone that this browser knows. */
export function isZone(name: string): boolean {
  try {
    return clockOf(name) !== undefined;
  } catch {
    return false;
  }
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

export function wallAt(timeMs: number, zone: string): WallMs {
  const part = new Map(
    clockOf(zone)
      .formatToParts(timeMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

/** The moment at which the zone's clocks show this; where they are put on, the first after the gap. */
export function momentOf(wall: WallMs, zone: string): number {
  const offsetAt = (timeMs: number) => wallAt(timeMs, zone) - Math.floor(timeMs / 1000) * 1000;
  const first = wall - offsetAt(wall);
  return wall - offsetAt(first);
}

/** The first moment of the zone's day, or month, that holds the moment. */
export function startOf(unit: "day" | "month", timeMs: number, zone: string): number {
  const wall = new Date(wallAt(timeMs, zone));
  const day = unit === "day" ? wall.getUTCDate() : 1;
  return momentOf(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), day), zone);
}

const two = (value: number) => String(value).padStart(2, "0");

/** `2026-11-22 17:04:05`, by the zone's clocks. */
export function showTime(timeMs: number, zone: string, hasSeconds = true): string {
  const wall = new Date(wallAt(timeMs, zone));
  const date = `${wall.getUTCFullYear()}-${two(wall.getUTCMonth() + 1)}-${two(wall.getUTCDate())}`;
  const time = `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}`;
  return `${date} ${time}${hasSeconds ? `:${two(wall.getUTCSeconds())}` : ""}`;
}

/** As `<input type="datetime-local">` writes it. */
export function toLocalInput(timeMs: number, zone: string): string {
  return showTime(timeMs, zone, false).replace(" ", "T");
}

/** Null = no time. */
export function fromLocalInput(text: string, zone: string): number | null {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : momentOf(wall, zone);
}
