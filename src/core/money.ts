/**
 * Money is an integer number of nano-USD (1 USD = 10⁹ nano-USD) inside and a decimal string outside.
 * A float never holds money. One request's cost fits a double (2⁵³ nano-USD is 9 million USD), so amounts
 * are plain `number`s that are always integers; only products of tokens and prices need BigInt.
 */
export const NANO_PER_USD = 1_000_000_000;

/** `123400` → `"0.000123400"`: always nine decimals, so that strings compare and align. */
export function formatUsd(nanoUsd: number): string {
  const sign = nanoUsd < 0 ? "-" : "";
  const digits = Math.abs(nanoUsd).toString().padStart(10, "0");
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/**
 * Reads a decimal such as `"0.05"` or `3` as nano-USD, exactly: the digits are moved, nothing is multiplied.
 * More than nine decimals round up, so that a price is never understated. Not a decimal, or negative → null.
 */
export function parseUsd(value: string | number): number | null {
  return parseDecimal(value, 9);
}

/** Reads USD per token, such as `"0.00000015"`, as nano-USD per million tokens, as exactly as `parseUsd` reads. */
export function parseUsdPerToken(value: string | number): number | null {
  return parseDecimal(value, 9 + 6);
}

/** The decimal times ten to the power of `decimals`, as an integer; null = no decimal, negative, or too large. */
function parseDecimal(value: string | number, decimals: number): number | null {
  const match = /^(\d+)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(String(value).trim());
  if (!match) return null;
  const exponent = Number(match[3] ?? 0);
  if (Math.abs(exponent) > 30) return null;
  const whole = match[1] ?? "0";
  const fraction = match[2] ?? "";
  const shift = decimals + exponent - fraction.length;
  let digits = BigInt(whole + fraction);
  if (shift >= 0) digits *= 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    digits = (digits + divisor - 1n) / divisor;
  }
  return digits <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(digits) : null;
}
