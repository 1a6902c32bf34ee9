import { sql } from "kysely";
import type { Write } from "./group-commit.ts";
import type { KeySecretRow, Queries } from "./tables.ts";
import { together, write } from "./write.ts";

export function allKeySecrets(queries: Queries) {
  return queries.selectFrom("key_secrets").selectAll();
}

export function insertKeySecret(queries: Queries, row: KeySecretRow): Write {
  return write(queries.insertInto("key_secrets").values(row));
}

/** Ends all secrets of a key. */
export function deleteKeySecrets(queries: Queries, keyId: string): Write {
  return write(queries.deleteFrom("key_secrets").where("key_id", "=", keyId));
}

/** Lets the secrets of a key end at `endMs` at the latest, and drops those that are over at `nowMs`. */
export function endKeySecrets(queries: Queries, keyId: string, endMs: number, nowMs: number): Write {
  const earlier = sql<number>`min(coalesce(expires_at_ms, ${endMs}), ${endMs})`;
  return together(
    write(queries.updateTable("key_secrets").set({ expires_at_ms: earlier }).where("key_id", "=", keyId)),
    write(queries.deleteFrom("key_secrets").where("key_id", "=", keyId).where("expires_at_ms", "<=", nowMs)),
  );
}
