const DAY_MS = 86_400_000;
const DECIMALS = 18;
/** A sum of more is no count of tokens. */
const LARGEST = Number.MAX_SAFE_INTEGER / 1_000_000;

/** The UTC day of a date, or of a time, which is in UTC where it says no offset; null = it is none. */
export function dayOf(text: string): string | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](.+))?$/.exec(text);
  if (!match) return null;
  const [, date = "", time] = match;
  // Some dates that are none are read as those after them: 30 February.
  if (dayOfMs(Date.parse(`${date}T00:00:00Z`)) !== date) return null;
  const isZoned = time !== undefined && /(?:z|[+-]\d{2}:?\d{2})$/i.test(time);
  return isZoned ? dayOfMs(Date.parse(`${date}T${time}`)) : date;
}

/** The UTC day of Unix seconds; null = they are none. */
export function dayOfSeconds(text: string): string | null {
  return /^\d{9,11}(?:\.0+)?$/.test(text) ? dayOfMs(Number(text) * 1000) : null;
}

function dayOfMs(timeMs: number): string | null {
  return Number.isFinite(timeMs)
    ? new Date(Math.floor(timeMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10)
    : null;
}

/** A whole number, `59200.0` too; null = empty; undefined = none. */
export function countOf(text: string): number | null | undefined {
  if (text === "") return null;
  if (!/^\d+(?:\.0*)?$/.test(text)) return undefined;
  const count = Number(text);
  return count <= LARGEST ? count : undefined;
}

/**
 * A decimal as 10⁻¹⁸ USD, with or without a sign, an exponent or more decimals than that, which are cut; null = empty;
 * undefined = none.
 */
export function attoUsdOf(text: string): bigint | null | undefined {
  if (text === "") return null;
  const match = /^([+-]?)(\d{1,12})(?:\.(\d{0,60}))?(?:e([+-]?\d{1,2}))?$/i.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = DECIMALS + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const size = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === "-" ? -size : size;
}

/** Rounded to the nearest nano-USD. */
export function nanoOfAtto(attoUsd: bigint): number {
  const half = attoUsd < 0n ? -500_000_000n : 500_000_000n;
  return Number((attoUsd + half) / 1_000_000_000n);
}
