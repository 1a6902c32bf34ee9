import type { Capability, Deployment } from "../core/deployment.ts";
import { notTakenOf } from "../core/params-not-taken.ts";
import type { ExclusionReason } from "./exclusion.ts";
import { expectedCost } from "./expected-cost.ts";
import { NO_PREFERENCES } from "./request.ts";
import type { Terms } from "./terms.ts";

/** The first reason why a deployment cannot serve the request; null = it can. Runs for every deployment: allocates nothing. */
export function refusalOf(deployment: Deployment, terms: Terms): ExclusionReason | null {
  const { kind } = deployment;
  if (terms.isPlain && (kind === null || kind === terms.request.kind))
    return refusedByNature(deployment, terms);
  return (
    refusedByOperator(deployment, terms) ??
    refusedByPreference(deployment, terms) ??
    refusedByNature(deployment, terms) ??
    refusedByCost(deployment, terms)
  );
}

/** Nobody demands anything but that the model can do it: nearly every request. */
export function isPlain(terms: Omit<Terms, "isPlain">): boolean {
  const { request } = terms;
  return (
    request.preferences === NO_PREFERENCES &&
    request.allowedModels === null &&
    request.allowedProviders === null &&
    terms.draining.size === 0 &&
    terms.maxCostNanoUsd === null &&
    !terms.localOnly &&
    !terms.freeOnly
  );
}

function refusedByOperator(deployment: Deployment, terms: Terms): ExclusionReason | null {
  const { request, draining } = terms;
  const { allowedModels, allowedProviders } = request;
  if (allowedModels && !allowedModels.includes(deployment.model)) return "not_allowed";
  if (allowedProviders && !allowedProviders.includes(deployment.providerId)) return "not_allowed";
  if (deployment.kind !== null && deployment.kind !== request.kind) return "wrong_kind";
  if (draining.size > 0 && draining.has(deployment.providerId)) return "draining";
  return terms.localOnly && !deployment.local ? "not_local" : null;
}

function refusedByPreference(deployment: Deployment, terms: Terms): ExclusionReason | null {
  const { preferences } = terms.request;
  const { providerId } = deployment;
  if (preferences.only && !preferences.only.includes(providerId)) return "provider_not_selected";
  if (preferences.ignore.length > 0 && preferences.ignore.includes(providerId)) return "provider_ignored";
  const closed = !preferences.allowFallbacks && preferences.order.length > 0;
  if (closed && !preferences.order.includes(providerId)) return "provider_not_selected";
  if (preferences.dataCollection === "deny" && deployment.dataCollection === "allow")
    return "data_collection";
  return preferences.requireParameters && missingParams(deployment, terms).length > 0
    ? "parameter_unsupported"
    : null;
}

/** Fields of the request that the deployment does not take for certain, where all of them are required. */
export function missingParams(deployment: Deployment, { request, notTaken }: Terms): string[] {
  const missing = notTakenOf(request.body, notTaken(deployment));
  return request.wantsReasoning && !deployment.capabilities?.includes("reasoning")
    ? [...missing, "reasoning"]
    : missing;
}

function refusedByNature(deployment: Deployment, terms: Terms): ExclusionReason | null {
  const { request, qualityFloor } = terms;
  const { capabilities, contextLength } = deployment;
  if (capabilities) {
    for (const need of request.needs)
      if (!capabilities.includes(need) && !mayHave(deployment, need, request)) return "capability_missing";
  } else if (request.preferences.requireParameters && request.needs.length > 0) return "capability_missing";
  if (contextLength !== null && request.promptTokens + (terms.outputTokens ?? 0) > contextLength)
    return "context_too_small";
  if (qualityFloor === null || request.kind === "embedding") return null;
  // What nobody rated is the operator's own choice where it is local, and an unknown quantity elsewhere.
  const quality = deployment.quality ?? (deployment.local ? qualityFloor : -1);
  return quality < qualityFloor ? "below_quality_floor" : null;
}

/** Nobody knows, and the request does not demand that somebody does. */
function mayHave(
  { unknownCapabilities }: Deployment,
  need: Capability,
  { preferences }: Terms["request"],
): boolean {
  return !preferences.requireParameters && unknownCapabilities?.includes(need) === true;
}

function refusedByCost(deployment: Deployment, terms: Terms): ExclusionReason | null {
  const { price } = deployment;
  const { maxPrompt, maxCompletion } = terms.request.preferences;
  if (terms.freeOnly && (!price || price.input > 0 || price.output > 0)) return "over_max_price";
  if (maxPrompt !== null && (!price || price.input > maxPrompt)) return "over_max_price";
  if (maxCompletion !== null && (!price || price.output > maxCompletion)) return "over_max_price";
  if (terms.maxCostNanoUsd === null) return null;
  const cost = expectedCost(deployment, terms.request.promptTokens, terms.outputTokens);
  return cost === null || cost > terms.maxCostNanoUsd ? "over_max_cost" : null;
}
