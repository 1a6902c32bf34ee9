import type { Clock } from "../../src/core/clock.ts";

/** Something that goes on in simulated time: it yields how many ms it waits. */
export type Life = Generator<number, void, void>;

interface Waiting {
  atMs: number;
  /** Who began to wait first goes first. */
  order: number;
  life: Life;
}

const EPOCH_MS = 1_800_000_000_000;

/** Time that passes only from event to event: ten minutes of traffic take as long as their computation. */
export class Timeline implements Clock {
  private nowMs = 0;
  private begun = 0;
  /** A binary heap, the next one on top. */
  private readonly heap: Waiting[] = [];

  now(): number {
    return EPOCH_MS + this.nowMs;
  }

  monotonic(): number {
    return this.nowMs;
  }

  add(life: Life, atMs: number): void {
    this.begun += 1;
    this.heap.push({ atMs, order: this.begun, life });
    this.rise(this.heap.length - 1);
  }

  /** Until nothing waits any more. */
  run(): void {
    for (let next = this.take(); next; next = this.take()) {
      this.nowMs = next.atMs;
      const step = next.life.next();
      if (!step.done) this.add(next.life, this.nowMs + step.value);
    }
  }

  private take(): Waiting | undefined {
    const top = this.heap[0];
    const last = this.heap.pop();
    if (last && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    return top;
  }

  private rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  private sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const child = this.isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  private isEarlier(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    return a !== undefined && b !== undefined && (a.atMs - b.atMs || a.order - b.order) < 0;
  }

  private swapIfEarlier(below: number, above: number): boolean {
    const [a, b] = [this.heap[below], this.heap[above]];
    if (!a || !b || !this.isEarlier(below, above)) return false;
    this.heap[above] = a;
    this.heap[below] = b;
    return true;
  }
}
