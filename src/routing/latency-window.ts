const SIZE = 64;
/** What is older says little about now; a deployment without younger figures counts as unmeasured. */
export const LATENCY_WINDOW_MS = 10 * 60_000;
/** So many figures in a row, each at most this part of the median, show that what came before is over. */
const RUN = 3;
const CLEARLY_FASTER = 2 / 3;
/** A run is at least this long: what comes at one moment is of one kind. */
const RUN_MS = 3_000;

export interface LatencySample {
  timeMs: number;
  ms: number;
}

/**
 * The last 64 times to first content within ten minutes, and their median, which is only found when somebody asks:
 * most requests add a figure and ask for none. Who becomes slow is soon known by its many figures; who becomes fast
 * again gets few, so a run of three that are clearly faster is believed and the figures before it are forgotten.
 */
export class LatencyWindow {
  private readonly samples: LatencySample[] = [];
  private median: number | null = null;
  /** `median` is that of the samples as they are. */
  private isSettled = true;

  add(ms: number, timeMs: number): void {
    const { samples } = this;
    const first = samples.length - (RUN - 1);
    // A run is looked for only where it is long enough, which on a busy deployment it never is.
    const isLong = first > 0 && timeMs - (samples[first]?.timeMs ?? timeMs) >= RUN_MS;
    const most = isLong ? (this.settled() ?? 0) * CLEARLY_FASTER : 0;
    samples.push({ timeMs, ms });
    if (isLong && samples.slice(-RUN).every((sample) => sample.ms <= most)) samples.splice(0, first);
    if (samples.length > SIZE) samples.shift();
    this.isSettled = false;
  }

  /** Null = nothing observed lately. */
  p50Ms(nowMs: number): number | null {
    this.forget(nowMs);
    return this.settled();
  }

  /** The last figure is clearly faster than the median: one more look soon tells luck from change. */
  seemsFaster(): boolean {
    const last = this.samples.at(-1);
    const median = this.settled();
    return last !== undefined && median !== null && last.ms <= median * CLEARLY_FASTER;
  }

  recent(nowMs: number): readonly LatencySample[] {
    this.forget(nowMs);
    return this.samples;
  }

  private forget(nowMs: number): void {
    const { samples } = this;
    while (samples[0] && nowMs - samples[0].timeMs > LATENCY_WINDOW_MS) {
      samples.shift();
      this.isSettled = false;
    }
  }

  private settled(): number | null {
    if (!this.isSettled) {
      const sorted = Float64Array.from(this.samples, ({ ms }) => ms).sort();
      this.median = sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
      this.isSettled = true;
    }
    return this.median;
  }
}
