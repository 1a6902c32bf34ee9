import type { FaultKind } from "../core/faults.ts";

export interface Rest {
  /** The fault that began it; `busy` = as many calls as `max_parallel` allows are under way. */
  reason: FaultKind | "busy";
  /** Monotonic; 0 = until somebody else is done. */
  untilMs: number;
}

/** All that the router asks of health. */
export interface HealthReader {
  /** Nobody rests, so that nobody has to be asked. */
  isCalm(): boolean;
  /** Null = may be called now. */
  rest(id: string): Rest | null;
  /** Calls under way. */
  inFlight(id: string): number;
  /** Median time to first content over the recent window, ms; null = not observed lately. */
  ttftP50Ms(id: string): number | null;
  /** Nobody has called it for a while, if ever, so nobody knows how fast it is by now. */
  isUncertain(id: string): boolean;
}

/** Nobody rests and nothing was observed: for decisions explained after the fact. */
export const CALM: HealthReader = Object.freeze({
  rest: () => null,
  inFlight: () => 0,
  ttftP50Ms: () => null,
  isCalm: () => true,
  isUncertain: () => true,
});
