import { isObject, type JsonObject } from "../../../core/json.ts";
import { parseUsd, parseUsdPerToken } from "../../../core/money.ts";
import type { ListedModel } from "../../contract.ts";

type Read = (value: string | number) => number | null;

/** 10,000 USD per million tokens: above it the list means another unit than it seems to. */
const MOST = 10_000_000_000_000;
/** 0.0001 USD per million tokens: below it too, unless it is 0. */
const LEAST = 100_000;
/** No price has more characters; what is longer is not even looked at. */
const LONGEST = 40;

/**
 * A list's price in nano-USD per million tokens, null where it is not told or cannot be meant. Two forms are in use: USD
 * per token under `prompt` and `completion` (https://openrouter.ai/docs/models, and those who list themselves there), USD
 * per million tokens under `input` and `output` (https://docs.together.ai/reference/models-1).
 */
export function listedPrice(pricing: unknown, kind: ListedModel["kind"]): ListedModel["price"] {
  if (!isObject(pricing)) return null;
  return pricing.prompt === undefined ? perMillion(pricing, kind) : perToken(pricing, kind);
}

function perToken(pricing: JsonObject, kind: ListedModel["kind"]): ListedModel["price"] {
  const told = plainOf(pricing.prompt, pricing.completion, kind, parseUsdPerToken);
  if (!told) return null;
  // Nothing for tokens and something for requests or pictures is a model sold by another measure.
  if (told.input === 0 && told.output === 0 && Object.values(pricing).some(isCharged)) return null;
  return {
    ...told,
    cachedInput: bucketOf(pricing.input_cache_read ?? pricing.input_cache_reads, parseUsdPerToken),
    cacheWrite: bucketOf(pricing.input_cache_write ?? pricing.input_cache_writes, parseUsdPerToken),
    reasoning: bucketOf(pricing.internal_reasoning, parseUsdPerToken),
  };
}

function perMillion(pricing: JsonObject, kind: ListedModel["kind"]): ListedModel["price"] {
  const told = plainOf(pricing.input, pricing.output, kind, parseUsd);
  // Together writes zeros where it does not sell by the token but by the hour.
  if (!told || (told.input === 0 && told.output === 0)) return null;
  return {
    ...told,
    cachedInput: bucketOf(pricing.cached_input, parseUsd),
    cacheWrite: null,
    reasoning: null,
  };
}

/** Both or nothing; an embedding has no output, so that its price may be missing. */
function plainOf(inputTold: unknown, outputTold: unknown, kind: ListedModel["kind"], read: Read) {
  const input = figureOf(inputTold, read);
  const output = figureOf(outputTold, read) ?? (kind === "embedding" && outputTold === undefined ? 0 : null);
  return input === null || output === null ? null : { input, output };
}

/** A bucket of 0 beside a price is filled in for "none of its own" as often as meant: never understate. */
function bucketOf(value: unknown, read: Read): number | null {
  return figureOf(value, read) || null;
}

function figureOf(value: unknown, read: Read): number | null {
  if (typeof value !== "number" && (typeof value !== "string" || value.length > LONGEST)) return null;
  const figure = read(value);
  return figure === null || figure > MOST || (figure > 0 && figure < LEAST) ? null : figure;
}

function isCharged(value: unknown): boolean {
  return (typeof value === "string" || typeof value === "number") && Number(value) > 0;
}
