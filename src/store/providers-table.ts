import type { Write } from "./group-commit.ts";
import type { ProviderRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

/** Every provider that was added by API, by id. */
export function allProviders(queries: Queries) {
  return queries.selectFrom("providers").selectAll().orderBy("id");
}

export function insertProvider(queries: Queries, row: ProviderRow): Write {
  return write(queries.insertInto("providers").values(row));
}

export function updateProvider(queries: Queries, { id, ...columns }: ProviderRow): Write {
  return write(queries.updateTable("providers").set(columns).where("id", "=", id));
}

export function deleteProvider(queries: Queries, id: string): Write {
  return write(queries.deleteFrom("providers").where("id", "=", id));
}
