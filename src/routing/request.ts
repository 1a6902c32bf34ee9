import type { Capability } from "../core/deployment.ts";
import type { JsonObject } from "../core/json.ts";

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
  /** Only deployments that take every field of the request. */
  requireParameters: boolean;
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
  requireParameters: false,
});

/** What routing must know of a request. Its words lie in `body` and are read only where a form or a rule needs them. */
export interface RouteRequest {
  kind: "chat" | "embedding";
  /** As written; null = none. */
  model: string | null;
  models: readonly string[];
  preferences: ProviderPreferences;
  needs: readonly Capability[];
  /** Reasoning was asked for; a model that cannot is no reason to leave it out unless parameters are required. */
  wantsReasoning: boolean;
  /** Estimated tokens of the prompt. */
  promptTokens: number;
  /** The output limit the caller asked for; null = none. */
  outputTokens: number | null;
  /** Null = all. */
  allowedModels: readonly string[] | null;
  allowedProviders: readonly string[] | null;
  keyId: string;
  orgId: string;
  stream: boolean;
  /** `metadata.industry` as written; null = none. */
  industry: string | null;
  /** Most the request may cost, nano-USD; null = no limit. */
  maxCostNanoUsd: number | null;
  /** What keeps a conversation on one deployment: a user or a session; null = nothing. */
  stickyKey: string | null;
  /** In [0, 1): decides where chance decides, so that the same request is always planned alike. */
  seed: number;
  /** The whole request, never changed here. */
  body: Readonly<JsonObject>;
}
