import type { Store } from "../store/open.ts";
import type { RollupSums } from "../store/rollup-sums.ts";
import {
  estimatedPercentiles,
  exactPercentiles,
  type LatencyPercentiles,
  type Percentiles,
} from "./percentiles.ts";
import { type SumLine, type SumsOptions, sumsTogether, totalOf } from "./sums.ts";

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
  /** Of answered (`ok`) requests. Percentiles are exact up to 5,000 requests in the range, at most 2 % off above. */
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

/** Above that percentiles are told from histograms: sorting more rows takes longer than anybody waits for a page. */
const MOST_SORTED = 5_000;

type Line = Pick<SumLine, "provider" | "model" | "status" | "fallback_used"> & RollupSums;

/** Everything but the percentiles from one snapshot, so that totals, lists and series agree. */
export async function dashboardOf(store: Store, options: DashboardOptions): Promise<Dashboard> {
  const { orgId, fromMs, toMs, nowMs } = options;
  const range = { orgId, fromMs, toMs };
  const stepMs = toMs - fromMs <= HOURLY_UP_TO_MS ? HOUR_MS : DAY_MS;
  const { sums, state } = await sumsTogether(store, [
    { ...range, by: ["provider", "model", "status", "fallback_used"] },
    { ...range, by: ["status"], stepMs, only: ["requests", "costNanoUsd"] },
    { orgId, fromMs: nowMs - DAY_MS, toMs: nowMs + 1, only: ["requests"] },
    ...(orgId === null ? [] : [about(range)]),
  ]);
  const [lines = [], steps = [], lastDay = [], everybody = lines] = sums;
  const isExact = fromMs >= state.rawSinceMs && totalOf(everybody).requests <= MOST_SORTED;
  const percentiles = isExact
    ? await exactPercentiles(store, range)
    : await estimatedPercentiles(store, range, state);
  return {
    volume: { totalRequests: totalOf(lines).requests, requests24h: totalOf(lastDay).requests },
    reliability: reliabilityOf(lines),
    performance: performanceOf(lines, percentiles),
    cost: costOfAll(lines),
    series: seriesOf(steps, fromMs, Math.min(toMs, nowMs + 1), stepMs),
  };
}

/** Everybody's requests, because all of them would be read; in whole hours, because about will do. */
function about({ fromMs, toMs }: { fromMs: number; toMs: number }): SumsOptions {
  return {
    fromMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS,
    toMs: Math.ceil(toMs / HOUR_MS) * HOUR_MS,
    only: ["requests"],
  };
}

const isAnswered = ({ status }: Line) => status === "ok";

function reliabilityOf(lines: readonly Line[]): Dashboard["reliability"] {
  const rated = lines.filter(({ status }) => status !== "refused" && status !== "canceled");
  const all = totalOf(rated).requests;
  return {
    successRate: ratio(totalOf(rated.filter(isAnswered)).requests, all),
    fallbackRate: ratio(totalOf(rated.filter((line) => line.fallback_used === 1)).requests, all),
  };
}

function performanceOf(
  lines: readonly Line[],
  { overall, byModel }: LatencyPercentiles,
): Dashboard["performance"] {
  const answered = lines.filter(isAnswered);
  return {
    ...latenciesOf(totalOf(answered), overall),
    byModel: groupBy(lines, "model").flatMap(([model, group]) => {
      const sums = totalOf(group.filter(isAnswered));
      if (sums.requests === 0) return [];
      return [{ model, requests: sums.requests, ...latenciesOf(sums, byModel.get(model)) }];
    }),
  };
}

function costOfAll(lines: readonly Line[]): Dashboard["cost"] {
  const total = totalOf(lines);
  return {
    totalNanoUsd: total.costNanoUsd,
    unpricedRequests: total.unpriced,
    byProvider: groupBy(lines, "provider").map(([provider, group]) => ({ provider, ...costOf(group) })),
    byModel: groupBy(lines, "model").map(([model, group]) => ({ model, ...costOf(group) })),
  };
}

/** Dearest first, then busiest; rows without a name (nobody answered) are in the totals only. */
function groupBy(lines: readonly Line[], column: "provider" | "model"): [string, Line[]][] {
  const groups = Map.groupBy(lines, (line) => line[column] ?? null);
  return [...groups]
    .flatMap(([name, group]) => (typeof name === "string" ? [{ name, group, sums: totalOf(group) }] : []))
    .sort(
      (a, b) =>
        b.sums.costNanoUsd - a.sums.costNanoUsd ||
        b.sums.requests - a.sums.requests ||
        (a.name < b.name ? -1 : 1),
    )
    .map(({ name, group }) => [name, group]);
}

function latenciesOf(sums: RollupSums, percentiles?: Percentiles): Latencies {
  const avgLatencyUs = ratio(sums.latencyUs, sums.requests);
  const avgTtftUs = ratio(sums.ttftUs, sums.ttftCount);
  return {
    avgLatencyMs: avgLatencyUs && avgLatencyUs / 1000,
    p50LatencyMs: percentiles?.p50 ?? null,
    p95LatencyMs: percentiles?.p95 ?? null,
    avgTtftMs: avgTtftUs && avgTtftUs / 1000,
  };
}

function costOf(lines: readonly Line[]): CostLine {
  const { requests, costNanoUsd, unpriced } = totalOf(lines);
  return { requests, costNanoUsd, unpricedRequests: unpriced };
}

function seriesOf(
  lines: readonly SumLine[],
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
  for (const line of lines) {
    const point = points.get(line.time_ms ?? Number.NaN);
    if (!point) continue;
    point.requests += line.requests;
    if (isAnswered(line)) point.okRequests += line.requests;
    point.costNanoUsd += line.costNanoUsd;
  }
  return [...points.values()];
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
