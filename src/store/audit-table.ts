import { sql } from "kysely";
import type { Write } from "./group-commit.ts";
import type { AuditRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

export function insertAudit(queries: Queries, row: AuditRow): Write {
  return write(queries.insertInto("audit").values(row));
}

/** Newest first; `before` is the sequence of the last row given out. null = every organization; from the newest on. */
export function listAudit(queries: Queries, orgId: string | null, before: number | null, limit: number) {
  const sequence = sql<number>`sequence`;
  let query = queries.selectFrom("audit").selectAll().select(sequence.as("sequence"));
  if (orgId !== null) query = query.where("org_id", "=", orgId);
  if (before !== null) query = query.where(sequence, "<", before);
  return query.orderBy(sequence, "desc").limit(limit);
}
