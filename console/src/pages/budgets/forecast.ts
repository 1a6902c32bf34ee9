import type { OwnedBudget } from "../../api-types.ts";
import { nanoOf, showUsd, usdOf } from "../../core/format.ts";

const DAY_MS = 86_400_000;
const LENGTHS_MS: Record<OwnedBudget["period"], number | null> = {
  none: null,
  daily: DAY_MS,
  weekly: 7 * DAY_MS,
  monthly: 30 * DAY_MS,
};
/** Less of a period says nothing of the rest. */
const LEAST_SHARE = 0.02;

type Standing = Pick<OwnedBudget, "period" | "spent_usd" | "limit_usd" | "resets_at">;

/** What the period comes to if it goes on as it began. A month counts as thirty days. */
export function forecastOf({ period, spent_usd, limit_usd, resets_at }: Standing, nowMs: number): string {
  const lengthMs = LENGTHS_MS[period];
  if (lengthMs === null || resets_at === null) return "no end to tell for";
  const leftMs = Math.max(0, Date.parse(resets_at) - nowMs);
  const passed = Math.max(0, lengthMs - leftMs);
  if (passed < lengthMs * LEAST_SHARE) return "too early to tell";
  const spent = nanoOf(spent_usd);
  const whole = (spent * BigInt(lengthMs)) / BigInt(Math.round(passed));
  // To the cent: more digits would claim more than anybody knows.
  const cents = ((whole + 9_999_999n) / 10_000_000n) * 10_000_000n;
  return `${showUsd(usdOf(cents))}${whole > nanoOf(limit_usd) ? ", above the limit" : ""}`;
}
