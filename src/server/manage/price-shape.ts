import type { Price } from "../../core/deployment.ts";
import { formatUsd } from "../../core/money.ts";
import { z } from "./contract.ts";

const text = z.string().nullable();

/** USD per million tokens, as decimal strings. */
export const priceSchema = z
  .object({
    input: text,
    output: text,
    cached_input: text,
    cache_write: text,
    reasoning: text,
    source: text,
    as_of: text,
  })
  .openapi("Price");

export function showPrice(price: Price): z.output<typeof priceSchema> {
  const usd = (nanoUsd: number | null) => (nanoUsd === null ? null : formatUsd(nanoUsd));
  return {
    input: usd(price.input),
    output: usd(price.output),
    cached_input: usd(price.cachedInput),
    cache_write: usd(price.cacheWrite),
    reasoning: usd(price.reasoning),
    source: price.source,
    as_of: price.asOf,
  };
}
