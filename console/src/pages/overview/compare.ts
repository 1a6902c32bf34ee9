import { showCount, showShare, showUsd, UNKNOWN, usdOf } from "../../core/format.ts";
import type { Span } from "../../core/range.ts";
import { startOf } from "../../core/zone.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Less of a month says nothing of the rest. */
const LEAST_SHARE = 0.02;
const CENT_NANO = 10_000_000n;

const iso = (timeMs: number) => new Date(timeMs).toISOString();

/** As long as the while that is shown, and ends where that begins. */
export function spanBefore({ from, to }: Span, nowMs: number): Span {
  const fromMs = Date.parse(from);
  const toMs = to === undefined ? Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS : Date.parse(to);
  return { from: iso(fromMs - Math.max(toMs - fromMs, MINUTE_MS)), to: from };
}

/** `+12 %`; of what was nothing there is no share. */
export function showChange(now: number | null, before: number | null): string {
  if (now === null || before === null) return "nothing to compare with";
  if (now === before) return "as before";
  if (before === 0) return "none before";
  const ratio = now / before;
  if (ratio >= 10) return `${showCount(Math.round(ratio))} times as before`;
  return `${now > before ? "+" : "−"}${showShare(Math.round(Math.abs(ratio - 1) * 1000) / 1000)} on before`;
}

/** Of shares, in points: 98 % after 97 % is one point more. */
export function showPoints(now: number | null, before: number | null): string {
  if (now === null || before === null) return "nothing to compare with";
  const points = Math.round((now - before) * 10_000) / 100;
  if (points === 0) return "as before";
  return `${points > 0 ? "+" : "−"}${Math.abs(points)} points on before`;
}

export interface MonthSpan {
  fromMs: number;
  toMs: number;
}

/** The calendar month of the zone that holds the moment. */
export function monthAt(nowMs: number, zone: string): MonthSpan {
  const fromMs = startOf("month", nowMs, zone);
  return { fromMs, toMs: startOf("month", fromMs + 32 * DAY_MS, zone) };
}

/** What the month comes to if it goes on as it began, to the cent: more digits would claim more than anybody knows. */
export function forecastOf(spentNano: bigint, { fromMs, toMs }: MonthSpan, nowMs: number): string {
  const passedMs = Math.floor(Math.min(nowMs, toMs) - fromMs);
  if (passedMs < (toMs - fromMs) * LEAST_SHARE) return UNKNOWN;
  const whole = (spentNano * BigInt(toMs - fromMs)) / BigInt(passedMs);
  return showUsd(usdOf(((whole + CENT_NANO - 1n) / CENT_NANO) * CENT_NANO));
}
