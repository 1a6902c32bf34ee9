import type { Queries } from "./tables.ts";

/** All that an organization, or one key of it, has spent, in nano-USD. Requests of unknown cost are not in it. */
export async function spentNanoUsd(queries: Queries, orgId: string, keyId: string | null): Promise<number> {
  let query = queries.selectFrom("requests").where("org_id", "=", orgId);
  if (keyId !== null) query = query.where("key_id", "=", keyId);
  const row = await query
    .select((eb) => eb.fn.sum<number | null>("cost_nano_usd").as("spent"))
    .executeTakeFirst();
  return row?.spent ?? 0;
}
