import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import { isAll, matching, type RequestMatch } from "./request-match.ts";
import { HOUR_MS, MINUTE_MS, type Span, TIER } from "./rollup-tiers.ts";
import type { Queries, RequestRow, Tables } from "./tables.ts";

/** Where a list stands: what comes after it is older, or as old with a lower number. */
export interface RequestPosition {
  timeMs: number;
  sequence: number;
}

/**
 * Rows of the span older than `after` (null = the newest), newest first. Ordered by time and number, not by number alone:
 * the time index then serves range, order and position at once, and a clock that was set back does not shuffle the page.
 */
export function findRequests(
  queries: Queries,
  match: RequestMatch,
  span: Span,
  after: RequestPosition | null,
  limit: number,
) {
  const query = positioned(queries, span, after);
  return (isAll(match) ? query : query.where(matching(match)))
    .selectAll()
    .orderBy("time_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(limit)
    .$castTo<RequestRow>();
}

/** How many rows, up to `most`, come after `after` in the span, and the time of the last of them. By index alone. */
export function lookAhead(queries: Queries, span: Span, after: RequestPosition | null, most: number) {
  const ahead = positioned(queries, span, after)
    .select("time_ms")
    .orderBy("time_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(most);
  return queries
    .selectFrom(ahead.as("ahead"))
    .select((eb) => [
      eb.fn.countAll<number>().as("requests"),
      eb.fn.min<number | null>("time_ms").as("time_ms"),
    ]);
}

export function positioned(queries: Kysely<Tables>, { fromMs, toMs }: Span, after: RequestPosition | null) {
  // Of two upper bounds SQLite seeks by one, and would step over every row between: both say the same moment.
  const endMs = after === null ? toMs : Math.min(toMs, after.timeMs + 1);
  const query = queries.selectFrom("requests").where("time_ms", ">=", fromMs).where("time_ms", "<", endMs);
  return after === null
    ? query
    : query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("time_ms", "sequence"), "<", tuple(after.timeMs, after.sequence)),
      );
}

/**
 * The latest hours (and, where their sums are not moved yet, minutes) of a while that have a matching request, latest first.
 * A while is given by beginnings: an hour counts if it begins in it. By the index of groups: what matches seldom is found at
 * once. Hours whose rows are deleted are none.
 */
export function spansWith(queries: Queries, match: RequestMatch, { fromMs, toMs }: Span, most: number) {
  const hours = queries
    .selectFrom("rollup_groups")
    // The groups first, though there may be many: of each the index knows the hours.
    .crossJoin("rollups")
    .whereRef("group_id", "=", "rollup_groups.id")
    .where("tier", "=", sql<number>`${sql.lit(TIER.hour)}`)
    .where(matching(match));
  const minutes = queries
    .selectFrom("rollups")
    .where("tier", "=", sql<number>`${sql.lit(TIER.minute)}`)
    .where("group_id", "in", queries.selectFrom("rollup_groups").select("id").where(matching(match)));
  const between = (eb: ExpressionBuilder<Tables, "rollups">) =>
    eb.and([
      eb("bucket_ms", ">=", fromMs),
      eb("bucket_ms", "<", toMs),
      eb("bucket_ms", ">=", eb.selectFrom("rollup_state").select("raw_since_ms")),
    ]);
  const spans = hours
    .where(between)
    .select(["bucket_ms as from_ms", sql<number>`bucket_ms + ${sql.lit(HOUR_MS)}`.as("to_ms")])
    .distinct()
    .unionAll(
      minutes
        .where(between)
        .select(["bucket_ms as from_ms", sql<number>`bucket_ms + ${sql.lit(MINUTE_MS)}`.as("to_ms")])
        .distinct(),
    );
  return queries.selectFrom(spans.as("spans")).selectAll().orderBy("to_ms", "desc").limit(most);
}
