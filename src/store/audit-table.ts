import { sql } from "kysely";
import type { Write } from "./group-commit.ts";
import type { AuditRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

export function insertAudit(queries: Queries, row: AuditRow): Write {
  return write(queries.insertInto("audit").values(row));
}

/** Which entries; null = whichever. */
export interface AuditFilter {
  orgId: string | null;
  actorKeyId: string | null;
  action: string | null;
  object: string | null;
  /** Inclusive. */
  fromMs: number | null;
  /** Exclusive. */
  toMs: number | null;
}

/** Newest first; `before` is the sequence of the last row given out, null = from the newest on. */
export function listAudit(queries: Queries, filter: AuditFilter, before: number | null, limit: number) {
  const sequence = sql<number>`sequence`;
  const { orgId, actorKeyId, action, object, fromMs, toMs } = filter;
  let query = queries.selectFrom("audit").selectAll().select(sequence.as("sequence"));
  if (orgId !== null) query = query.where("org_id", "=", orgId);
  if (actorKeyId !== null) query = query.where("actor_key_id", "=", actorKeyId);
  if (action !== null) query = query.where("action", "=", action);
  if (object !== null) query = query.where("object", "=", object);
  if (fromMs !== null) query = query.where("time_ms", ">=", fromMs);
  if (toMs !== null) query = query.where("time_ms", "<", toMs);
  if (before !== null) query = query.where(sequence, "<", before);
  return query.orderBy(sequence, "desc").limit(limit);
}
