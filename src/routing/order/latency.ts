import type { Deployment } from "../../core/deployment.ts";
import type { HealthReader } from "../health-reader.ts";
import { byPrice } from "./alias.ts";
import { sortedByNumber } from "./by-number.ts";
import type { Ties } from "./ties.ts";

/** The most of all requests that try a deployment of which nobody knows how fast it is just now. */
export const EXPLORED_SHARE = 0.1;

/**
 * Lowest observed median time to first content first; those without one behind them, cheapest first. For a bounded
 * share of requests, which `seed` in [0, 1) picks, one goes first that was not called for a while: who was slow gets
 * nothing else to show that it no longer is.
 */
export function byLatency(deployments: readonly Deployment[], seed: number, ties: Ties): Deployment[] {
  const { health } = ties;
  const ordered = byPrice(deployments, ties);
  const measured: Deployment[] = [];
  const micros = new Map<string, number>();
  for (const deployment of ordered) {
    const p50Ms = health.ttftP50Ms(deployment.id);
    if (p50Ms === null) continue;
    measured.push(deployment);
    micros.set(deployment.id, Math.round(p50Ms * 1000));
  }
  if (measured.length === 0) return ordered;
  const unmeasured = ordered.filter(({ id }) => !micros.has(id));
  const fastest = sortedByNumber(measured, ({ id }) => micros.get(id) ?? 0, null).concat(unmeasured);
  const explored = seed < EXPLORED_SHARE ? toExplore(fastest, seed / EXPLORED_SHARE, health) : null;
  if (explored === null) return fastest;
  return [explored].concat(fastest.filter((it) => it !== explored));
}

/** One behind the fastest that nobody has called for a while and that may be called; null = none. */
function toExplore(
  fastest: readonly Deployment[],
  fraction: number,
  health: HealthReader,
): Deployment | null {
  const worthwhile = fastest.filter(
    ({ id }, place) => place > 0 && health.isUncertain(id) && health.rest(id) === null,
  );
  return worthwhile[Math.floor(fraction * worthwhile.length)] ?? null;
}
