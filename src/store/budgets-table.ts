import type { Write } from "./group-commit.ts";
import type { BudgetRow, Queries } from "./tables.ts";
import { write } from "./write.ts";

export function allBudgets(queries: Queries) {
  return queries.selectFrom("budgets").selectAll().orderBy("scope").orderBy("id");
}

/** Sets the whole budget, whether there was one or not. */
export function setBudget(queries: Queries, row: BudgetRow): Write {
  const { limit_nano_usd, period, alert_threshold } = row;
  return write(
    queries
      .insertInto("budgets")
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(["scope", "id"]).doUpdateSet({ limit_nano_usd, period, alert_threshold }),
      ),
  );
}

export function deleteBudget(queries: Queries, scope: string, id: string): Write {
  return write(queries.deleteFrom("budgets").where("scope", "=", scope).where("id", "=", id));
}
