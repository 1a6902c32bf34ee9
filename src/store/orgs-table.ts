import type { OrgRow, Queries } from "./tables.ts";

/** The organization every store begins with. */
export const DEFAULT_ORG_ID = "org_default";

export async function findOrg(queries: Queries, id: string): Promise<OrgRow | null> {
  return (await queries.selectFrom("orgs").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}
