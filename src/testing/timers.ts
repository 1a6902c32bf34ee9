import type { FixedClock } from "./clock.ts";

/** Timers that go off when the test says that time has passed. */
export interface Timers {
  schedule(callback: () => void, delayMs: number): () => void;
  /** Until the next one goes off; null = none is set. */
  nextMs(): number | null;
  /** Resolves as soon as one is set. */
  set(): Promise<void>;
  /** Moves the clock and lets what is due go off. */
  pass(ms: number): void;
}

export function timersOf(clock: FixedClock): Timers {
  const timers = new Map<object, { atMs: number; callback: () => void }>();
  let waiting: (() => void)[] = [];
  const inOrder = () => [...timers].sort(([, a], [, b]) => a.atMs - b.atMs);
  return {
    schedule(callback, delayMs) {
      const timer = {};
      timers.set(timer, { atMs: clock.monotonic() + delayMs, callback });
      for (const resolve of waiting) resolve();
      waiting = [];
      return () => void timers.delete(timer);
    },
    nextMs() {
      const [first] = inOrder();
      return first ? first[1].atMs - clock.monotonic() : null;
    },
    set: () =>
      new Promise((resolve) => {
        if (timers.size > 0) resolve();
        else waiting.push(resolve);
      }),
    pass(ms) {
      clock.advance(ms);
      for (const [timer, { atMs, callback }] of inOrder())
        if (atMs <= clock.monotonic() && timers.delete(timer)) callback();
    },
  };
}
