/** What was counted stays counted for a minute. */
const WINDOW_MS = 60_000;
const SLOT_MS = 1_000;
/** One more than a minute has: the oldest counts as a whole while any part of it is within the minute. */
const SLOTS = WINDOW_MS / SLOT_MS + 1;

/**
 * How much was added in the last minute, in 61 slots of a second. Never counts too little: what was added is counted for
 * 60 seconds and up to one more. So a limit on the count holds for every 60 seconds there are. A token bucket lets
 * through twice its limit around an idle minute, two counters weighted by time half as much again in the worst case,
 * and a list of every request grows with the limit; this takes half a kilobyte, whatever the limit, and no timer.
 * Times are monotonic milliseconds.
 */
export class SlidingCount {
  private readonly slots = new Float64Array(SLOTS);
  /** Sum of all slots: whole numbers, so it stays exact. */
  private total = 0;
  private newest = 0;
  /** The newest slot that something was added to. */
  private lastAdded = 0;

  /** What counts now. */
  at(nowMs: number): number {
    this.moveTo(slotOf(nowMs));
    return this.total;
  }

  add(nowMs: number, amount: number): void {
    this.moveTo(slotOf(nowMs));
    this.slots[this.newest % SLOTS] = this.inSlot(this.newest) + amount;
    this.total += amount;
    this.lastAdded = this.newest;
  }

  /** Uncounts part of what was added at `addedMs`; nothing where that has left the window by itself. */
  takeBack(nowMs: number, addedMs: number, amount: number): void {
    this.moveTo(slotOf(nowMs));
    const slot = slotOf(addedMs);
    if (slot <= this.newest - SLOTS) return;
    const taken = Math.min(amount, this.inSlot(slot));
    this.slots[slot % SLOTS] = this.inSlot(slot) - taken;
    this.total -= taken;
  }

  /** Milliseconds until no more than `most` counts, if nothing is added; 0 = now. Infinity where `most` is negative. */
  waitMs(nowMs: number, most: number): number {
    this.moveTo(slotOf(nowMs));
    let left = this.total;
    if (left <= most) return 0;
    if (most < 0) return Number.POSITIVE_INFINITY;
    let slot = this.newest - SLOTS;
    while (left > most && slot < this.newest) left -= this.inSlot(++slot);
    return leavesAtMs(slot) - nowMs;
  }

  /** Milliseconds until nothing counts, if nothing is added. */
  resetMs(nowMs: number): number {
    this.moveTo(slotOf(nowMs));
    return this.total === 0 ? 0 : Math.max(0, leavesAtMs(this.lastAdded) - nowMs);
  }

  /** Forgets what is too old for a window that ends with this slot. */
  private moveTo(slot: number): void {
    if (slot <= this.newest) return;
    const steps = Math.min(slot - this.newest, SLOTS);
    for (let i = 0; i < steps; i++) {
      const emptied = (slot - i) % SLOTS;
      this.total -= this.slots[emptied] ?? 0;
      this.slots[emptied] = 0;
    }
    this.newest = slot;
  }

  private inSlot(slot: number): number {
    return this.slots[slot % SLOTS] ?? 0;
  }
}

function slotOf(timeMs: number): number {
  return Math.floor(timeMs / SLOT_MS);
}

function leavesAtMs(slot: number): number {
  return (slot + SLOTS) * SLOT_MS;
}
