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
 * The last 64 times to first content within ten minutes, and their median, kept ready because it is read far more often
 * than written. Who becomes slow is soon known by its many figures; who becomes fast again gets few, so a run of three
 * that are clearly faster is believed and the figures before it are forgotten.
 */
export class LatencyWindow {
  private readonly samples: LatencySample[] = [];
  private median: number | null = null;

  add(ms: number, timeMs: number): void {
    this.samples.push({ timeMs, ms });
    if (this.samples.length > SIZE) this.samples.shift();
    if (this.endsInFasterRun(timeMs)) this.samples.splice(0, this.samples.length - RUN);
    this.settle(timeMs);
  }

  /** Null = nothing observed lately. */
  p50Ms(nowMs: number): number | null {
    const oldest = this.samples[0];
    if (oldest && nowMs - oldest.timeMs > LATENCY_WINDOW_MS) this.settle(nowMs);
    return this.median;
  }

  /** The last figure is clearly faster than the median: one more look soon tells luck from change. */
  seemsFaster(): boolean {
    const last = this.samples.at(-1);
    return last !== undefined && this.median !== null && last.ms <= this.median * CLEARLY_FASTER;
  }

  recent(nowMs: number): readonly LatencySample[] {
    this.settle(nowMs);
    return this.samples;
  }

  private endsInFasterRun(nowMs: number): boolean {
    const { samples, median } = this;
    const first = samples.length - RUN;
    if (median === null || first < 1 || nowMs - (samples[first]?.timeMs ?? nowMs) < RUN_MS) return false;
    for (let i = first; i < samples.length; i++)
      if ((samples[i]?.ms ?? 0) > median * CLEARLY_FASTER) return false;
    return true;
  }

  private settle(nowMs: number): void {
    while (this.samples[0] && nowMs - this.samples[0].timeMs > LATENCY_WINDOW_MS) this.samples.shift();
    const sorted = Float64Array.from(this.samples, ({ ms }) => ms).sort();
    this.median = sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
  }
}
