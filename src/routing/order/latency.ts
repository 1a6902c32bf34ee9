import type { Deployment } from "../../core/deployment.ts";
import type { HealthReader } from "../health-reader.ts";
import { byPrice } from "./alias.ts";
import { sortedByNumber } from "./by-number.ts";
import type { Ties } from "./ties.ts";

/** The share of requests that try a deployment nobody has measured lately. */
export const EXPLORED_SHARE = 0.1;

/**
 * Lowest observed median time to first content first; those without one behind them, cheapest first. For a bounded
 * share of requests, which `seed` in [0, 1) picks, one of the unmeasured goes first.
 */
export function byLatency(deployments: readonly Deployment[], seed: number, ties: Ties): Deployment[] {
  const { health } = ties;
  const measured: Deployment[] = [];
  const unmeasured: Deployment[] = [];
  const micros = new Map<string, number>();
  for (const deployment of byPrice(deployments, ties)) {
    const p50Ms = health.ttftP50Ms(deployment.id);
    if (p50Ms === null) unmeasured.push(deployment);
    else {
      measured.push(deployment);
      micros.set(deployment.id, Math.round(p50Ms * 1000));
    }
  }
  const fastest = sortedByNumber(measured, ({ id }) => micros.get(id) ?? 0, null);
  if (fastest.length === 0) return unmeasured;
  const explored = seed < EXPLORED_SHARE;
  const first = explored ? oneOf(unmeasured, seed / EXPLORED_SHARE, health) : null;
  if (first === null) return fastest.concat(unmeasured);
  return [first].concat(
    fastest,
    unmeasured.filter((it) => it !== first),
  );
}

/** One of those that may be called; null = none may. */
function oneOf(unmeasured: readonly Deployment[], fraction: number, health: HealthReader): Deployment | null {
  const ready = unmeasured.filter(({ id }) => health.rest(id) === null);
  return ready[Math.floor(fraction * ready.length)] ?? null;
}
