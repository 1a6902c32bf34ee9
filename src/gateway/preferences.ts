import { type ApiError, apiError } from "../core/errors.ts";
import { isObject } from "../core/json.ts";
import { parseUsd } from "../core/money.ts";
import { NO_PREFERENCES, type ProviderPreferences } from "../routing/request.ts";

/** Reads OpenRouter's `provider: {…}`; fields of it that are not known here change nothing. */
export function readPreferences(raw: unknown): ProviderPreferences | ApiError {
  if (raw === undefined || raw === null) return NO_PREFERENCES;
  if (!isObject(raw)) return refuse("provider", "must be an object");
  for (const field of ["order", "only", "ignore"] as const) {
    if (!isNameList(raw[field])) return refuse(`provider.${field}`, "must be an array of provider ids");
  }
  if (raw.allow_fallbacks !== undefined && typeof raw.allow_fallbacks !== "boolean") {
    return refuse("provider.allow_fallbacks", "must be a boolean");
  }
  if (raw.require_parameters !== undefined && typeof raw.require_parameters !== "boolean") {
    return refuse("provider.require_parameters", "must be a boolean");
  }
  // OpenRouter also takes `{by, partition}`.
  const sort = isObject(raw.sort) ? raw.sort.by : raw.sort;
  if (!isOneOf(sort, ["price", "latency", "throughput"]))
    return refuse("provider.sort", "must be price, latency or throughput");
  if (!isOneOf(raw.data_collection, ["allow", "deny"]))
    return refuse("provider.data_collection", "must be allow or deny");
  const prices = readMaxPrice(raw.max_price);
  if ("code" in prices) return prices;
  return {
    order: idsOf(raw.order) ?? [],
    only: idsOf(raw.only),
    ignore: idsOf(raw.ignore) ?? [],
    allowFallbacks: raw.allow_fallbacks !== false,
    sort: (sort as ProviderPreferences["sort"] | undefined) ?? null,
    dataCollection: raw.data_collection === "deny" ? "deny" : "allow",
    requireParameters: raw.require_parameters === true,
    ...prices,
  };
}

/** `max_price: {prompt, completion}` in USD per million tokens. */
function readMaxPrice(raw: unknown): Pick<ProviderPreferences, "maxPrompt" | "maxCompletion"> | ApiError {
  if (raw === undefined || raw === null) return { maxPrompt: null, maxCompletion: null };
  if (!isObject(raw)) return refuse("provider.max_price", "must be an object");
  const limits = { maxPrompt: null as number | null, maxCompletion: null as number | null };
  for (const [field, key] of [
    ["prompt", "maxPrompt"],
    ["completion", "maxCompletion"],
  ] as const) {
    const value = raw[field];
    if (value === undefined || value === null) continue;
    const limit = typeof value === "number" || typeof value === "string" ? parseUsd(value) : null;
    if (limit === null)
      return refuse(`provider.max_price.${field}`, "must be a price in USD per million tokens");
    limits[key] = limit;
  }
  return limits;
}

/** Our ids are lower case; OpenRouter's clients write `OpenAI` as well. */
function idsOf(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map((name) => String(name).toLowerCase()) : null;
}

function isNameList(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (Array.isArray(value) && value.every((it) => typeof it === "string"))
  );
}

function isOneOf(value: unknown, allowed: readonly string[]): boolean {
  return value === undefined || value === null || allowed.includes(value as string);
}

function refuse(param: string, problem: string): ApiError {
  return apiError("invalid_request", `\`${param}\` ${problem}.`, { param });
}
