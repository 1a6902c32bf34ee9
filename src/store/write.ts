import type { SQLQueryBindings } from "bun:sqlite";
import type { Compilable } from "kysely";
import type { Write } from "./group-commit.ts";

/** A built INSERT, UPDATE or DELETE as part of a transaction. For what is rare: building costs some 30 µs. */
export function write(query: Compilable): Write {
  const { sql, parameters } = query.compile();
  return (db) => {
    db.query(sql).run(...(parameters as SQLQueryBindings[]));
  };
}

/** Several writes that stand or fall together. */
export function together(...writes: readonly Write[]): Write {
  return (db) => {
    for (const each of writes) each(db);
  };
}
