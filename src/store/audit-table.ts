import type { Write } from "./group-commit.ts";
import type { AuditRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

export function insertAudit(queries: Queries, row: AuditRow): Write {
  return write(queries.insertInto("audit").values(row));
}
