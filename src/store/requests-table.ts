import type { Database, Statement } from "bun:sqlite";
import type { Write } from "./group-commit.ts";
import { requestBatchOf } from "./request-batch.ts";
import type { Queries, RequestRow } from "./tables.ts";

/** As a record, so that a column added to the type but not here does not compile. */
const COLUMNS: Record<keyof RequestRow, true> = {
  sequence: true,
  time_ms: true,
  org_id: true,
  key_id: true,
  operation: true,
  requested_model: true,
  model: true,
  provider: true,
  upstream_model: true,
  status: true,
  http_status: true,
  error_code: true,
  stream: true,
  input_tokens: true,
  cached_read_tokens: true,
  cache_write_tokens: true,
  output_tokens: true,
  reasoning_tokens: true,
  usage_source: true,
  price: true,
  cost_nano_usd: true,
  latency_ms: true,
  ttft_ms: true,
  fallback_used: true,
  cache: true,
  industry: true,
  task: true,
  route_reason: true,
  attempts: true,
  decision: true,
};

const names = Object.keys(COLUMNS) as (keyof RequestRow)[];
const INSERT = `INSERT INTO requests (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;

const prepared = new WeakMap<Database, Statement>();

/** A row and its part of the sums, in the transaction it runs in. Once per request. */
export function insertRequest(row: RequestRow): Write {
  return (db) => {
    insertBareRequest(db, row);
    requestBatchOf(db).add(row);
  };
}

/**
 * The row without its sums: for those who add up themselves what they write. Prepared once per connection, values bound
 * in order (by name costs half as much again).
 */
export function insertBareRequest(db: Database, row: RequestRow): void {
  let statement = prepared.get(db);
  if (!statement) {
    statement = db.prepare(INSERT);
    prepared.set(db, statement);
  }
  statement.run(...valuesOf(row));
}

/** A loop: mapping costs twice as much, and this runs for every request. */
function valuesOf(row: RequestRow): RequestRow[keyof RequestRow][] {
  const values = new Array<RequestRow[keyof RequestRow]>(names.length);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    values[i] = name === undefined ? null : row[name];
  }
  return values;
}

/** The highest request number, 0 in an empty table. */
export function lastSequence(db: Database): number {
  return db.query<{ last: number | null }, []>("SELECT max(sequence) AS last FROM requests").get()?.last ?? 0;
}

export function findRequest(queries: Queries, sequence: number, orgId: string | null) {
  const query = queries.selectFrom("requests").selectAll().where("sequence", "=", sequence);
  return orgId === null ? query : query.where("org_id", "=", orgId);
}
