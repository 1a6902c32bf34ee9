import type { FaultKind } from "../core/faults.ts";
import { FaultWindow } from "./fault-window.ts";

/** Faulty requests in a row that open it. */
const FAULTS_TO_OPEN = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 30_000;
/** Calls at once that end the ramp: whoever carries these carries the rest. */
const RAMPED = 32;
/** Calls at once behind the first success of a probe; each further success adds one. */
const FIRST_STEP = 2;

export type BreakerState = "closed" | "open" | "half_open" | "ramping";

/**
 * The breaker of one deployment. Closed until three faulty requests in a row, or half of at least 20 within 30 s; then
 * open for 5 s (doubling to 30 s), then half open: one probe at a time. A probe that succeeds begins the ramp: two calls
 * at once, one more with each success, until there are enough; a fault on the way begins it anew. Calls that were under way when it opened change nothing:
 * they tell of the time before.
 */
export class Breaker {
  private faultsInRow = 0;
  private readonly window = new FaultWindow();
  /** Null = closed or ramping. */
  private opened: { reason: FaultKind; untilMs: number; serial: number } | null = null;
  private nextRestMs = FIRST_REST_MS;
  /** The serial of the probe under way; 0 = none. */
  private probe = 0;
  /** Most calls at once while ramping; null = not ramping. */
  private ramp: { limit: number; reason: FaultKind; serial: number } | null = null;

  state(nowMs: number): BreakerState {
    if (this.ramp) return "ramping";
    if (!this.opened) return "closed";
    return this.opened.untilMs > nowMs ? "open" : "half_open";
  }

  /** Why no further call should begin now; null = one may. */
  rest(nowMs: number, inFlight: number): { reason: FaultKind; untilMs: number } | null {
    if (this.opened) return this.opened.untilMs > nowMs || this.probe !== 0 ? this.opened : null;
    if (this.ramp && inFlight >= this.ramp.limit) return { reason: this.ramp.reason, untilMs: nowMs };
    return null;
  }

  /** `serial` numbers the calls of this deployment, rising from 1. */
  began(serial: number, nowMs: number): void {
    if (this.opened && this.opened.untilMs <= nowMs && this.probe === 0) this.probe = serial;
  }

  ended(serial: number): void {
    if (this.probe === serial) this.probe = 0;
  }

  succeeded(serial: number, nowMs: number): void {
    if (this.opened) {
      if (serial <= this.opened.serial) return;
      this.ramp = { limit: FIRST_STEP, reason: this.opened.reason, serial };
      this.opened = null;
      this.probe = 0;
      this.faultsInRow = 0;
      this.window.clear();
      return;
    }
    this.faultsInRow = 0;
    this.window.note(false, nowMs);
    if (!this.ramp) return;
    this.ramp.limit += 1;
    if (this.ramp.limit < RAMPED) return;
    this.ramp = null;
    this.nextRestMs = FIRST_REST_MS;
  }

  /** True if the breaker opens, or stays open for longer. */
  failed(serial: number, reason: FaultKind, nowMs: number, lastSerial: number): boolean {
    if (this.opened) {
      // Only the probe prolongs it; what was called for want of anybody else proves nothing new.
      if (this.probe !== serial) return false;
      this.open(reason, nowMs, lastSerial);
      return true;
    }
    if (this.ramp) {
      if (serial < this.ramp.serial) return false;
      this.ramp.limit = FIRST_STEP;
    }
    this.faultsInRow += 1;
    this.window.note(true, nowMs);
    if (this.faultsInRow < FAULTS_TO_OPEN && !this.window.isBad(nowMs)) return false;
    this.open(reason, nowMs, lastSerial);
    return true;
  }

  /** Opens for what others of its provider met, unless it is open: then its own probe decides. */
  openAlong(reason: FaultKind, nowMs: number, lastSerial: number): void {
    if (!this.opened) this.open(reason, nowMs, lastSerial);
  }

  private open(reason: FaultKind, nowMs: number, serial: number): void {
    this.opened = { reason, untilMs: nowMs + this.nextRestMs, serial };
    this.nextRestMs = Math.min(LONGEST_REST_MS, this.nextRestMs * 2);
    this.probe = 0;
    this.ramp = null;
    this.faultsInRow = 0;
    this.window.clear();
  }

  /** What is worth keeping over a restart; null = nothing, it is closed. */
  kept(): { reason: FaultKind; untilMs: number; nextRestMs: number } | null {
    const reason = this.opened?.reason ?? this.ramp?.reason;
    if (reason === undefined) return null;
    return { reason, untilMs: this.opened?.untilMs ?? 0, nextRestMs: this.nextRestMs };
  }

  /** Opens as it was: with the rest that remains, or half open where that is over. */
  restore(kept: { reason: FaultKind; untilMs: number; nextRestMs: number }): void {
    this.opened = { reason: kept.reason, untilMs: kept.untilMs, serial: 0 };
    this.nextRestMs = Math.min(LONGEST_REST_MS, Math.max(FIRST_REST_MS, kept.nextRestMs));
  }
}
