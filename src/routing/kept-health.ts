import { FAULTS, type FaultKind } from "../core/faults.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { LATENCY_WINDOW_MS } from "./latency-window.ts";

/** One deployment's health as it is kept; times are wall time. */
export interface KeptState {
  timed: { reason: FaultKind | "busy"; untilMs: number } | null;
  breaker: { reason: FaultKind; untilMs: number; nextRestMs: number } | null;
  /** Time of the sample and its milliseconds. */
  latency: readonly (readonly [number, number])[];
}

export interface KeptHealth {
  savedMs: number;
  deployments: Record<string, KeptState>;
}

/** A breaker that was open longer ago than this says nothing any more. */
const BREAKER_KEPT_MS = 60_000;
/** No limit is believed for longer, whatever the clock did meanwhile. */
const LONGEST_TIMED_MS = 24 * 3_600_000;

/** What of it still means something now. */
export function readKept(kept: unknown, nowMs: number): Map<string, KeptState> {
  const states = new Map<string, KeptState>();
  if (!isObject(kept) || !isObject(kept.deployments)) return states;
  const { savedMs, deployments } = kept;
  const isFresh = typeof savedMs === "number" && nowMs - savedMs < BREAKER_KEPT_MS && savedMs <= nowMs;
  for (const [id, state] of Object.entries(deployments)) {
    if (!isObject(state)) continue;
    states.set(id, {
      timed: timedOf(state.timed, nowMs),
      breaker: isFresh ? breakerOf(state.breaker) : null,
      latency: latencyOf(state.latency, nowMs),
    });
  }
  return states;
}

function kindOf({ reason }: JsonObject): FaultKind | null {
  return typeof reason === "string" && Object.hasOwn(FAULTS, reason) ? (reason as FaultKind) : null;
}

function timedOf(timed: unknown, nowMs: number): KeptState["timed"] {
  if (!isObject(timed) || typeof timed.untilMs !== "number") return null;
  const reason = kindOf(timed);
  const { untilMs } = timed;
  return reason && untilMs > nowMs && untilMs - nowMs < LONGEST_TIMED_MS ? { reason, untilMs } : null;
}

function breakerOf(breaker: unknown): KeptState["breaker"] {
  if (!isObject(breaker)) return null;
  const { untilMs, nextRestMs } = breaker;
  const reason = kindOf(breaker);
  if (!reason || typeof untilMs !== "number" || typeof nextRestMs !== "number") return null;
  return { reason, untilMs, nextRestMs };
}

function latencyOf(samples: unknown, nowMs: number): [number, number][] {
  if (!Array.isArray(samples)) return [];
  return samples.flatMap((sample: unknown): [number, number][] => {
    if (!Array.isArray(sample)) return [];
    const [timeMs, ms] = sample as unknown[];
    if (typeof timeMs !== "number" || typeof ms !== "number" || ms < 0) return [];
    return timeMs <= nowMs && nowMs - timeMs <= LATENCY_WINDOW_MS ? [[timeMs, ms]] : [];
  });
}
