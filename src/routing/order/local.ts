import type { Deployment } from "../../core/deployment.ts";
import { rankByQuality } from "./quality.ts";
import { settleTies, type Ties } from "./ties.ts";

/** What is local first, each half best first. Done once per snapshot. */
export function rankLocalFirst(deployments: readonly Deployment[]): Deployment[] {
  const ranked = rankByQuality(deployments, "chat");
  return [...ranked.filter(({ local }) => local), ...ranked.filter(({ local }) => !local)];
}

/** Settles equals of a ranked list: own boxes of the same quality share the load. */
export function byLocality(ranked: readonly Deployment[], ties: Ties): Deployment[] {
  const same = (a: Deployment, b: Deployment) => a.local && b.local && a.quality === b.quality;
  return settleTies(ranked.slice(), same, { ...ties, stickyKey: null });
}
