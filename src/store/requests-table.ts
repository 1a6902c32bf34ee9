import type { Database, Statement } from "bun:sqlite";
import type { Write } from "./group-commit.ts";
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

/** The hot statement, once per request: prepared once per connection, values bound in order (by name costs half as much again). */
export function insertRequest(row: RequestRow): Write {
  return (db) => {
    let statement = prepared.get(db);
    if (!statement) {
      statement = db.prepare(INSERT);
      prepared.set(db, statement);
    }
    statement.run(...valuesOf(row));
  };
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

/** Null fields do not filter. */
export interface RequestFilter {
  orgId: string | null;
  /** Inclusive. */
  fromMs: number | null;
  /** Exclusive. */
  toMs: number | null;
  model: string | null;
  provider: string | null;
  keyId: string | null;
  status: string | null;
  industry: string | null;
  fallback: boolean | null;
}

/**
 * Newest first. Ordered by time and number, not by number alone: the time index then serves range, order and
 * position at once, and a clock that was set back does not shuffle the page.
 */
export function listRequests(
  queries: Queries,
  filter: RequestFilter,
  after: { timeMs: number; sequence: number } | null,
  limit: number,
) {
  let query = queries.selectFrom("requests").selectAll();
  if (filter.fromMs !== null) query = query.where("time_ms", ">=", filter.fromMs);
  if (filter.toMs !== null) query = query.where("time_ms", "<", filter.toMs);
  if (filter.orgId !== null) query = query.where("org_id", "=", filter.orgId);
  if (filter.model !== null) query = query.where("model", "=", filter.model);
  if (filter.provider !== null) query = query.where("provider", "=", filter.provider);
  if (filter.keyId !== null) query = query.where("key_id", "=", filter.keyId);
  if (filter.status !== null) query = query.where("status", "=", filter.status);
  if (filter.industry !== null) query = query.where("industry", "=", filter.industry);
  if (filter.fallback !== null) query = query.where("fallback_used", "=", filter.fallback ? 1 : 0);
  if (after !== null)
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("time_ms", "sequence"), "<", tuple(after.timeMs, after.sequence)),
    );
  return query.orderBy("time_ms", "desc").orderBy("sequence", "desc").limit(limit);
}

export function findRequest(queries: Queries, sequence: number, orgId: string | null) {
  const query = queries.selectFrom("requests").selectAll().where("sequence", "=", sequence);
  return orgId === null ? query : query.where("org_id", "=", orgId);
}
