import type { Write } from "./group-commit.ts";
import type { Queries } from "./tables.ts";
import { write } from "./write.ts";

/** A fact about the store itself; null = not set. */
export async function getMeta(queries: Queries, name: string): Promise<string | null> {
  const row = await queries.selectFrom("meta").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value ?? null;
}

export function setMeta(queries: Queries, name: string, value: string): Write {
  return write(
    queries
      .insertInto("meta")
      .values({ name, value })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value })),
  );
}
