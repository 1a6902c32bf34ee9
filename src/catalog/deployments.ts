import type { ModelConfig } from "../config/config.ts";
import type { Deployment, Deprecation, Price } from "../core/deployment.ts";
import { kindOf } from "./kind.ts";
import { canonicalNameOf, plainNameOf } from "./names.ts";
import { contextLengthOf, pricedModels, priceOf } from "./prices.ts";
import { deprecationOf } from "./shutdowns.ts";
import { factsOf } from "./table.ts";
import { taskQualityOf } from "./task-quality.ts";
import { capabilitiesOf, namedOnly, type ToldModel } from "./told-model.ts";

export interface CatalogProvider {
  id: string;
  /** Its id in the price data; null = not in it. */
  priceId: string | null;
  local: boolean;
  /** Whether it tells its models itself. */
  discovers: boolean;
  dataCollection: "allow" | "deny";
  /** A list = only these; null = what it tells, else what the price data lists for it. */
  models: readonly ModelConfig[] | null;
  /** What a provider inside this process serves. */
  ownModels?: readonly string[];
}

/** Nothing is paid for a model on one's own machine, and that is known. */
const LOCAL_PRICE: Price = Object.freeze({
  input: 0,
  output: 0,
  cachedInput: null,
  cacheWrite: null,
  reasoning: null,
  source: "local",
  asOf: null,
});

/** Variants of OpenRouter's slugs, which routing reads as suffixes; Ollama's tags never look like these. */
const VARIANT = /\/.*:(?:free|nitro|floor|extended|thinking|batch|beta|online|exacto)$/;
/** What can stand in a header whose entries are separated by commas, and is no word of the router's own. */
const USABLE = /^(?!(?:.*\/)?auto(?:$|:)|strategy:|industry:|~)[\x21-\x2b\x2d-\x7e]{1,200}$/;

/** The deployments of one provider. `told` is what it said it serves; undefined = it has not said anything. */
export function deploymentsOf(
  provider: CatalogProvider,
  told: readonly ToldModel[] | undefined,
  nowMs: number,
): Deployment[] {
  if (provider.models !== null) return provider.models.map((model) => declared(provider, model, nowMs));
  const served =
    provider.ownModels?.map(namedOnly) ?? (provider.discovers ? told : undefined) ?? listed(provider, nowMs);
  const deployments = new Map<string, Deployment>();
  for (const it of served) {
    const { id: upstream } = it;
    const model = canonicalNameOf(upstream);
    const kind = kindOf(upstream);
    if (!USABLE.test(upstream) || !USABLE.test(model) || VARIANT.test(upstream) || kind === "other") continue;
    // Where a provider lists a model under several names, the canonical one is the one that stays.
    if (deployments.has(model) && plainNameOf(upstream) !== model) continue;
    deployments.set(model, discovered(provider, model, it, kind, nowMs));
  }
  return [...deployments.values()];
}

function listed(provider: CatalogProvider, nowMs: number): readonly ToldModel[] {
  if (provider.local || provider.priceId === null) return [];
  return pricedModels(provider.priceId, nowMs).map(({ upstream }) => namedOnly(upstream));
}

function declared(provider: CatalogProvider, model: ModelConfig, nowMs: number): Deployment {
  const upstream = model.upstream ?? model.id;
  const facts = factsOf(canonicalNameOf(model.id)) ?? factsOf(canonicalNameOf(upstream));
  const price: Price | null = model.price && {
    ...model.price,
    reasoning: null,
    source: "config",
    asOf: null,
  };
  return {
    ...common(provider, model.id, upstream),
    price: price ?? priceAt(provider, upstream, nowMs) ?? priceAt(provider, model.id, nowMs),
    contextLength:
      model.context ??
      contextAt(provider, upstream) ??
      contextAt(provider, model.id) ??
      facts?.contextLength ??
      null,
    ...(model.context === null ? {} : { declaredContext: model.context }),
    maxOutputTokens: model.maxOutput ?? facts?.maxOutputTokens ?? null,
    capabilities: model.capabilities ?? facts?.capabilities ?? null,
    quality: model.quality ?? facts?.quality ?? null,
    // Who rates a model himself rates it for everything.
    taskQuality: model.quality === null ? taskQualityOf(canonicalNameOf(model.id)) : {},
    kind: model.kind,
    deprecation: endOf(provider, upstream) ?? endOf(provider, model.id),
    weight: model.weight,
    maxParallel: model.maxParallel,
  };
}

/** Each figure is the provider's own if it tells one, else what is known of the model. */
function discovered(
  provider: CatalogProvider,
  model: string,
  told: ToldModel,
  kind: "embedding" | null,
  nowMs: number,
): Deployment {
  const facts = factsOf(model);
  const { id: upstream } = told;
  return {
    ...common(provider, model, upstream),
    // At home nothing is paid, whatever a server says of itself.
    price: (provider.local ? null : told.price) ?? priceAt(provider, upstream, nowMs),
    contextLength: told.contextLength ?? contextAt(provider, upstream) ?? facts?.contextLength ?? null,
    maxOutputTokens: told.maxOutputTokens ?? facts?.maxOutputTokens ?? null,
    ...capabilitiesOf(told, facts),
    quality: facts?.quality ?? null,
    taskQuality: taskQualityOf(model),
    kind: told.kind ?? kind ?? facts?.kind ?? null,
    deprecation: told.deprecation ?? endOf(provider, upstream),
    weight: 1,
    maxParallel: null,
  };
}

function common(provider: CatalogProvider, model: string, upstream: string) {
  return {
    id: `${provider.id}/${model}`,
    providerId: provider.id,
    model,
    upstream,
    local: provider.local,
    dataCollection: provider.dataCollection,
  };
}

function priceAt(provider: CatalogProvider, upstream: string, nowMs: number): Price | null {
  if (provider.local) return LOCAL_PRICE;
  return provider.priceId === null ? null : priceOf(provider.priceId, upstream, nowMs);
}

function contextAt(provider: CatalogProvider, upstream: string): number | null {
  return provider.priceId === null ? null : contextLengthOf(provider.priceId, upstream);
}

function endOf(provider: CatalogProvider, upstream: string): Deprecation | null {
  return provider.local || provider.priceId === null ? null : deprecationOf(provider.priceId, upstream);
}
