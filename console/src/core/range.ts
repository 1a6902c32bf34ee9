import { startOf } from "./zone.ts";

/** How far back a page looks, by its word in the URL. */
export const RANGES = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  today: "Today",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  mtd: "This month",
  custom: "Custom",
} as const;

export type RangeWord = keyof typeof RANGES;
export const RANGE_WORDS = Object.keys(RANGES) as [RangeWord, ...RangeWord[]];
export const DEFAULT_RANGE: RangeWord = "24h";

const MINUTE_MS = 60_000;
const LENGTHS_MS: Partial<Record<RangeWord, number>> = {
  "15m": 15 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "24h": 24 * 60 * MINUTE_MS,
  "7d": 7 * 24 * 60 * MINUTE_MS,
  "30d": 30 * 24 * 60 * MINUTE_MS,
};

export interface RangeChoice {
  range?: RangeWord;
  /** RFC 3339; both only count for `custom`. */
  from?: string;
  to?: string;
}

/** As the API takes it: `from` is inclusive, `to` exclusive, and absent where the range ends now. */
export interface Span {
  from: string;
  to?: string;
}

/** Longer ranges begin at a whole hour: the server then reads sums alone, and no row of the hour they begin in. */
const BY_HOUR_FROM_MS = 7 * 24 * 60 * MINUTE_MS;

/** The moments are whole minutes, so that what was asked a second ago is the same question. */
export function spanOf({ range = DEFAULT_RANGE, from, to }: RangeChoice, zone: string, nowMs: number): Span {
  const iso = (timeMs: number) => new Date(timeMs).toISOString();
  if (range === "today") return { from: iso(startOf("day", nowMs, zone)) };
  if (range === "mtd") return { from: iso(startOf("month", nowMs, zone)) };
  if (range === "custom" && from !== undefined && (to === undefined || from < to)) {
    return to === undefined ? { from } : { from, to };
  }
  const lengthMs = LENGTHS_MS[range] ?? 24 * 60 * MINUTE_MS;
  const stepMs = lengthMs >= BY_HOUR_FROM_MS ? 60 * MINUTE_MS : MINUTE_MS;
  return { from: iso(Math.floor((nowMs - lengthMs) / stepMs) * stepMs) };
}
