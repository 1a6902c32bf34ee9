import type { Database, Statement } from "bun:sqlite";
import type { Write } from "./group-commit.ts";
import type { HoldRow, Queries } from "./tables.ts";

/** Raw and prepared once per connection: each attempt of each request runs these. */
const SET = `
  INSERT INTO holds (sequence, time_ms, org_id, key_id, operation, requested_model, provider, model, stream, amount_nano_usd)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (sequence) DO UPDATE SET
    provider = excluded.provider, model = excluded.model, amount_nano_usd = excluded.amount_nano_usd`;
const DELETE = "DELETE FROM holds WHERE sequence = ?";

const prepared = new WeakMap<Database, { set: Statement; drop: Statement }>();

function statements(db: Database): { set: Statement; drop: Statement } {
  let both = prepared.get(db);
  if (!both) {
    both = { set: db.prepare(SET), drop: db.prepare(DELETE) };
    prepared.set(db, both);
  }
  return both;
}

/** What a request holds from now on, instead of what it held for an attempt before. */
export function setHold(row: HoldRow): Write {
  return (db) => {
    statements(db).set.run(
      row.sequence,
      row.time_ms,
      row.org_id,
      row.key_id,
      row.operation,
      row.requested_model,
      row.provider,
      row.model,
      row.stream,
      row.amount_nano_usd,
    );
  };
}

/** Belongs into the transaction of the request's row. Nothing happens where there is none. */
export function deleteHold(sequence: number): Write {
  return (db) => {
    statements(db).drop.run(sequence);
  };
}

/** Null = that request holds nothing. Within a transaction. */
export function findHold(db: Database, sequence: number): HoldRow | null {
  return db.query<HoldRow, [number]>("SELECT * FROM holds WHERE sequence = ?").get(sequence);
}

/** In the order of their requests. At the start these are what a crash left. */
export function allHolds(queries: Queries) {
  return queries.selectFrom("holds").selectAll().orderBy("sequence");
}
