import type { MatchLogic, ModelInfo, ModelPrice, Provider } from "@pydantic/genai-prices";

type Library = typeof import("@pydantic/genai-prices");

/** The day the bundled figures are of: the release of the version that is installed. A test keeps the two together. */
export const PRICE_DATA = { version: "0.1.8", asOf: "2026-09-23" } as const;

let library: Library | null = null;

/** Loaded when first asked, not when imported: half a megabyte of data that an all-local gateway never needs. */
function loaded(): Library {
  library ??= require("@pydantic/genai-prices") as Library;
  return library;
}

/** One provider of the data, arranged for looking names up. */
interface Shelf {
  provider: Provider;
  /** Exact names, lower-cased → the first model that has them. */
  exact: Map<string, { model: ModelInfo; index: number }>;
  /** Models that also match by pattern, in the order of the data. */
  patterns: { model: ModelInfo; index: number }[];
  /** What was looked up before; null = not known. */
  found: Map<string, ModelInfo | null>;
}

const shelves = new Map<string, Shelf | null>();
/** Names come from servers' lists, so what is remembered of them is bounded. */
const MOST_REMEMBERED = 20_000;

function shelfOf(priceId: string): Shelf | null {
  const known = shelves.get(priceId);
  if (known !== undefined) return known;
  const provider = loaded().findProvider({ providerId: priceId });
  const shelf = provider?.id === priceId ? arranged(provider) : null;
  shelves.set(priceId, shelf);
  return shelf;
}

function arranged(provider: Provider): Shelf {
  const shelf: Shelf = { provider, exact: new Map(), patterns: [], found: new Map() };
  for (const [index, model] of provider.models.entries()) {
    const names = exactNamesOf(model.match);
    for (const name of names.exact) {
      const key = name.toLowerCase();
      if (!shelf.exact.has(key)) shelf.exact.set(key, { model, index });
    }
    if (names.more) shelf.patterns.push({ model, index });
  }
  return shelf;
}

/** The names a match lists one by one, and whether it matches others as well. */
function exactNamesOf(logic: MatchLogic): { exact: string[]; more: boolean } {
  if ("equals" in logic) return { exact: [logic.equals], more: false };
  if (!("or" in logic)) return { exact: [], more: true };
  const parts = logic.or.map(exactNamesOf);
  return { exact: parts.flatMap((part) => part.exact), more: parts.some((part) => part.more) };
}

function matches(logic: MatchLogic, name: string): boolean {
  if ("or" in logic) return logic.or.some((part) => matches(part, name));
  if ("and" in logic) return logic.and.every((part) => matches(part, name));
  if ("equals" in logic) return name === logic.equals.toLowerCase();
  if ("starts_with" in logic) return name.startsWith(logic.starts_with.toLowerCase());
  if ("ends_with" in logic) return name.endsWith(logic.ends_with.toLowerCase());
  if ("contains" in logic) return name.includes(logic.contains.toLowerCase());
  return new RegExp(logic.regex).test(name);
}

/** The first model of the data that the name matches, as the library itself decides, without walking all of them. */
function search(shelf: Shelf, name: string): ModelInfo | null {
  const exact = shelf.exact.get(name);
  const before = exact?.index ?? Number.POSITIVE_INFINITY;
  const earlier = shelf.patterns.find(({ model, index }) => index < before && matches(model.match, name));
  if (earlier) return earlier.model;
  if (exact) return exact.model;
  for (const lender of shelf.provider.fallback_model_providers ?? []) {
    const lent = shelfOf(lender);
    const model = lent ? search(lent, name) : null;
    if (model) return model;
  }
  return null;
}

/** `-20250807`, which some hosts write for `-2025-08-07`. */
const COMPACT_DATE = /-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/g;

/** What the data knows of a provider's model; null = nothing. Case does not count. */
export function findModel(priceId: string, upstream: string): ModelInfo | null {
  const shelf = shelfOf(priceId);
  if (!shelf) return null;
  const name = upstream.toLowerCase();
  const known = shelf.found.get(name);
  if (known !== undefined) return known;
  const model = search(shelf, name) ?? search(shelf, name.replace(COMPACT_DATE, "-$1-$2-$3"));
  if (shelf.found.size >= MOST_REMEMBERED) shelf.found.clear();
  shelf.found.set(name, model);
  return model;
}

/** The prices that apply at a moment; which of several does is the library's decision. */
export function pricesAt(model: ModelInfo, upstream: string, nowMs: number): ModelPrice | null {
  if (!Array.isArray(model.prices)) return model.prices;
  const provider: Provider = {
    id: "one",
    name: "one",
    api_pattern: "",
    models: [{ ...model, match: { equals: upstream } }],
  };
  return loaded().calcPrice({}, upstream, { provider, timestamp: new Date(nowMs) })?.model_price ?? null;
}

/** The names to call a provider's listed models by; none for a provider that lends its list from others. */
export function listedModels(priceId: string): readonly { upstream: string; model: ModelInfo }[] {
  const shelf = shelfOf(priceId);
  if (!shelf || shelf.provider.fallback_model_providers) return [];
  return shelf.provider.models.flatMap((model) => {
    const upstream = model.deprecated ? null : callableName(model);
    return upstream === null ? [] : [{ upstream, model }];
  });
}

/** The data's own id is a label; what the API is called with is a name that matches. Lower case where both do. */
function callableName(model: ModelInfo): string | null {
  const { exact } = exactNamesOf(model.match);
  if (matches(model.match, model.id.toLowerCase())) {
    return exact.includes(model.id.toLowerCase()) ? model.id.toLowerCase() : model.id;
  }
  return exact[0] ?? null;
}
