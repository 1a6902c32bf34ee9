import type { Deployment } from "../../core/deployment.ts";
import type { HealthReader } from "../health-reader.ts";
import { rendezvous } from "../sticky.ts";

/** What settles the order of equals. */
export interface Ties {
  health: HealthReader;
  /** Null = equals share the load instead. */
  stickyKey: string | null;
}

/**
 * Settles every run of neighbours that are the same: a conversation stays where it was, else whoever has fewest in
 * flight per weight goes first, then the order they came in. Sorts in place.
 */
export function settleTies(
  sorted: Deployment[],
  same: (a: Deployment, b: Deployment) => boolean,
  ties: Ties,
): Deployment[] {
  let start = 0;
  for (let i = 1; i <= sorted.length; i++) {
    const first = sorted[start];
    const next = sorted[i];
    if (first && next && same(first, next)) continue;
    if (i - start > 1) settleRun(sorted, start, i, ties);
    start = i;
  }
  return sorted;
}

/** Settles the equals from `start` up to `end`, in place. */
export function settleRun(
  sorted: Deployment[],
  start: number,
  end: number,
  { health, stickyKey }: Ties,
): void {
  if (stickyKey === null && isInOrder(sorted, start, end, health)) return;
  const run = sorted.slice(start, end).map((deployment) => ({
    deployment,
    rank:
      stickyKey === null
        ? loadOf(deployment, health)
        : -rendezvous(stickyKey, deployment.id, deployment.weight),
  }));
  run.sort((a, b) => a.rank - b.rank);
  for (let i = 0; i < run.length; i++) {
    const settled = run[i];
    if (settled) sorted[start + i] = settled.deployment;
  }
}

function loadOf({ id, weight }: Deployment, health: HealthReader): number {
  return (health.inFlight(id) + 1) / weight;
}

function isInOrder(sorted: readonly Deployment[], start: number, end: number, health: HealthReader): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const deployment = sorted[i];
    const load = deployment ? loadOf(deployment, health) : last;
    if (load < last) return false;
    last = load;
  }
  return true;
}
