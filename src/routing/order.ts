import type { Deployment } from "../core/deployment.ts";
import type { Health } from "./health.ts";
import type { ProviderPreferences } from "./request.ts";

/** How the deployments of one model stand: cheapest first unless something else is asked for. */
export type Sort = "price" | "latency";

/** Blended price for comparison: nano-USD per million tokens, output weighted like input; unknown is dearest. */
function priceOf({ price }: Deployment): number {
  return price ? price.input + price.output : Number.POSITIVE_INFINITY;
}

function latencyOf(deployment: Deployment, health: Health): number {
  return health.view(deployment.id).ttftP50Ms ?? Number.POSITIVE_INFINITY;
}

function positionIn(order: readonly string[], providerId: string): number {
  const at = order.indexOf(providerId);
  return at === -1 ? order.length : at;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * Orders deployments of one model: `provider.order` first, then by price (or latency where asked), equals by fewest
 * in flight per weight, and last by id, so that the same snapshot always gives the same order.
 */
export function order(
  deployments: readonly Deployment[],
  sort: Sort,
  preferences: ProviderPreferences,
  health: Health,
): Deployment[] {
  if (deployments.length < 2) return [...deployments];
  const load = (deployment: Deployment) => (health.inFlight(deployment.id) + 1) / deployment.weight;
  return deployments.toSorted(
    (a, b) =>
      compare(positionIn(preferences.order, a.providerId), positionIn(preferences.order, b.providerId)) ||
      (sort === "latency" ? compare(latencyOf(a, health), latencyOf(b, health)) : 0) ||
      compare(priceOf(a), priceOf(b)) ||
      compare(load(a), load(b)) ||
      compare(a.id < b.id ? 0 : 1, a.id < b.id ? 1 : 0),
  );
}
