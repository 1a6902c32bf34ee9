import type { Database } from "bun:sqlite";
import { type Compilable, type CompiledQuery, sql } from "kysely";
import type { Write } from "./group-commit.ts";
import {
  addHistogram,
  BUCKETS_PER_LN,
  count,
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  LAST_BUCKET,
} from "./latency-histogram.ts";
import { RollupGroups } from "./rollup-groups.ts";
import { tierOf } from "./rollup-reads.ts";
import { DAY_MS, HOUR_MS, type RollupSpan, type Span, TIER } from "./rollup-tiers.ts";
import type { Queries } from "./tables.ts";

/** Answered requests of an hour by summary group and bucket of latency. */
export interface LatencyCount {
  org_id: string;
  provider: string | null;
  model: string | null;
  fallback_used: number;
  bucket: number;
  requests: number;
}

const latencyUs = sql<number>`round(latency_ms * 1000)`;
/** `bucketOf` in SQL. */
const bucket = sql<number>`CASE WHEN ${latencyUs} <= 1 THEN 0
  ELSE min(CAST(ceil(ln(${latencyUs}) * ${sql.lit(BUCKETS_PER_LN)}) AS INTEGER), ${sql.lit(LAST_BUCKET)}) END`;

export function countLatenciesOfHour(queries: Queries, hourMs: number) {
  const names = ["org_id", "provider", "model", "fallback_used"] as const;
  return queries
    .selectFrom("requests")
    .where("time_ms", ">=", hourMs)
    .where("time_ms", "<", hourMs + HOUR_MS)
    .where("status", "=", "ok")
    .select([...names, bucket.as("bucket"), sql<number>`count(*)`.as("requests")])
    .groupBy([...names, bucket])
    .$castTo<LatencyCount>();
}

/** The same of any while, by model. */
export function countLatencies(queries: Queries, { fromMs, toMs }: Span, orgId: string | null) {
  const query = queries
    .selectFrom("requests")
    .where("time_ms", ">=", fromMs)
    .where("time_ms", "<", toMs)
    .where("status", "=", "ok");
  return (orgId === null ? query : query.where("org_id", "=", orgId))
    .select(["model", bucket.as("bucket"), sql<number>`count(*)`.as("requests")])
    .groupBy(["model", bucket])
    .$castTo<{ model: string | null; bucket: number; requests: number }>();
}

/** Kept histograms of whole hours or days by model, added up where they are read. */
export function histogramsByModel(queries: Queries, span: RollupSpan, orgId: string | null) {
  const query = queries
    .selectFrom("rollups")
    .innerJoin("rollup_groups", "rollup_groups.id", "group_id")
    .where("tier", "=", sql<number>`${sql.lit(tierOf(span, true))}`)
    .where("bucket_ms", ">=", span.fromMs)
    .where("bucket_ms", "<", span.toMs)
    .where("histogram", "is not", null);
  const chosen = orgId === null ? query : query.where("org_id", "=", orgId);
  // One after the other is both added up, and leaves fewer to be handed over. The bytes stay what they are.
  const together = sql<Uint8Array>`CAST(group_concat(histogram, '') AS BLOB)`.as("histogram");
  return mergedBy("model", chosen.select(["model", together]).groupBy("model"));
}

/** Has the reader add up the histograms of rows with the same value, so that one row of each leaves it. */
function mergedBy<Row>(mergeHistogramsBy: string, query: Compilable<Row>): Compilable<Row> {
  return { compile: () => withMerge(query.compile(), mergeHistogramsBy) };
}

function withMerge<Row>(compiled: CompiledQuery<Row>, mergeHistogramsBy: string) {
  return { ...compiled, mergeHistogramsBy };
}

/** Hours whose histograms have to be made, the oldest first. */
export function hoursDue(queries: Queries, most: number) {
  return queries.selectFrom("rollup_histograms_due").select("hour_ms").orderBy("hour_ms").limit(most);
}

/** The first moment since then whose hour has histograms that lack a row: not made yet, or its sums wait in the minutes. */
export function firstWithoutHistogram(queries: Queries, sinceMs: number) {
  const due = queries
    .selectFrom("rollup_histograms_due")
    .select((eb) => eb.fn.min<number | null>("hour_ms").as("time_ms"))
    .where("hour_ms", ">=", sinceMs);
  const waiting = queries
    .selectFrom("rollups")
    .select((eb) => eb.fn.min<number | null>("bucket_ms").as("time_ms"))
    .where("tier", "=", TIER.minute)
    .where("bucket_ms", ">=", sinceMs);
  return queries
    .selectFrom(due.unionAll(waiting).as("times"))
    .select((eb) => eb.fn.min<number | null>("time_ms").as("time_ms"));
}

export function hourDone(hourMs: number): Write {
  return (db) => {
    db.query("DELETE FROM rollup_histograms_due WHERE hour_ms = ?").run(hourMs);
  };
}

const FIND = "SELECT histogram FROM rollups WHERE tier = ? AND bucket_ms = ? AND group_id = ?";
const SET = "UPDATE rollups SET histogram = ? WHERE tier = ? AND bucket_ms = ? AND group_id = ?";

/** Replaces the histogram of one group in an hour, and the hour's part of its day's. Doing so twice changes nothing. */
export function setHistogram(hourMs: number, counts: readonly LatencyCount[]): Write {
  return (db) => {
    const [first] = counts;
    if (!first) return;
    const { org_id, provider, model, fallback_used } = first;
    const groupId = new RollupGroups(db).idOf({
      ...{ org_id, provider, model, fallback_used, status: "ok" },
      ...{ key_id: null, industry: null, operation: null },
    });
    const before = histogramAt(db, TIER.hourSummary, hourMs, groupId);
    // Its sums are still in the minutes: the hour is due again once they are moved.
    if (before === null) return;
    const after: Histogram = new Map(counts.map((it) => [it.bucket, it.requests]));
    const dayMs = Math.floor(hourMs / DAY_MS) * DAY_MS;
    const ofDay = histogramAt(db, TIER.daySummary, dayMs, groupId) ?? new Map();
    for (const [bucketOfHour, requests] of before) count(ofDay, bucketOfHour, -requests);
    addHistogram(ofDay, after);
    for (const [bucketOfDay, requests] of ofDay) if (requests <= 0) ofDay.delete(bucketOfDay);
    db.query(SET).run(encodeHistogram(after), TIER.hourSummary, hourMs, groupId);
    db.query(SET).run(encodeHistogram(ofDay), TIER.daySummary, dayMs, groupId);
  };
}

/** Empty where none was made yet; null = there are no sums. */
function histogramAt(db: Database, tier: number, bucketMs: number, groupId: number): Histogram | null {
  const row = db.query<{ histogram: Uint8Array | null }, number[]>(FIND).get(tier, bucketMs, groupId);
  if (!row) return null;
  return row.histogram ? decodeHistogram(row.histogram) : new Map();
}
