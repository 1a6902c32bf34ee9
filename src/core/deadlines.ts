import type { Clock } from "./clock.ts";
import { type Placed, Roster } from "./roster.ts";

/** One thing that must happen in time. `atMs` is monotonic; Infinity = nothing to wait for just now. */
export interface Deadline extends Placed {
  atMs: number;
  onExpire(): void;
}

/**
 * Thousands of deadlines behind one timer. A stream moves its deadline at every chunk, which is one assignment here
 * and would be a timer made and thrown away otherwise. Late by at most the tick.
 */
export class Deadlines {
  private readonly watched = new Roster<Deadline>();
  private readonly clock: Clock;
  private readonly tickMs: number;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(clock: Clock, tickMs = 20) {
    this.clock = clock;
    this.tickMs = tickMs;
  }

  /** `inMs` from now `onExpire` is called once, unless the deadline was moved or ended before. */
  add(inMs: number, onExpire: () => void): Deadline {
    const deadline: Deadline = { atMs: this.clock.monotonic() + inMs, onExpire, place: -1 };
    this.watch(deadline);
    return deadline;
  }

  /** Watches a deadline of the caller's own making. */
  watch(deadline: Deadline): void {
    this.watched.add(deadline);
    this.timer ??= setInterval(() => this.sweep(), this.tickMs);
  }

  end(deadline: Deadline): void {
    this.watched.remove(deadline);
  }

  get size(): number {
    return this.watched.size;
  }

  private sweep(): void {
    if (this.watched.size === 0) {
      if (this.timer) clearInterval(this.timer);
      this.timer = null;
      return;
    }
    const now = this.clock.monotonic();
    for (const deadline of this.watched.where(({ atMs }) => atMs <= now)) {
      if (!this.watched.has(deadline)) continue;
      deadline.atMs = Number.POSITIVE_INFINITY;
      deadline.onExpire();
    }
  }
}
