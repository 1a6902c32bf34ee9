import type { Clock } from "../core/clock.ts";

/** A clock that stands still until the test moves it. */
export interface FixedClock extends Clock {
  /** Moves both hands, wall and monotonic. */
  advance(ms: number): void;
  /** Sets the wall time only, as an operator or NTP would; the monotonic hand does not notice. */
  setNow(timeMs: number): void;
}

export function fixedClock(startMs: number): FixedClock {
  let wallMs = startMs;
  let monotonicMs = 0;
  return {
    now: () => wallMs,
    monotonic: () => monotonicMs,
    advance(ms) {
      wallMs += ms;
      monotonicMs += ms;
    },
    setNow(timeMs) {
      wallMs = timeMs;
    },
  };
}
