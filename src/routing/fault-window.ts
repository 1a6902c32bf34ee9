const SECONDS = 30;
const MS_PER_SECOND = 1000;
/** Fewer requests prove nothing. */
const LEAST = 20;
const FAULTY_SHARE = 0.5;

/** Requests and faulty ones of the last 30 s, by the second. */
export class FaultWindow {
  private readonly total = new Uint32Array(SECONDS);
  private readonly faulty = new Uint32Array(SECONDS);
  private lastSecond = Number.NEGATIVE_INFINITY;

  note(isFaulty: boolean, nowMs: number): void {
    this.turn(nowMs);
    const slot = this.lastSecond % SECONDS;
    this.total[slot] = (this.total[slot] ?? 0) + 1;
    if (isFaulty) this.faulty[slot] = (this.faulty[slot] ?? 0) + 1;
  }

  /** At least half of at least 20 failed. */
  isBad(nowMs: number): boolean {
    this.turn(nowMs);
    const total = sumOf(this.total);
    return total >= LEAST && sumOf(this.faulty) >= total * FAULTY_SHARE;
  }

  clear(): void {
    this.total.fill(0);
    this.faulty.fill(0);
  }

  /** Empties the slots of the seconds that have passed since the last look. */
  private turn(nowMs: number): void {
    const second = Math.floor(nowMs / MS_PER_SECOND);
    if (second === this.lastSecond) return;
    const passed = Math.min(SECONDS, second - this.lastSecond);
    for (let i = 0; i < passed; i++) {
      this.total[(second - i) % SECONDS] = 0;
      this.faulty[(second - i) % SECONDS] = 0;
    }
    this.lastSecond = second;
  }
}

function sumOf(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
