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
