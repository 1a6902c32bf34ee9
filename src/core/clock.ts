/**
 * The only source of time. Everything that decides by time takes a Clock, so tests turn the hands themselves.
 */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. May jump; use it for what people read. */
  now(): number;
  /** Monotonic milliseconds with a fraction; only differences mean anything. Use it for durations. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** RFC 3339 in UTC, milliseconds kept: `2026-11-22T16:12:16.000Z`. */
export function toRfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
