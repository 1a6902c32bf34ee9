/** Times in fixed memory: 1 µs steps up to 20 ms, 100 µs steps up to 2 s, the rest counted as 2 s. */
const FINE_MICROS = 20_000;
const COARSE_STEP_MICROS = 100;
const COARSE_BUCKETS = 19_800;

export class Histogram {
  private readonly counts = new Uint32Array(FINE_MICROS + COARSE_BUCKETS + 1);
  private total = 0;

  add(micros: number): void {
    const coarse = FINE_MICROS + Math.floor((micros - FINE_MICROS) / COARSE_STEP_MICROS);
    const index = micros < FINE_MICROS ? Math.max(0, Math.floor(micros)) : coarse;
    const bucket = Math.min(index, this.counts.length - 1);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total++;
  }

  get size(): number {
    return this.total;
  }

  /** Microseconds that `share` (0 to 1) of the values do not exceed; null = nothing was added. */
  percentile(share: number): number | null {
    if (this.total === 0) return null;
    const wanted = Math.max(1, Math.ceil(this.total * share));
    let seen = 0;
    for (let index = 0; index < this.counts.length; index++) {
      seen += this.counts[index] ?? 0;
      if (seen >= wanted) return upperEdge(index);
    }
    return null;
  }
}

function upperEdge(index: number): number {
  return index < FINE_MICROS ? index + 1 : FINE_MICROS + (index - FINE_MICROS + 1) * COARSE_STEP_MICROS;
}
