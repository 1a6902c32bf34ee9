import type { Clock } from "../core/clock.ts";
import { FAULTS, type FaultKind } from "../core/faults.ts";

/** Consecutive faulty requests that open the breaker. */
const FAULTS_TO_OPEN = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 30_000;
const RATE_LIMITED_REST_MS = 5_000;
/** After a refused credential, spent quota or unknown model: only an operator can change that. */
const LONG_REST_MS = 60_000;
const WINDOW = 64;

export interface Rest {
  /** The fault that began it. */
  reason: FaultKind;
  untilMs: number;
}

/** One deployment's health as the router and the API see it. */
export interface HealthView {
  /** Null = may be called. */
  rest: Rest | null;
  inFlight: number;
  /** Median time to first content over the recent window, ms; null = not observed yet. */
  ttftP50Ms: number | null;
}

interface State {
  consecutiveFaults: number;
  rest: Rest | null;
  /** How long the next opening of the breaker lasts. */
  nextRestMs: number;
  /** The breaker was opened and no call has succeeded since. */
  open: boolean;
  probing: boolean;
  inFlight: number;
  ttftMs: number[];
}

/**
 * Health per deployment, in memory. A deployment rests after a 429 (until `retry-after`), after a fault that is ours
 * to mend (60 s), and after three faulty requests in a row (5 s, doubling to 30 s, then one probe at a time).
 */
export class Health {
  private readonly states = new Map<string, State>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  view(id: string): HealthView {
    const state = this.states.get(id);
    if (!state) return { rest: null, inFlight: 0, ttftP50Ms: null };
    return { rest: this.restOf(state), inFlight: state.inFlight, ttftP50Ms: median(state.ttftMs) };
  }

  /** Null = may be called now. A half-open breaker rests for all but its one probe. */
  rest(id: string): Rest | null {
    const state = this.states.get(id);
    return state ? this.restOf(state) : null;
  }

  inFlight(id: string): number {
    return this.states.get(id)?.inFlight ?? 0;
  }

  /** One call begins; every `began` is followed by one `ended`. */
  began(id: string): void {
    const state = this.stateOf(id);
    state.inFlight += 1;
    if (state.open) state.probing = true;
  }

  ended(id: string): void {
    const state = this.stateOf(id);
    state.inFlight = Math.max(0, state.inFlight - 1);
    state.probing = false;
  }

  succeeded(id: string, ttftMs: number | null): void {
    const state = this.stateOf(id);
    state.consecutiveFaults = 0;
    state.open = false;
    // Another call's success says nothing about a limit that was told with a time.
    if (state.rest?.reason !== "rate_limited") state.rest = null;
    state.nextRestMs = FIRST_REST_MS;
    if (ttftMs === null) return;
    state.ttftMs.push(ttftMs);
    if (state.ttftMs.length > WINDOW) state.ttftMs.shift();
  }

  /** A request (its retry included) failed on this deployment. Returns the rest that begins, if one does. */
  failed(id: string, kind: FaultKind, retryAfterMs: number | null): Rest | null {
    const rule = FAULTS[kind];
    if (rule.rest === "none") return null;
    const state = this.stateOf(id);
    const now = this.clock.monotonic();
    if (rule.rest === "retry_after")
      return this.begin(state, kind, now + (retryAfterMs ?? RATE_LIMITED_REST_MS));
    if (rule.rest === "long") return this.begin(state, kind, now + LONG_REST_MS);
    state.consecutiveFaults += 1;
    if (!state.open && state.consecutiveFaults < FAULTS_TO_OPEN) return null;
    state.open = true;
    const rest = this.begin(state, kind, now + state.nextRestMs);
    state.nextRestMs = Math.min(LONGEST_REST_MS, state.nextRestMs * 2);
    return rest;
  }

  private begin(state: State, reason: FaultKind, untilMs: number): Rest {
    const limited = state.rest?.reason === "rate_limited" && state.rest.untilMs > this.clock.monotonic();
    if (limited && reason !== "rate_limited") return state.rest ?? { reason, untilMs };
    if (!state.rest || untilMs > state.rest.untilMs) state.rest = { reason, untilMs };
    return state.rest;
  }

  private restOf(state: State): Rest | null {
    if (!state.rest) return null;
    if (state.rest.untilMs > this.clock.monotonic()) return state.rest;
    if (state.open && state.probing) return state.rest;
    if (!state.open) state.rest = null;
    return null;
  }

  private stateOf(id: string): State {
    let state = this.states.get(id);
    if (!state) {
      state = {
        consecutiveFaults: 0,
        rest: null,
        nextRestMs: FIRST_REST_MS,
        open: false,
        probing: false,
        inFlight: 0,
        ttftMs: [],
      };
      this.states.set(id, state);
    }
    return state;
  }
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
