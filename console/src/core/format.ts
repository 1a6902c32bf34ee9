/** What is not known is never shown as 0. */
export const UNKNOWN = "–";

const plain = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

export function showCount(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : plain.format(value);
}

/** `12.4K`, for a chart's axis. */
export function showShort(value: number): string {
  return short.format(value);
}

/** Of a fraction: 0.9931 → `99.31 %`. Only all of them are 100 %, only none 0 %. */
export function showShare(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  const rounded = Math.round(value * 10_000) / 100;
  if (rounded === 100 && value < 1) return "> 99.99 %";
  if (rounded === 0 && value > 0) return "< 0.01 %";
  return `${rounded} %`;
}

export function showDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** `"0.000390900"` → `$0.0003909`: every digit that counts, at least cents. Nothing is rounded, so columns add up. */
export function showUsd(amount: string | null | undefined): string {
  const match = /^(-?)(\d+)\.?(\d*)$/.exec(amount ?? "");
  if (!match) return UNKNOWN;
  const [, sign = "", whole = "0", decimals = ""] = match;
  const kept = decimals.replace(/0+$/, "").padEnd(2, "0");
  return `${sign}$${plain.format(BigInt(whole))}.${kept}`;
}

/** In nano-USD, exactly. */
export function nanoOf(amount: string): bigint {
  const [whole = "0", decimals = ""] = amount.replace("-", "").split(".");
  const value = BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, "0").slice(0, 9));
  return amount.startsWith("-") ? -value : value;
}

export function usdOf(nano: bigint): string {
  const sign = nano < 0n ? "-" : "";
  const digits = (nano < 0n ? -nano : nano).toString().padStart(10, "0");
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** `3 minutes ago`, `in 2 days`. */
export function showAgo(timeMs: number, nowMs: number): string {
  const seconds = Math.round((timeMs - nowMs) / 1000);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second" as const, 1];
  return relative.format(Math.trunc(seconds / size), unit);
}
