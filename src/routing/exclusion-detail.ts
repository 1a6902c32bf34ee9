import { formatUsd } from "../core/money.ts";
import { EXCLUSIONS, type Excluded } from "./exclusion.ts";
import { expectedCost } from "./expected-cost.ts";
import { missingParams } from "./filter.ts";

const UNKNOWN_PRICE = "its price is unknown";

/** The numbers behind an exclusion: `needs 140000 tokens, has 131072`. Made only where somebody reads it. */
export function detailOf({ deployment, reason, terms }: Excluded): string {
  const { request } = terms;
  const { preferences } = request;
  const { providerId, model } = deployment;
  switch (reason) {
    case "not_allowed":
      return request.allowedModels && !request.allowedModels.includes(model)
        ? `the key may not use the model ${model}`
        : `the key may not use the provider ${providerId}`;
    case "draining":
      return `${providerId} is draining`;
    case "wrong_kind":
      return `the model is for ${deployment.kind}`;
    case "not_local":
      return `${providerId} is not local`;
    case "provider_not_selected":
      return preferences.only && !preferences.only.includes(providerId)
        ? `provider.only is ${preferences.only.join(", ")}`
        : `provider.order is ${preferences.order.join(", ")} without fallbacks`;
    case "provider_ignored":
      return `provider.ignore names ${providerId}`;
    case "data_collection":
      return `${providerId} is not marked data_collection: deny`;
    case "parameter_unsupported":
      return `does not take ${missingParams(deployment, terms).join(", ")}`;
    case "capability_missing":
      return lackOf({ deployment, reason, terms });
    case "context_too_small":
      return `needs ${request.promptTokens + (terms.outputTokens ?? 0)} tokens, has ${deployment.contextLength}`;
    case "below_quality_floor":
      return deployment.quality === null
        ? `it is not rated, the floor is ${terms.qualityFloor}`
        : `its quality is ${deployment.quality}, the floor is ${terms.qualityFloor}`;
    case "over_max_price":
      return overPrice({ deployment, reason, terms });
    case "over_max_cost":
      return overCost({ deployment, reason, terms });
    // Found when it was its turn to be called, so never here.
    case "over_budget":
    case "price_unknown":
      return EXCLUSIONS[reason];
    case "fallbacks_off":
      return "another one is first and provider.allow_fallbacks is false";
  }
}

function lackOf({ deployment: { capabilities, unknownCapabilities }, terms }: Excluded): string {
  if (!capabilities) return "nobody knows what it can, and require_parameters is set";
  const missing = terms.request.needs.filter((need) => !capabilities.includes(need));
  const lacking = missing.filter((need) => !unknownCapabilities?.includes(need));
  if (lacking.length > 0) return `lacks ${lacking.join(", ")}`;
  return `nobody knows whether it has ${missing.join(", ")}, and require_parameters is set`;
}

function overPrice({ deployment: { price }, terms }: Excluded): string {
  if (!price) return UNKNOWN_PRICE;
  const { maxPrompt, maxCompletion } = terms.request.preferences;
  if (terms.freeOnly && (price.input > 0 || price.output > 0)) return "it is not free";
  const isInput = maxPrompt !== null && price.input > maxPrompt;
  const [what, cost, limit] = isInput
    ? ["input", price.input, maxPrompt]
    : ["output", price.output, maxCompletion ?? 0];
  return `${what} costs ${formatUsd(cost)} USD per million tokens, the limit is ${formatUsd(limit)}`;
}

function overCost({ deployment, terms }: Excluded): string {
  const cost = expectedCost(deployment, terms.request.promptTokens, terms.outputTokens);
  if (cost === null) return UNKNOWN_PRICE;
  return `expected to cost ${formatUsd(cost)} USD, the limit is ${formatUsd(terms.maxCostNanoUsd ?? 0)}`;
}
