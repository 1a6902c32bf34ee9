import type { Deployment } from "../core/deployment.ts";

/** Why a deployment is not in the chain: a closed list, shown to operators and callers alike. */
export const EXCLUSIONS = {
  not_allowed: "the key may not use this model or provider",
  wrong_kind: "the model does not serve this endpoint",
  provider_not_selected: "`provider.only` or `provider.order` without fallbacks leaves it out",
  provider_ignored: "`provider.ignore` names its provider",
  data_collection: "its provider collects data and the request denies that",
  capability_missing: "the model lacks something the request needs",
  context_too_small: "prompt and requested output do not fit its context window",
  over_max_price: "it costs more than `provider.max_price`",
  fallbacks_off: "`provider.allow_fallbacks` is false and another one is first",
} as const;

export type ExclusionReason = keyof typeof EXCLUSIONS;

export interface Excluded {
  deployment: Deployment;
  reason: ExclusionReason;
  /** The numbers used: `needs 140000 tokens, has 131072`. */
  detail: string;
}
