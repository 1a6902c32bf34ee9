import type { Price } from "../core/deployment.ts";
import type { Usage } from "../core/usage.ts";

const TOKENS_PER_PRICE = 1_000_000n;

/**
 * What a request cost, in nano-USD: tokens times nano-USD per million tokens over disjoint buckets, rounded up once.
 * A bucket without a price of its own costs what the plain one does: cached and written prompt tokens as `input`,
 * reasoning as `output`. BigInt, because 300,000 tokens at 30 USD already pass what a double holds exactly.
 */
export function costOf(usage: Usage, price: Price): number {
  const total =
    product(usage.input, price.input) +
    product(usage.cachedRead, price.cachedInput ?? price.input) +
    product(usage.cacheWrite, price.cacheWrite ?? price.input) +
    product(usage.output, price.output) +
    product(usage.reasoning, price.reasoning ?? price.output);
  const nanoUsd = (total + TOKENS_PER_PRICE - 1n) / TOKENS_PER_PRICE;
  return nanoUsd > MOST ? Number.MAX_SAFE_INTEGER : Number(nanoUsd);
}

/** Nine million USD for one request: a provider that tells such a usage is wrong, and the sum must stay an integer. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

function product(tokens: number, nanoUsdPerMillion: number): bigint {
  return BigInt(tokens) * BigInt(nanoUsdPerMillion);
}
