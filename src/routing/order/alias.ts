import type { Deployment } from "../../core/deployment.ts";
import { sortedByNumber } from "./by-number.ts";
import type { Ties } from "./ties.ts";

/** For comparing: nano-USD per million tokens, output weighted like input; unknown is dearest. */
export function blendedPrice({ price }: Deployment): number {
  return price ? price.input + price.output : Number.POSITIVE_INFINITY;
}

/** Cheapest first; equal prices share the load, or keep a conversation where it is. */
export function byPrice(deployments: readonly Deployment[], ties: Ties): Deployment[] {
  return sortedByNumber(deployments, blendedPrice, ties);
}
