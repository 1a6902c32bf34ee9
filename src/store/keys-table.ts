import type { Write } from "./group-commit.ts";
import type { KeyRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

/** Every key, revoked ones too, oldest first. */
export function allKeys(queries: Queries) {
  return queries.selectFrom("keys").selectAll().orderBy("created_at_ms").orderBy("id");
}

export function insertKey(queries: Queries, row: KeyRow): Write {
  return write(queries.insertInto("keys").values(row));
}

/** Only the columns given are touched, so two changes at once do not undo each other. */
export function updateKey(queries: Queries, id: string, patch: Partial<Omit<KeyRow, "id">>): Write {
  return write(queries.updateTable("keys").set(patch).where("id", "=", id));
}

/** Raw and prepared: a busy gateway notes hundreds at a time. */
export function setLastUses(uses: readonly { keyId: string; timeMs: number }[]): Write {
  return (db) => {
    const update = db.query("UPDATE keys SET last_used_at_ms = $timeMs WHERE id = $keyId");
    for (const use of uses) update.run(use);
  };
}
