import type { Task } from "../../config/words.ts";
import type { Deployment } from "../../core/deployment.ts";
import { blendedPrice } from "./alias.ts";
import { settleTies, type Ties } from "./ties.ts";

const UNRATED = -1;

/** 0–100 at this task; unrated is below everything. */
export function qualityAt({ quality, taskQuality }: Deployment, task: Task): number {
  const own = task === "code" || task === "reasoning" ? taskQuality[task] : undefined;
  return own ?? quality ?? UNRATED;
}

function thinks({ capabilities }: Deployment): number {
  return capabilities?.includes("reasoning") ? 1 : 0;
}

/** Best first; equals: who can reason, then the cheaper. Done once per snapshot and task. */
export function rankByQuality(deployments: readonly Deployment[], task: Task): Deployment[] {
  return deployments.toSorted(
    (a, b) =>
      qualityAt(b, task) - qualityAt(a, task) ||
      thinks(b) - thinks(a) ||
      compare(blendedPrice(a), blendedPrice(b)),
  );
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Settles equals of a ranked list: deployments of one model at one price share the load. */
export function byQuality(ranked: readonly Deployment[], ties: Ties): Deployment[] {
  const same = (a: Deployment, b: Deployment) => a.model === b.model && blendedPrice(a) === blendedPrice(b);
  return settleTies(ranked.slice(), same, ties);
}
