import type { OwnedBudget } from "../api-types.ts";
import { nanoOf, showUsd } from "../core/format.ts";

type Standing = Pick<OwnedBudget, "limit_usd" | "spent_usd" | "reserved_usd" | "period">;

/** Of the limit, 0 to 1. */
export function shareOf(amount: string, limit: string): number {
  const whole = nanoOf(limit);
  if (whole === 0n) return 1;
  return Math.min(1, Number((nanoOf(amount) * 10_000n) / whole) / 10_000);
}

/** Spent, reserved for requests under way, and what is left, with the same in words. */
export function BudgetBar({ budget: { limit_usd, spent_usd, reserved_usd, period } }: { budget: Standing }) {
  const spent = shareOf(spent_usd, limit_usd) * 100;
  const reserved = Math.min(100 - spent, shareOf(reserved_usd, limit_usd) * 100);
  const isReserved = nanoOf(reserved_usd) > 0n;
  return (
    <div className="grid min-w-40 gap-1">
      <svg aria-hidden="true" viewBox="0 0 100 6" preserveAspectRatio="none" className="h-1.5 w-full">
        <rect width="100" height="6" fill="var(--sunken)" />
        <rect width={spent} height="6" fill={spent >= 100 ? "var(--bad)" : "var(--mark-1)"} />
        <rect x={spent} width={reserved} height="6" fill="var(--mark-3)" />
      </svg>
      <span className="whitespace-nowrap tabular-nums">
        {showUsd(spent_usd)} of {showUsd(limit_usd)}
        {period === "none" ? "" : `, ${period}`}
        {isReserved && <span className="text-quiet"> (+ {showUsd(reserved_usd)} reserved)</span>}
      </span>
    </div>
  );
}
