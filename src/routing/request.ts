import type { Capability } from "../core/deployment.ts";

/** OpenRouter's `provider: {…}`, read and checked. */
export interface ProviderPreferences {
  order: readonly string[];
  only: readonly string[] | null;
  ignore: readonly string[];
  /** False: no deployment beyond `order`; without an order, none beyond the first. */
  allowFallbacks: boolean;
  sort: "price" | "latency" | "throughput" | null;
  /** Nano-USD per million tokens; null = no limit. */
  maxPrompt: number | null;
  maxCompletion: number | null;
  /** `deny`: only deployments that do not collect data. */
  dataCollection: "allow" | "deny";
}

export const NO_PREFERENCES: ProviderPreferences = Object.freeze({
  order: [],
  only: null,
  ignore: [],
  allowFallbacks: true,
  sort: null,
  maxPrompt: null,
  maxCompletion: null,
  dataCollection: "allow",
});

/** What routing must know of a request; no prompt text. */
export interface RouteRequest {
  kind: "chat" | "embedding";
  /** As written; null = none. */
  model: string | null;
  models: readonly string[];
  preferences: ProviderPreferences;
  needs: readonly Capability[];
  /** Estimated tokens of the prompt. */
  promptTokens: number;
  /** The output limit the caller asked for; null = none. */
  outputTokens: number | null;
  /** Null = all. */
  allowedModels: readonly string[] | null;
  allowedProviders: readonly string[] | null;
}
