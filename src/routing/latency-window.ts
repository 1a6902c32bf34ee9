const SIZE = 64;
/** What is older says little about now; a deployment without younger figures counts as unmeasured. */
export const LATENCY_WINDOW_MS = 10 * 60_000;

export interface LatencySample {
  timeMs: number;
  ms: number;
}

/** The last 64 times to first content within ten minutes, and their median, kept ready because it is read far more often than written. */
export class LatencyWindow {
  private readonly samples: LatencySample[] = [];
  private median: number | null = null;

  add(ms: number, timeMs: number): void {
    this.samples.push({ timeMs, ms });
    if (this.samples.length > SIZE) this.samples.shift();
    this.settle(timeMs);
  }

  /** Null = nothing observed lately. */
  p50Ms(nowMs: number): number | null {
    const oldest = this.samples[0];
    if (oldest && nowMs - oldest.timeMs > LATENCY_WINDOW_MS) this.settle(nowMs);
    return this.median;
  }

  recent(nowMs: number): readonly LatencySample[] {
    this.settle(nowMs);
    return this.samples;
  }

  private settle(nowMs: number): void {
    while (this.samples[0] && nowMs - this.samples[0].timeMs > LATENCY_WINDOW_MS) this.samples.shift();
    const sorted = Float64Array.from(this.samples, ({ ms }) => ms).sort();
    this.median = sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
  }
}
