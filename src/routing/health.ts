import type { Clock } from "../core/clock.ts";
import { FAULTS, type FaultKind } from "../core/faults.ts";
import { Breaker, type BreakerState } from "./breaker.ts";
import type { HealthReader, Rest } from "./health-reader.ts";
import { type KeptHealth, type KeptState, readKept } from "./kept-health.ts";
import { LatencyWindow } from "./latency-window.ts";

const RATE_LIMITED_REST_MS = 5_000;
/** After a refused credential, spent quota or unknown model: only an operator can change that. */
const LONG_REST_MS = 60_000;
/** So long after a call we know how fast a deployment is, and after one that was a surprise. */
const CERTAIN_MS = 30_000;
const CONFIRM_MS = 2_000;

/** One deployment's health as the API shows it. */
export interface HealthView {
  /** Null = may be called. */
  rest: Rest | null;
  breaker: BreakerState;
  inFlight: number;
  /** Median time to first content over the recent window, ms; null = not observed lately. */
  ttftP50Ms: number | null;
  /** What it did wrong last, and when by the wall; null = nothing since the start. */
  lastFault: LastFault | null;
}

export interface LastFault {
  kind: FaultKind;
  timeMs: number;
}

interface State {
  breaker: Breaker;
  /** Ends by the clock alone: no call that succeeds meanwhile shows that a limit is over. */
  timed: Rest | null;
  inFlight: number;
  /** Calls begun so far. */
  serial: number;
  /** Monotonic; when the last of them began, or its first content came. */
  lookedMs: number;
  latency: LatencyWindow;
  lastFault: LastFault | null;
}

/**
 * Health per deployment, in memory. A deployment rests after a 429 (until `retry-after`, else 5 s), after a fault that
 * is ours to mend (60 s), and while its breaker is open or ramping.
 */
export class Health implements HealthReader {
  private readonly states = new Map<string, State>();
  /** Those whose rest must be looked at; nearly always empty, and then nobody is. */
  private readonly troubled = new Set<string>();
  /** Calls of all deployments together. */
  private underWay = 0;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  view(id: string): HealthView {
    const state = this.states.get(id);
    const breaker = state?.breaker.state(this.clock.monotonic()) ?? "closed";
    const [inFlight, ttftP50Ms] = [this.inFlight(id), this.ttftP50Ms(id)];
    return { rest: this.rest(id), breaker, inFlight, ttftP50Ms, lastFault: state?.lastFault ?? null };
  }

  isCalm(): boolean {
    return this.troubled.size === 0;
  }

  rest(id: string): Rest | null {
    if (this.troubled.size === 0 || !this.troubled.has(id)) return null;
    const state = this.states.get(id);
    if (!state) return null;
    const nowMs = this.clock.monotonic();
    if (state.timed && state.timed.untilMs > nowMs) return state.timed;
    state.timed = null;
    const rest = state.breaker.rest(nowMs, state.inFlight);
    if (!rest && state.breaker.state(nowMs) === "closed") this.troubled.delete(id);
    return rest;
  }

  inFlight(id: string): number {
    if (this.underWay === 0) return 0;
    return this.states.get(id)?.inFlight ?? 0;
  }

  ttftP50Ms(id: string): number | null {
    if (this.states.size === 0) return null;
    return this.states.get(id)?.latency.p50Ms(this.clock.monotonic()) ?? null;
  }

  isUncertain(id: string): boolean {
    const state = this.states.get(id);
    if (!state) return true;
    const certainMs = state.latency.seemsFaster() ? CONFIRM_MS : CERTAIN_MS;
    return this.clock.monotonic() - state.lookedMs > certainMs;
  }

  /**
   * One call begins; every `began` is followed by one `ended`. The number it returns tells the call apart from those
   * begun before and after it; whoever reports on the call passes it on.
   */
  began(id: string): number {
    const state = this.stateOf(id);
    state.inFlight += 1;
    this.underWay += 1;
    state.serial += 1;
    state.lookedMs = this.clock.monotonic();
    state.breaker.began(state.serial, state.lookedMs);
    return state.serial;
  }

  ended(id: string, serial: number = this.lastSerial(id)): void {
    const state = this.stateOf(id);
    if (state.inFlight > 0) {
      state.inFlight -= 1;
      this.underWay -= 1;
    }
    state.breaker.ended(serial);
  }

  /** The first content of an answer is there. How the answer ends is told by `succeeded` or `failed`. */
  answering(id: string, ttftMs: number): void {
    const state = this.stateOf(id);
    state.lookedMs = this.clock.monotonic();
    state.latency.add(ttftMs, state.lookedMs);
  }

