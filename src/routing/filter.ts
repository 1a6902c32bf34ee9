import type { Deployment } from "../core/deployment.ts";
import type { Excluded, ExclusionReason } from "./exclusion.ts";
import type { RouteRequest } from "./request.ts";

type Refusal = { reason: ExclusionReason; detail: string };

/** Splits deployments into those the request can use and the rest, each with the first reason that holds. */
export function filter(
  deployments: readonly Deployment[],
  request: RouteRequest,
): { kept: Deployment[]; excluded: Excluded[] } {
  const kept: Deployment[] = [];
  const excluded: Excluded[] = [];
  for (const deployment of deployments) {
    const refusal = refusalOf(deployment, request);
    if (refusal) excluded.push({ deployment, ...refusal });
    else kept.push(deployment);
  }
  return { kept, excluded };
}

function refusalOf(deployment: Deployment, request: RouteRequest): Refusal | null {
  return (
    refusedByKey(deployment, request) ??
    refusedByPreference(deployment, request) ??
    refusedByNature(deployment, request)
  );
}

function refusedByKey({ model, providerId }: Deployment, request: RouteRequest): Refusal | null {
  if (request.allowedModels && !request.allowedModels.includes(model)) {
    return { reason: "not_allowed", detail: `the key may not use the model ${model}` };
  }
  if (request.allowedProviders && !request.allowedProviders.includes(providerId)) {
    return { reason: "not_allowed", detail: `the key may not use the provider ${providerId}` };
  }
  return null;
}

function refusedByPreference(deployment: Deployment, { preferences }: RouteRequest): Refusal | null {
  const { providerId } = deployment;
  if (preferences.only && !preferences.only.includes(providerId)) {
    return { reason: "provider_not_selected", detail: `provider.only is ${preferences.only.join(", ")}` };
  }
  if (preferences.ignore.includes(providerId)) {
    return { reason: "provider_ignored", detail: `provider.ignore names ${providerId}` };
  }
  if (
    !preferences.allowFallbacks &&
    preferences.order.length > 0 &&
    !preferences.order.includes(providerId)
  ) {
    return {
      reason: "provider_not_selected",
      detail: `provider.order is ${preferences.order.join(", ")} without fallbacks`,
    };
  }
  if (preferences.dataCollection === "deny" && deployment.dataCollection === "allow") {
    return { reason: "data_collection", detail: `${providerId} is not marked data_collection: deny` };
  }
  return overPrice(deployment, preferences.maxPrompt, preferences.maxCompletion);
}

function overPrice(
  { price }: Deployment,
  maxPrompt: number | null,
  maxCompletion: number | null,
): Refusal | null {
  if (maxPrompt === null && maxCompletion === null) return null;
  if (!price) return { reason: "over_max_price", detail: "its price is unknown" };
  if (maxPrompt !== null && price.input > maxPrompt) {
    return {
      reason: "over_max_price",
      detail: `input costs ${price.input}, limit ${maxPrompt} nano-USD per million tokens`,
    };
  }
  if (maxCompletion !== null && price.output > maxCompletion) {
    return {
      reason: "over_max_price",
      detail: `output costs ${price.output}, limit ${maxCompletion} nano-USD per million tokens`,
    };
  }
  return null;
}

function refusedByNature(deployment: Deployment, request: RouteRequest): Refusal | null {
  if (deployment.kind !== null && deployment.kind !== request.kind) {
    return { reason: "wrong_kind", detail: `the model is for ${deployment.kind}` };
  }
  const { capabilities } = deployment;
  const missing = capabilities ? request.needs.filter((need) => !capabilities.includes(need)) : [];
  if (missing.length > 0) return { reason: "capability_missing", detail: `lacks ${missing.join(", ")}` };
  const needed = request.promptTokens + (request.outputTokens ?? 0);
  if (deployment.contextLength !== null && needed > deployment.contextLength) {
    return { reason: "context_too_small", detail: `needs ${needed} tokens, has ${deployment.contextLength}` };
  }
  return null;
}
