import { type QueryCreator, sql } from "kysely";
import type { Queries, Tables } from "./tables.ts";

export interface RequestRange {
  /** null = every organization. */
  orgId: string | null;
  /** Inclusive. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

function inRange(queries: QueryCreator<Tables>, { orgId, fromMs, toMs }: RequestRange) {
  const query = queries.selectFrom("requests").where("time_ms", ">=", fromMs).where("time_ms", "<", toMs);
  return orgId === null ? query : query.where("org_id", "=", orgId);
}

export function countRequests(queries: Queries, range: RequestRange) {
  return inRange(queries, range).select((eb) => eb.fn.countAll<number>().as("requests"));
}

/**
 * Sums per time bucket, provider and model: small enough to be added up further by the reader of it, so that totals
 * and lists come from the same figures. Latency is that of answered (`ok`) requests; a fast refusal would flatter it.
 */
export function sumRequests(queries: Queries, range: RequestRange, bucketMs: number) {
  const bucket = sql<number>`(time_ms / ${sql.lit(bucketMs)}) * ${sql.lit(bucketMs)}`;
  const rated = sql`status NOT IN ('refused', 'canceled')`;
  return inRange(queries, range)
    .select([
      bucket.as("bucket_ms"),
      "provider",
      "model",
      sql<number>`count(*)`.as("requests"),
      sql<number>`sum(${rated})`.as("rated"),
      sql<number>`sum(status = 'ok')`.as("ok"),
      sql<number>`sum(${rated} AND fallback_used = 1)`.as("fallbacks"),
      sql<number>`total(latency_ms) FILTER (WHERE status = 'ok')`.as("latency_ms"),
      sql<number>`total(ttft_ms) FILTER (WHERE status = 'ok')`.as("ttft_ms"),
      sql<number>`count(ttft_ms) FILTER (WHERE status = 'ok')`.as("ttft_count"),
      sql<number>`coalesce(sum(cost_nano_usd), 0)`.as("cost_nano_usd"),
      sql<number>`sum(cost_nano_usd IS NULL AND usage_source <> 'none')`.as("unpriced"),
    ])
    .groupBy([bucket, "provider", "model"]);
}

/** Exact median and 95th percentile (nearest rank) of answered requests, over all of them. */
export function latencyPercentiles(queries: Queries, range: RequestRange) {
  return queries
    .with("ranked", (db) =>
      inRange(db, range)
        .where("status", "=", "ok")
        .select([
          "latency_ms",
          sql<number>`row_number() OVER (ORDER BY latency_ms)`.as("rank"),
          sql<number>`count(*) OVER ()`.as("total"),
        ]),
    )
    .selectFrom("ranked")
    .select([rankAt(50).as("p50"), rankAt(95).as("p95")]);
}

/** The same per model. */
export function latencyPercentilesByModel(queries: Queries, range: RequestRange) {
  return queries
    .with("ranked", (db) =>
      inRange(db, range)
        .where("status", "=", "ok")
        .where("model", "is not", null)
        .select([
          "model",
          "latency_ms",
          sql<number>`row_number() OVER (PARTITION BY model ORDER BY latency_ms)`.as("rank"),
          sql<number>`count(*) OVER (PARTITION BY model)`.as("total"),
        ]),
    )
    .selectFrom("ranked")
    .select(["model", rankAt(50).as("p50"), rankAt(95).as("p95")])
    .groupBy("model");
}

/** The smallest latency that `percent` of the ranked rows do not exceed. */
function rankAt(percent: number) {
  return sql<number | null>`min(CASE WHEN rank * 100 >= total * ${sql.lit(percent)} THEN latency_ms END)`;
}
