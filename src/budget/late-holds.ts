import type { HoldRow } from "../store/tables.ts";

/** Made only where the request lasts: what it can cost takes a while to reckon. */
export type HoldMaker = () => HoldRow;

/** A request that is younger than this is not written down; one that is twice as old is. */
export const LATE_MS = 25;

export interface LateHoldsOptions {
  /** Writes them in one transaction; must not throw. */
  write: (holds: readonly HoldRow[]) => void;
  /** Calls back once, later. */
  schedule: (callback: () => void, delayMs: number) => void;
}

/**
 * What requests hold that no budget pays for: nobody is refused for it, so nothing waits for it to be durable. It is
 * written for those that last, many at once, so that a crash leaves a row of every request that was under way for longer
 * than `2 × LATE_MS`. What is answered sooner, as all is in a benchmark, costs nothing.
 */
export class LateHolds {
  private readonly options: LateHoldsOptions;
  private young = new Map<number, HoldMaker>();
  private old = new Map<number, HoldMaker>();
  private readonly written = new Set<number>();
  private isScheduled = false;

  constructor(options: LateHoldsOptions) {
    this.options = options;
  }

  /** Requests that are not over. */
  get count(): number {
    return this.young.size + this.old.size + this.written.size;
  }

  /** Another note of the same request replaces the one before. */
  note(sequence: number, make: HoldMaker): void {
    this.old.delete(sequence);
    this.young.set(sequence, make);
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.options.schedule(this.onTime, LATE_MS);
  }

  /** A budget holds for it from now on: what was noted is never written over that. */
  supersede(sequence: number): void {
    this.young.delete(sequence);
    this.old.delete(sequence);
  }

  /** The request is over. True = its hold was written, and has to go with its row. */
  end(sequence: number): boolean {
    this.young.delete(sequence);
    this.old.delete(sequence);
    return this.written.delete(sequence);
  }

  private readonly onTime = (): void => {
    if (this.old.size > 0) {
      this.options.write([...this.old.values()].map((make) => make()));
      for (const sequence of this.old.keys()) this.written.add(sequence);
    }
    this.old = this.young;
    this.young = new Map();
    this.isScheduled = this.old.size > 0;
    if (this.isScheduled) this.options.schedule(this.onTime, LATE_MS);
  };
}
