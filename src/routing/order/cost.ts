import type { Deployment } from "../../core/deployment.ts";
import { expectedCost } from "../expected-cost.ts";
import type { Terms } from "../terms.ts";
import { sortedByNumber } from "./by-number.ts";
import type { Ties } from "./ties.ts";

/** Cheapest for this very request first, unknown prices last; equal costs share the load. */
export function byExpectedCost(
  deployments: readonly Deployment[],
  { request, outputTokens }: Terms,
  ties: Ties,
): Deployment[] {
  const costOf = (deployment: Deployment) =>
    expectedCost(deployment, request.promptTokens, outputTokens) ?? Number.POSITIVE_INFINITY;
  // Stickiness is for deployments of one model only; here neighbours may be any.
  return sortedByNumber(deployments, costOf, { ...ties, stickyKey: null });
}