  /** `ttftMs` null = told before by `answering`, or it says nothing. */
  succeeded(id: string, ttftMs: number | null, serial: number = this.lastSerial(id)): void {
    const state = this.stateOf(id);
    const nowMs = this.clock.monotonic();
    state.breaker.succeeded(serial, nowMs);
    if (ttftMs !== null) this.answering(id, ttftMs);
  }

  /** A request (its retry included) failed on this deployment. Returns the rest that begins, if one does. */
  failed(
    id: string,
    kind: FaultKind,
    retryAfterMs: number | null,
    serial: number = this.lastSerial(id),
  ): Rest | null {
    const rule = FAULTS[kind];
    const state = this.stateOf(id);
    const nowMs = this.clock.monotonic();
    if (rule.blame === "upstream") state.lastFault = { kind, timeMs: this.clock.now() };
    if (rule.rest === "none") {
      // It said no to the caller, so it is there.
      if (rule.blame === "caller") state.breaker.succeeded(serial, nowMs);
      return null;
    }
    if (rule.rest === "repeated") {
      if (!state.breaker.failed(serial, kind, nowMs, state.serial)) return null;
      this.troubled.add(id);
      return this.rest(id);
    }
    const restMs = rule.rest === "long" ? LONG_REST_MS : (retryAfterMs ?? RATE_LIMITED_REST_MS);
    const untilMs = nowMs + restMs;
    // A limit that was told with a time stays one: other rests may be called early when nothing else is left.
    const isLimited = state.timed?.reason === "rate_limited" && state.timed.untilMs > nowMs;
    if (!state.timed || (untilMs > state.timed.untilMs && (!isLimited || kind === "rate_limited")))
      state.timed = { reason: kind, untilMs };
    this.troubled.add(id);
    return state.timed;
  }

  /** Nobody was there when another deployment of their provider was called, often enough that it rests: so do these. */
  restAlong(ids: readonly string[], kind: FaultKind): void {
    const nowMs = this.clock.monotonic();
    for (const id of ids) {
      const state = this.stateOf(id);
      state.breaker.openAlong(kind, nowMs, state.serial);
      this.troubled.add(id);
    }
  }

  /** Forgets why it rests: the next request may go there. What was seen of its speed stays. */
  reset(id: string): void {
    const state = this.states.get(id);
    if (!state) return;
    state.timed = null;
    state.breaker = new Breaker();
    this.troubled.delete(id);
  }

  /** What a restart should not forget, in wall time. */
  snapshot(): KeptHealth {
    const nowMs = this.clock.monotonic();
    const toWallMs = this.clock.now() - nowMs;
    const deployments: Record<string, KeptState> = {};
    for (const [id, { timed, breaker, latency }] of this.states) {
      const open = breaker.kept();
      deployments[id] = {
        timed: timed && timed.untilMs > nowMs ? { ...timed, untilMs: timed.untilMs + toWallMs } : null,
        breaker: open && { ...open, untilMs: open.untilMs + toWallMs },
        latency: latency
          .recent(nowMs)
          .map(({ timeMs, ms }) => [Math.round(timeMs + toWallMs), Math.round(ms * 10) / 10]),
      };
    }
    return { savedMs: this.clock.now(), deployments };
  }

  /** Takes over what an earlier process saw, as far as it still says something; what cannot be read is left. */
  restore(kept: unknown): void {
    const nowMs = this.clock.monotonic();
    const wallMs = this.clock.now();
    for (const [id, state] of readKept(kept, wallMs)) {
      const mine = this.stateOf(id);
      const toMonotonic = nowMs - wallMs;
      if (state.timed) mine.timed = { ...state.timed, untilMs: state.timed.untilMs + toMonotonic };
      if (state.breaker)
        mine.breaker.restore({ ...state.breaker, untilMs: state.breaker.untilMs + toMonotonic });
      for (const [timeMs, ms] of state.latency) mine.latency.add(ms, timeMs + toMonotonic);
      if (state.timed || state.breaker) this.troubled.add(id);
    }
  }

  private lastSerial(id: string): number {
    return this.states.get(id)?.serial ?? 0;
  }

  private stateOf(id: string): State {
    let state = this.states.get(id);
    if (!state) {
      state = {
        ...{ breaker: new Breaker(), timed: null, latency: new LatencyWindow(), lastFault: null },
        ...{ inFlight: 0, serial: 0, lookedMs: Number.NEGATIVE_INFINITY },
      };
      this.states.set(id, state);
    }
    return state;
  }
}
