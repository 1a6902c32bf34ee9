import type { Write } from "./group-commit.ts";
import type { OrgRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

/** The organization every store begins with. */
export const DEFAULT_ORG_ID = "org_default";

/** Every organization, oldest first. */
export function allOrgs(queries: Queries) {
  return queries.selectFrom("orgs").selectAll().orderBy("created_at_ms").orderBy("id");
}

export async function findOrg(queries: Queries, id: string): Promise<OrgRow | null> {
  return (await queries.selectFrom("orgs").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export function insertOrg(queries: Queries, row: OrgRow): Write {
  return write(queries.insertInto("orgs").values(row));
}

/** Only the columns given are touched, so two changes at once do not undo each other. */
export function updateOrg(queries: Queries, id: string, patch: Partial<Omit<OrgRow, "id">>): Write {
  return write(queries.updateTable("orgs").set(patch).where("id", "=", id));
}
