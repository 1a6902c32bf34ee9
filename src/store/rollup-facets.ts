import { type Expression, sql } from "kysely";
import { isAll, matching, type RequestMatch } from "./request-match.ts";
import { tierOf } from "./rollup-reads.ts";
import type { RollupSpan, Span } from "./rollup-tiers.ts";
import type { Queries } from "./tables.ts";

/** What the logs can be filtered by. */
export const FACETS = ["model", "provider", "key_id", "status", "industry", "fallback_used"] as const;
export type Facet = (typeof FACETS)[number];

export interface FacetCount {
  facet: Facet;
  /** `fallback_used` is 0 or 1. */
  value: string | number | null;
  requests: number;
}

interface Named extends Record<Facet, string | number | null> {
  requests: number;
}

/** Requests of a kept span by each facet's values. */
export function countKeptFacets(queries: Queries, match: RequestMatch, span: RollupSpan) {
  const spanned = queries
    .selectFrom("rollups")
    .where("tier", "=", sql<number>`${sql.lit(tierOf(span, false))}`)
    .where("bucket_ms", ">=", span.fromMs)
    .where("bucket_ms", "<", span.toMs);
  const matched = queries.selectFrom("rollup_groups").select("id").where(matching(match));
  const ofGroups = (isAll(match) ? spanned : spanned.where("group_id", "in", matched))
    .select(["group_id", sql<number>`total(requests)`.as("requests")])
    .groupBy("group_id");
  const named = queries
    .selectFrom(ofGroups.as("sums"))
    .innerJoin("rollup_groups", "rollup_groups.id", "sums.group_id")
    .select([...FACETS, "sums.requests"]);
  return byFacet(queries, named);
}

/** The same of raw rows. */
export function countRawFacets(queries: Queries, match: RequestMatch, { fromMs, toMs }: Span) {
  const named = queries
    .selectFrom("requests")
    .where("time_ms", ">=", fromMs)
    .where("time_ms", "<", toMs)
    .where(matching(match))
    .select([...FACETS, sql<number>`count(*)`.as("requests")])
    .groupBy([...FACETS]);
  return byFacet(queries, named);
}

/** Adds up once by all of them, then what came out by each. */
function byFacet(queries: Queries, named: Expression<Named>) {
  const counts = FACETS.map(
    (facet) => sql`SELECT ${sql.lit(facet)} AS facet, ${sql.ref(facet)} AS value, total(requests) AS requests
      FROM named GROUP BY ${sql.ref(facet)}`,
  );
  return queries
    .selectFrom(
      sql<FacetCount>`(WITH named AS MATERIALIZED ${named} ${sql.join(counts, sql` UNION ALL `)})`.as(
        "counts",
      ),
    )
    .selectAll()
    .$castTo<FacetCount>();
}
