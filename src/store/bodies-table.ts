import type { Database, Statement } from "bun:sqlite";
import type { Write } from "./group-commit.ts";
import { logWeightOf } from "./log-weight.ts";
import type { Queries, RequestBodiesRow } from "./tables.ts";

const INSERT = `INSERT INTO request_bodies (sequence, time_ms, org_id, request_truncated, response_truncated,
  request_redacted, response_redacted, request, response) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const prepared = new WeakMap<Database, Statement>();

/** What was said in a request, in the transaction of its row. */
export function insertBodies(row: RequestBodiesRow): Write {
  return (db) => {
    let statement = prepared.get(db);
    if (!statement) {
      statement = db.prepare(INSERT);
      prepared.set(db, statement);
    }
    statement.run(
      ...([row.sequence, row.time_ms, row.org_id, row.request_truncated, row.response_truncated] as const),
      ...([row.request_redacted, row.response_redacted, row.request, row.response] as const),
    );
    logWeightOf(db).add(sizeOf(row.request) + sizeOf(row.response));
  };
}

function sizeOf(body: string | Uint8Array | null): number {
  return body?.length ?? 0;
}

export function findBodies(queries: Queries, sequence: number) {
  return queries.selectFrom("request_bodies").selectAll().where("sequence", "=", sequence);
}

/** The time of the oldest; null = there is none. */
export function oldestBodies(queries: Queries) {
  return queries.selectFrom("request_bodies").select("time_ms").orderBy("time_ms").limit(1);
}

export function countBodies(queries: Queries, orgId: string) {
  return queries
    .selectFrom("request_bodies")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("org_id", "=", orgId);
}

/** Rows that are looked at for a step. */
const MOST_ROWS = 200;
/** Of bodies in a step: to overwrite a megabyte takes about a millisecond. */
const MOST_BYTES = 2 ** 20;

const FIND = `SELECT sequence, coalesce(octet_length(request), 0) + coalesce(octet_length(response), 0) AS bytes
  FROM request_bodies`;
const FIND_OLD = `${FIND} WHERE time_ms < ? ORDER BY time_ms LIMIT ${MOST_ROWS}`;
const FIND_OF_ORG = `${FIND} WHERE org_id = ? AND time_ms <= ? ORDER BY sequence LIMIT ${MOST_ROWS}`;

interface Found {
  sequence: number;
  bytes: number;
}

/** Deletes some bodies of before `beforeMs`, the oldest first, in the transaction it runs in; returns how many. */
export function deleteOldBodies(db: Database, beforeMs: number): number {
  return wipe(db, db.query<Found, [number]>(FIND_OLD).all(beforeMs));
}

/** The same of those an organization has up to `untilMs`. */
export function deleteBodiesOf(db: Database, orgId: string, untilMs: number): number {
  return wipe(db, db.query<Found, [string, number]>(FIND_OF_ORG).all(orgId, untilMs));
}

/** Overwrites what it deletes: SQLite otherwise leaves the text in pages that are free. */
function wipe(db: Database, found: readonly Found[]): number {
  const remove = db.query("DELETE FROM request_bodies WHERE sequence = ?");
  let bytes = 0;
  let count = 0;
  db.run("PRAGMA secure_delete = ON");
  try {
    for (const row of found) {
      if (count > 0 && bytes + row.bytes > MOST_BYTES) break;
      remove.run(row.sequence);
      bytes += row.bytes;
      count += 1;
    }
  } finally {
    db.run("PRAGMA secure_delete = FAST");
  }
  logWeightOf(db).add(bytes);
  return count;
}
