import type { Price } from "../core/deployment.ts";
import type { Usage } from "../core/usage.ts";

const TOKENS_PER_PRICE = 1_000_000n;

/**
 * What a request cost, in nano-USD: tokens times nano-USD per million tokens over disjoint buckets, rounded up once.
 * A bucket without a price of its own costs what the plain one does: cached and written prompt tokens as `input`,
 * reasoning as `output`. BigInt, because 300,000 tokens at 30 USD already pass what a double holds exactly.
 */
export function costOf(usage: Usage, price: Price): number {
  const cachedInput = price.cachedInput ?? price.input;
  const cacheWrite = price.cacheWrite ?? price.input;
  const reasoning = price.reasoning ?? price.output;
  // Nearly every request is small enough for a double to be exact, and cheaper: no product, and so no sum, is rounded.
  const small =
    usage.input * price.input +
    usage.cachedRead * cachedInput +
    usage.cacheWrite * cacheWrite +
    usage.output * price.output +
    usage.reasoning * reasoning;
  if (small <= EXACT) {
    // The quotient may be rounded to an integer it has not reached; the product with that integer is exact.
    const whole = Math.floor(small / 1_000_000);
    return whole * 1_000_000 < small ? whole + 1 : whole;
  }
  const total =
    product(usage.input, price.input) +
    product(usage.cachedRead, cachedInput) +
    product(usage.cacheWrite, cacheWrite) +
    product(usage.output, price.output) +
    product(usage.reasoning, reasoning);
  const nanoUsd = (total + TOKENS_PER_PRICE - 1n) / TOKENS_PER_PRICE;
  return nanoUsd > MOST ? Number.MAX_SAFE_INTEGER : Number(nanoUsd);
}

/** Below it every integer is a double; a sum that rounded its way below it would have had to start above it. */
const EXACT = Number.MAX_SAFE_INTEGER - 1;

/** Nine million USD for one request: a provider that tells such a usage is wrong, and the sum must stay an integer. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

function product(tokens: number, nanoUsdPerMillion: number): bigint {
  return BigInt(tokens) * BigInt(nanoUsdPerMillion);
}
