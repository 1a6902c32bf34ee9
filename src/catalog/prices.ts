import type { ModelInfo, ModelPrice } from "@pydantic/genai-prices";
import type { Price } from "../core/deployment.ts";
import { parseUsd } from "../core/money.ts";
import { kindOf } from "./kind.ts";
import { findModel, listedModels, PRICE_DATA, pricesAt } from "./price-data.ts";
import { splitSlug } from "./vendors.ts";

/** What the price data has of one model. */
export interface PricedModel {
  /** What the provider calls it. */
  upstream: string;
  price: Price;
  /** Tokens of prompt + output; null = not known. */
  contextLength: number | null;
}

/**
 * The models that the data lists for a provider with a full price, deprecated ones left out. A provider whose data
 * borrows from others (Azure) has no list: what is deployed there is the operator's choice.
 */
export function pricedModels(priceId: string, nowMs: number): readonly PricedModel[] {
  const priced = listedModels(priceId).flatMap(({ upstream, model }) => {
    const price = priceAt(model, upstream, nowMs);
    return price ? [{ upstream, price, contextLength: model.context_window ?? null }] : [];
  });
  const slugs = priced.filter(({ upstream }) => splitSlug(upstream).vendor !== null);
  // In a list of slugs a bare name is an old spelling that the provider does not take.
  return slugs.length * 2 > priced.length ? priced.filter(({ upstream }) => upstream.includes("/")) : priced;
}

/**
 * The price of one model in nano-USD per million tokens, null where input or output is not known. Where the data has
 * tiers by prompt length it is the first tier's; where it has dates or hours of the day it is what applies at `nowMs`.
 * Fees per request or per search are not in it.
 */
export function priceOf(priceId: string, upstream: string, nowMs: number): Price | null {
  const model = findModel(priceId, upstream);
  return model ? priceAt(model, upstream, nowMs) : null;
}

/** Tokens of prompt + output; null = not known. */
export function contextLengthOf(priceId: string, upstream: string): number | null {
  return findModel(priceId, upstream)?.context_window ?? null;
}

/** Prices that no date changes, shaped once: catalogs are built again whenever a server comes or goes. */
const steady = new WeakMap<ModelInfo, Price | null>();

function priceAt(model: ModelInfo, upstream: string, nowMs: number): Price | null {
  const known = steady.get(model);
  if (known !== undefined) return known;
  const price = shaped(pricesAt(model, upstream, nowMs), upstream);
  if (!Array.isArray(model.prices)) steady.set(model, price);
  return price;
}

function shaped(prices: ModelPrice | null, upstream: string): Price | null {
  if (!prices) return null;
  const input = nanoUsd(prices.input_mtok);
  // Embeddings have no output; that the data is silent about its price is no gap.
  const output = nanoUsd(prices.output_mtok) ?? (kindOf(upstream) === "embedding" ? 0 : null);
  if (input === null || output === null) return null;
  return Object.freeze({
    input,
    output,
    cachedInput: nanoUsd(prices.cache_read_mtok),
    cacheWrite: nanoUsd(prices.cache_write_mtok),
    reasoning: nanoUsd(prices.output_reasoning_mtok),
    source: "genai-prices",
    asOf: PRICE_DATA.asOf,
  });
}

/** USD per million tokens as the data has them, doubles, become the integers they mean: 0.15 → 150,000,000. */
function nanoUsd(price: ModelPrice[string]): number | null {
  const usd = typeof price === "object" ? price.base : price;
  return usd === undefined || !Number.isFinite(usd) || usd < 0 ? null : parseUsd(usd.toFixed(9));
}
