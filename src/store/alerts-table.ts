import { sql } from "kysely";
import type { Write } from "./group-commit.ts";
import type { AlertRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

/** As it is inserted: the prefix of its key is looked up with it. */
export type NewAlert = Omit<AlertRow, "sequence" | "key_prefix" | "attempts">;

/** Raw: a start may tell all bands of all budgets anew, most of which are there. */
const INSERT = `
  INSERT INTO alerts (id, time_ms, org_id, scope, owner_id, key_prefix, band, limit_nano_usd, spent_nano_usd, period,
    period_start_ms, delivery, attempts, next_try_ms)
  VALUES ($id, $time_ms, $org_id, $scope, $owner_id,
    (SELECT prefix FROM keys WHERE $scope = 'key' AND keys.id = $owner_id),
    $band, $limit_nano_usd, $spent_nano_usd, $period, $period_start_ms, $delivery, 0, $next_try_ms)
  ON CONFLICT (scope, owner_id, period_start_ms, limit_nano_usd, band) DO NOTHING
  RETURNING *`;

/**
 * Inserts what is not there yet. `inserted` is given the rows that were new, within the transaction: it may be called
 * twice, and only what it was given last counts, once committed.
 */
export function insertAlerts(
  rows: readonly NewAlert[],
  inserted: (rows: readonly AlertRow[]) => void,
): Write {
  return (db) => {
    const insert = db.query<AlertRow, NewAlert>(INSERT);
    inserted(rows.flatMap((row) => insert.all({ ...row })));
  };
}

export interface AlertFilter {
  /** null = every organization. */
  orgId: string | null;
  /** Inclusive; null = from the first. */
  fromMs: number | null;
  /** Exclusive; null = to the last. */
  toMs: number | null;
  /** Where the page before ended; null = the first page. */
  before: { timeMs: number; sequence: number } | null;
  limit: number;
}

/** Newest first. */
export function listAlerts(queries: Queries, { orgId, fromMs, toMs, before, limit }: AlertFilter) {
  let query = queries.selectFrom("alerts").selectAll();
  if (orgId !== null) query = query.where("org_id", "=", orgId);
  if (fromMs !== null) query = query.where("time_ms", ">=", fromMs);
  if (toMs !== null) query = query.where("time_ms", "<", toMs);
  if (before !== null)
    query = query.where(sql<boolean>`(time_ms, sequence) < (${before.timeMs}, ${before.sequence})`);
  return query.orderBy("time_ms", "desc").orderBy("sequence", "desc").limit(limit);
}

/** The pending one whose turn is next, due or not. */
export function nextPendingAlert(queries: Queries) {
  const pending = queries.selectFrom("alerts").selectAll().where("delivery", "=", sql.lit("pending"));
  return pending.orderBy("next_try_ms").orderBy("sequence").limit(1);
}

export function setDelivery(
  queries: Queries,
  sequence: number,
  state: Pick<AlertRow, "delivery" | "attempts" | "next_try_ms">,
): Write {
  return write(queries.updateTable("alerts").set(state).where("sequence", "=", sequence));
}

/** Every pending one is due at once. */
export function retryPendingAlerts(queries: Queries, nowMs: number): Write {
  return write(
    queries.updateTable("alerts").set({ next_try_ms: nowMs }).where("delivery", "=", sql.lit("pending")),
  );
}

/** The receiver wants no more of them. */
export function giveUpPendingAlerts(queries: Queries): Write {
  return write(
    queries
      .updateTable("alerts")
      .set({ delivery: "given_up", next_try_ms: null })
      .where("delivery", "=", sql.lit("pending")),
  );
}
