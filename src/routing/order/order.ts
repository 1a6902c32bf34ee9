import type { Deployment } from "../../core/deployment.ts";
import type { Order } from "../part.ts";
import type { Terms } from "../terms.ts";
import { byPrice } from "./alias.ts";
import { byExpectedCost } from "./cost.ts";
import { byLatency } from "./latency.ts";
import { byLocality } from "./local.ts";
import { byQuality } from "./quality.ts";
import type { Ties } from "./ties.ts";

/** Puts what is left of one part of the chain in order; `provider.order` goes before everything. */
export function inOrder(
  kept: readonly Deployment[],
  order: Order,
  terms: Terms,
  ties: Ties,
): readonly Deployment[] {
  if (kept.length < 2) return kept;
  const ordered = byOrder(kept, order, terms, ties);
  const { order: wanted } = terms.request.preferences;
  return wanted.length === 0 ? ordered : wantedFirst(ordered, wanted);
}

function byOrder(kept: readonly Deployment[], order: Order, terms: Terms, ties: Ties): Deployment[] {
  switch (order) {
    case "price":
      return byPrice(kept, ties);
    case "latency":
      return byLatency(kept, terms.request.seed, ties);
    case "cost":
      return byExpectedCost(kept, terms, ties);
    case "quality":
      return byQuality(kept, ties);
    case "local":
      return byLocality(kept, ties);
  }
}

function wantedFirst(ordered: Deployment[], wanted: readonly string[]): Deployment[] {
  const place = ({ providerId }: Deployment) => {
    const at = wanted.indexOf(providerId);
    return at === -1 ? wanted.length : at;
  };
  return ordered.sort((a, b) => place(a) - place(b));
}
