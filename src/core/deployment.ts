/** What a model can do beyond text in, text out. */
export type Capability = "tools" | "json_schema" | "vision" | "audio" | "pdf" | "reasoning";
export const CAPABILITIES: readonly Capability[] = [
  "tools",
  "json_schema",
  "vision",
  "audio",
  "pdf",
  "reasoning",
];

/** The tasks for which models are rated apart. */
export type RatedTask = "code" | "reasoning";

/** Integer nano-USD per million tokens. A null bucket costs what `input` costs (cached, written) or `output` (reasoning). */
export interface Price {
  input: number;
  output: number;
  cachedInput: number | null;
  cacheWrite: number | null;
  reasoning: number | null;
  /** Where the figure comes from: `config`, `genai-prices`, `provider`, `local`. */
  source: string;
  /** Day the figure was taken, `YYYY-MM-DD`; null = unknown. */
  asOf: string | null;
}

/** The provider gives a model up. */
export interface Deprecation {
  /** Day from which calls fail, `YYYY-MM-DD`; null = not announced. */
  shutdownDate: string | null;
}

/** One (provider, model) pair: what the router orders and the gateway calls. Immutable; replaced with its snapshot. */
export interface Deployment {
  /** `openai/gpt-4o-mini`: unique, stable across reloads, shown in headers and logs. */
  id: string;
  providerId: string;
  /** Canonical model id: `gpt-4o-mini`. */
  model: string;
  /** What the provider calls the model: `meta-llama/Llama-3.1-8B-Instruct`. */
  upstream: string;
  /** null = not known; never 0 by default. */
  price: Price | null;
  /** Tokens of prompt + output; null = not known, never filtered on. */
  contextLength: number | null;
  /** The same where the operator says it, who may want the model run with less than it was made for; absent = not said. */
  declaredContext?: number;
  maxOutputTokens: number | null;
  /** null = not known, assumed able. */
  capabilities: readonly Capability[] | null;
  /** Those of which nobody knows whether it has them, beside a list of those it has; absent = none. */
  unknownCapabilities?: readonly Capability[];
  /** 0–100; null = not rated. */
  quality: number | null;
  /** 0–100 for a task at which the model is better or worse than in general; an absent task = as `quality`. */
  taskQuality: Readonly<Partial<Record<RatedTask, number>>>;
  /** null = serves chat and embeddings alike. */
  kind: "chat" | "embedding" | null;
  /** null = not known to be given up. Changes nothing about the order. */
  deprecation: Deprecation | null;
  local: boolean;
  /** Relative share among equals; 1 by default. */
  weight: number;
  /** Most calls at once; null = no limit. */
  maxParallel: number | null;
  /** `allow` or `deny`: what `provider.data_collection` is matched against. */
  dataCollection: "allow" | "deny";
}

/** One canonical model as `GET /v1/models` shows it: the best of its deployments' figures. */
export interface ModelCard {
  id: string;
  /** `openai`, `meta-llama`, …; the provider id where the vendor is unknown. */
  ownedBy: string;
  /** Unix seconds the model became known; 0 = unknown. */
  created: number;
  /** By id. */
  deployments: readonly Deployment[];
}

/** What routing may ask of the catalog. Immutable; one per snapshot. */
export interface CatalogView {
  /** Changes whenever anything in it does. */
  readonly revision: string;
  readonly models: ReadonlyMap<string, ModelCard>;
  /** Names from the config: one or several entries, each itself a model form. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly providerIds: ReadonlySet<string>;
  /** The canonical model behind an exact id, a declared alias or a vendor slug (`openai/gpt-4o`); null = none. Never guesses. */
  canonical(name: string): string | null;
  /** True for a vendor prefix of slugs: `anthropic`, `meta-llama`. */
  isVendor(prefix: string): boolean;
  /** Up to three known names near a mistyped one, nearest first. */
  suggest(name: string): readonly string[];
}
