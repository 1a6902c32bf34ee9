import type { Database } from "bun:sqlite";
import type { Queries } from "./tables.ts";

/** All that an organization, or one key of it, has spent, in nano-USD. Requests of unknown cost are not in it. */
export async function spentNanoUsd(queries: Queries, orgId: string, keyId: string | null): Promise<number> {
  let query = queries.selectFrom("requests").where("org_id", "=", orgId);
  if (keyId !== null) query = query.where("key_id", "=", keyId);
  const row = await query
    .select((eb) => eb.fn.sum<number | null>("cost_nano_usd").as("spent"))
    .executeTakeFirst();
  return row?.spent ?? 0;
}

/** Half-open, milliseconds; the end may be Infinity. */
export interface TimeSpan {
  startMs: number;
  endMs: number;
}

export interface Spender {
  orgId: string;
  /** null = all keys of the organization. */
  keyId: string | null;
}

export interface Spent {
  orgId: string;
  keyId: string;
  spentNanoUsd: number;
}

/** Reads on the main thread, at once: for the start, and when a budget is new or a clock was set back. */
export interface SpendReader {
  /** Nano-USD. */
  spentBy(spender: Spender, span: TimeSpan): number;
  /** The same of every key that spent anything, in one pass. */
  spentByEach(span: TimeSpan): Spent[];
  /** The time of the latest row that cost anything; 0 = there is none. */
  lastSpendingMs(): number;
}

export function spendReader(db: Database): SpendReader {
  return {
    spentBy: (spender, span) => spentBy(db, spender, span),
    spentByEach: (span) => spentByEach(db, span),
    lastSpendingMs: () => lastSpendingMs(db),
  };
}

/*
 * These need the index `requests_with_cost` and no row. `total` adds up in doubles: exact below 2⁵³ nano-USD (nine million
 * USD), and where a provider told nonsense it does not fail as `sum` would.
 */
const SPENT = "SELECT total(cost_nano_usd) AS spent FROM requests";
const WITHIN = "cost_nano_usd > 0 AND time_ms >= ? AND time_ms < ?";

/** Requests of unknown cost are not in it. */
function spentBy(db: Database, { orgId, keyId }: Spender, span: TimeSpan): number {
  const sql = `${SPENT} WHERE ${WITHIN} AND org_id = ?${keyId === null ? "" : " AND key_id = ?"}`;
  const whose = keyId === null ? [orgId] : [orgId, keyId];
  return db.query<{ spent: number }, (number | string)[]>(sql).get(...bounds(span), ...whose)?.spent ?? 0;
}

function spentByEach(db: Database, span: TimeSpan): Spent[] {
  return db
    .query<Spent, number[]>(
      `SELECT org_id AS orgId, key_id AS keyId, total(cost_nano_usd) AS spentNanoUsd FROM requests
       WHERE ${WITHIN} GROUP BY org_id, key_id`,
    )
    .all(...bounds(span));
}

function lastSpendingMs(db: Database): number {
  const sql = "SELECT max(time_ms) AS last FROM requests WHERE cost_nano_usd > 0";
  return db.query<{ last: number | null }, []>(sql).get()?.last ?? 0;
}

/** What the row of a request says it cost; null = there is no such row. */
export function findCost(db: Database, sequence: number): { costNanoUsd: number | null } | null {
  const sql = "SELECT cost_nano_usd AS costNanoUsd FROM requests WHERE sequence = ?";
  return db.query<{ costNanoUsd: number | null }, [number]>(sql).get(sequence);
}

function bounds({ startMs, endMs }: TimeSpan): [number, number] {
  return [startMs, Math.min(endMs, Number.MAX_SAFE_INTEGER)];
}
