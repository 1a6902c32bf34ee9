import type { Database } from "bun:sqlite";
import { rollupState, setRawSince } from "./rollups-table.ts";
import type { Queries } from "./tables.ts";

const DELETE = `DELETE FROM requests WHERE sequence IN
  (SELECT sequence FROM requests WHERE time_ms < ? ORDER BY time_ms LIMIT ?)`;

/**
 * Deletes up to `most` raw rows of before `beforeMs` (a whole hour), the oldest first, in the transaction it runs in;
 * returns how many. Their sums stay, and from now on stand for them.
 */
export function deleteOldRequests(db: Database, beforeMs: number, most: number): number {
  if (rollupState(db).rawSinceMs < beforeMs) setRawSince(db, beforeMs);
  return db.query(DELETE).run(beforeMs, most).changes;
}

/** The time of the oldest raw row; null = there is none. */
export function oldestRequest(queries: Queries) {
  return queries.selectFrom("requests").select("time_ms").orderBy("time_ms").limit(1);
}
