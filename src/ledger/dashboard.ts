import type { Store } from "../store/open.ts";
import {
  countRequests,
  latencyPercentiles,
  latencyPercentilesByModel,
  sumRequests,
} from "../store/requests-dashboard.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Longer ranges are shown by day. */
const HOURLY_UP_TO_MS = 3 * DAY_MS;
/** The series never has more points; the newest are kept. The sums always cover the whole range. */
const MAX_POINTS = 1000;

export interface DashboardOptions {
  /** null = every organization. */
  orgId: string | null;
  /** Inclusive, milliseconds. */
  fromMs: number;
  /** Exclusive, milliseconds. */
  toMs: number;
  /** For `requests24h`, which does not depend on the range. */
  nowMs: number;
}

/** Money in integer nano-USD, times in milliseconds. Null = there was nothing to tell it from, never 0. */
export interface Dashboard {
  volume: { totalRequests: number; requests24h: number };
  /** Fractions of the requests that were neither refused nor canceled. */
  reliability: { successRate: number | null; fallbackRate: number | null };
  /** Of answered (`ok`) requests. Percentiles are exact over the whole range. */
  performance: Latencies & { byModel: (Latencies & { model: string; requests: number })[] };
  cost: {
    totalNanoUsd: number;
    /** Requests whose cost is unknown; they are not in the total. */
    unpricedRequests: number;
    byProvider: (CostLine & { provider: string })[];
    byModel: (CostLine & { model: string })[];
  };
  /** One point per hour (ranges up to three days) or day, UTC, oldest first, without gaps. */
  series: { timeMs: number; requests: number; okRequests: number; costNanoUsd: number }[];
}

export interface Latencies {
  avgLatencyMs: number | null;
  p50LatencyMs: number | null;
  p95LatencyMs: number | null;
  avgTtftMs: number | null;
}

export interface CostLine {
  requests: number;
  costNanoUsd: number;
  unpricedRequests: number;
}

interface Sums {
  requests: number;
  rated: number;
  ok: number;
  fallbacks: number;
  latency_ms: number;
  ttft_ms: number;
  ttft_count: number;
  cost_nano_usd: number;
  unpriced: number;
}

/** Everything from one snapshot, so that totals, lists and series agree. */
export async function dashboardOf(store: Store, options: DashboardOptions): Promise<Dashboard> {
  const { orgId, fromMs, toMs, nowMs } = options;
  const { queries } = store;
  const range = { orgId, fromMs, toMs };
  const stepMs = toMs - fromMs <= HOURLY_UP_TO_MS ? HOUR_MS : DAY_MS;
  const lastDay = { orgId, fromMs: nowMs - DAY_MS, toMs: nowMs + 1 };
  const [sums, overall, perModel, day] = await store.readTogether([
    sumRequests(queries, range, stepMs),
    latencyPercentiles(queries, range),
    latencyPercentilesByModel(queries, range),
    countRequests(queries, lastDay),
  ]);
  const total = addUp(sums);
  const percentiles = new Map(perModel.map((row) => [row.model, row]));
  const byModel = groupBy(sums, (row) => row.model);
  return {
    volume: { totalRequests: total.requests, requests24h: day[0]?.requests ?? 0 },
    reliability: {
      successRate: ratio(total.ok, total.rated),
      fallbackRate: ratio(total.fallbacks, total.rated),
    },
    performance: {
      ...latenciesOf(total, overall[0]),
      byModel: byModel
        .filter(([, group]) => group.ok > 0)
        .map(([model, group]) => ({
          model,
          requests: group.ok,
          ...latenciesOf(group, percentiles.get(model)),
        })),
    },
    cost: {
      totalNanoUsd: total.cost_nano_usd,
      unpricedRequests: total.unpriced,
      byProvider: groupBy(sums, (row) => row.provider).map(([provider, group]) => ({
        provider,
        ...costOf(group),
      })),
      byModel: byModel.map(([model, group]) => ({ model, ...costOf(group) })),
    },
    series: seriesOf(sums, fromMs, Math.min(toMs, nowMs + 1), stepMs),
  };
}

function addUp(rows: readonly Sums[]): Sums {
  const total: Sums = {
    ...{ requests: 0, rated: 0, ok: 0, fallbacks: 0, latency_ms: 0 },
    ...{ ttft_ms: 0, ttft_count: 0, cost_nano_usd: 0, unpriced: 0 },
  };
  for (const row of rows) {
    total.requests += row.requests;
    total.rated += row.rated;
    total.ok += row.ok;
    total.fallbacks += row.fallbacks;
    total.latency_ms += row.latency_ms;
    total.ttft_ms += row.ttft_ms;
    total.ttft_count += row.ttft_count;
    total.cost_nano_usd += row.cost_nano_usd;
    total.unpriced += row.unpriced;
  }
  return total;
}

/** Dearest first, then busiest; rows without a name (nobody answered) are in the totals only. */
function groupBy<Row extends Sums>(
  rows: readonly Row[],
  nameOf: (row: Row) => string | null,
): [string, Sums][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name === null) continue;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups]
    .map(([name, group]): [string, Sums] => [name, addUp(group)])
    .sort(([nameA, a], [nameB, b]) => {
      return b.cost_nano_usd - a.cost_nano_usd || b.requests - a.requests || (nameA < nameB ? -1 : 1);
    });
}

function latenciesOf(sums: Sums, percentiles?: { p50: number | null; p95: number | null }): Latencies {
  return {
    avgLatencyMs: ratio(sums.latency_ms, sums.ok),
    p50LatencyMs: percentiles?.p50 ?? null,
    p95LatencyMs: percentiles?.p95 ?? null,
    avgTtftMs: ratio(sums.ttft_ms, sums.ttft_count),
  };
}

function costOf(sums: Sums): CostLine {
  return { requests: sums.requests, costNanoUsd: sums.cost_nano_usd, unpricedRequests: sums.unpriced };
}

function seriesOf(
  rows: readonly (Sums & { bucket_ms: number })[],
  fromMs: number,
  toMs: number,
  stepMs: number,
): Dashboard["series"] {
  const end = Math.ceil(toMs / stepMs);
  const start = Math.max(Math.floor(fromMs / stepMs), end - MAX_POINTS);
  const points = new Map<number, Dashboard["series"][number]>();
  for (let index = start; index < end; index++) {
    const timeMs = index * stepMs;
    points.set(timeMs, { timeMs, requests: 0, okRequests: 0, costNanoUsd: 0 });
  }
  for (const row of rows) {
    const point = points.get(row.bucket_ms);
    if (!point) continue;
    point.requests += row.requests;
    point.okRequests += row.ok;
    point.costNanoUsd += row.cost_nano_usd;
  }
  return [...points.values()];
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
