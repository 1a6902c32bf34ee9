import type { Deployment } from "../core/deployment.ts";
import type { Terms } from "./terms.ts";

/** Why a deployment is not in the chain: a closed list, shown to operators and callers alike. */
export const EXCLUSIONS = {
  not_allowed: "the key may not use this model or provider",
  draining: "the operator is taking its provider out of service",
  wrong_kind: "the model does not serve this endpoint",
  not_local: "it is not on the user's own infrastructure, and local was demanded",
  provider_not_selected: "`provider.only` or `provider.order` without fallbacks leaves it out",
  provider_ignored: "`provider.ignore` names its provider",
  data_collection: "its provider collects data and the request denies that",
  parameter_unsupported:
    "`provider.require_parameters` is set and it does not take a field of the request, or not this value of it",
  capability_missing: "the model lacks something the request needs",
  context_too_small: "prompt and requested output do not fit its context window",
  below_quality_floor: "its quality is below `routing.quality_floor`, or nobody rated it",
  over_max_price: "it costs more than `provider.max_price`, or than nothing where `:free` was asked for",
  over_max_cost: "this request would cost more than `max_cost_usd` there",
  over_budget:
    "what it may cost did not fit what was left of the key's or the organization's budget when it was its turn",
  price_unknown: "its price is unknown, and under a budget `unknown_price` is `skip`",
  fallbacks_off: "`provider.allow_fallbacks` is false and another one is first",
} as const;

export type ExclusionReason = keyof typeof EXCLUSIONS;

export interface Excluded {
  deployment: Deployment;
  reason: ExclusionReason;
  /** What it was measured by; `detailOf` puts the numbers into words. */
  terms: Terms;
}
