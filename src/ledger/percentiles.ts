import {
  addHistogram,
  count,
  decodeHistogram,
  type Histogram,
  percentileMs,
} from "../store/latency-histogram.ts";
import type { Store } from "../store/open.ts";
import {
  latencyPercentiles,
  latencyPercentilesByModel,
  type RequestRange,
} from "../store/requests-dashboard.ts";
import { countLatencies, firstWithoutHistogram, histogramsByModel } from "../store/rollup-histograms.ts";
import { DAY_MS, HOUR_MS, partsOf, type RollupState } from "../store/rollup-tiers.ts";

export interface Percentiles {
  /** Milliseconds; null = nothing was answered. */
  p50: number | null;
  p95: number | null;
}

export interface LatencyPercentiles {
  overall: Percentiles;
  byModel: ReadonlyMap<string, Percentiles>;
}

const NONE: Percentiles = { p50: null, p95: null };

/** Of answered requests, exact (nearest rank): reads and sorts every row of the while. */
export async function exactPercentiles(store: Store, range: RequestRange): Promise<LatencyPercentiles> {
  const { queries } = store;
  const [overall, byModel] = await store.readTogether([
    latencyPercentiles(queries, range),
    latencyPercentilesByModel(queries, range),
  ]);
  return {
    overall: overall[0] ?? NONE,
    byModel: new Map(byModel.flatMap((row) => (row.model === null ? [] : [[row.model, row]]))),
  };
}

/**
 * The same from histograms, at most 2 % off: those of whole hours and days, and for the latest hours and what is less than
 * an hour rows that are counted as they are read.
 */
export async function estimatedPercentiles(
  store: Store,
  { orgId, fromMs, toMs }: RequestRange,
  state: RollupState,
): Promise<LatencyPercentiles> {
  const { queries } = store;
  const madeUntilMs = await histogramsUntil(store, state);
  const settled = { fromMs, toMs: Math.min(toMs, madeUntilMs) };
  const parts = partsOf(settled, { ...state, compactedUntilMs: madeUntilMs });
  const latest = { fromMs: Math.max(fromMs, madeUntilMs), toMs };
  const [kept, counted] = await Promise.all([
    store.readTogether(
      parts.rollups
        .filter(({ of }) => of !== "minute")
        .map((span) => histogramsByModel(queries, span, orgId)),
    ),
    store.readTogether(
      [...parts.raw, latest]
        .filter((span) => span.fromMs < span.toMs)
        .map((span) => countLatencies(queries, span, orgId)),
    ),
  ]);
  const models = new Map<string | null, Histogram>();
  const histogramOf = (model: string | null) => {
    const histogram = models.get(model) ?? new Map();
    models.set(model, histogram);
    return histogram;
  };
  for (const { model, histogram } of kept.flat())
    if (histogram) decodeHistogram(histogram, histogramOf(model));
  for (const { model, bucket, requests } of counted.flat()) count(histogramOf(model), bucket, requests);
  return percentilesOf(models);
}

function percentilesOf(models: ReadonlyMap<string | null, Histogram>): LatencyPercentiles {
  const all: Histogram = new Map();
  const byModel = new Map<string, Percentiles>();
  for (const [model, histogram] of models) {
    addHistogram(all, histogram);
    if (model !== null) byModel.set(model, told(histogram));
  }
  return { overall: told(all), byModel };
}

function told(histogram: Histogram): Percentiles {
  return { p50: percentileMs(histogram, 50), p95: percentileMs(histogram, 95) };
}

/**
 * The hour from which on histograms may lack rows. An hour of days ago whose one late request is not in its histogram yet is
 * no reason to count all rows since.
 */
async function histogramsUntil({ queries }: Store, { compactedUntilMs }: RollupState): Promise<number> {
  const first = await firstWithoutHistogram(queries, compactedUntilMs - DAY_MS).executeTakeFirst();
  const timeMs = first?.time_ms ?? compactedUntilMs;
  return Math.min(compactedUntilMs, Math.floor(timeMs / HOUR_MS) * HOUR_MS);
}
