import { expect, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { allBudgets, deleteBudget, setBudget } from "./budgets-table.ts";
import { openStore } from "./open.ts";
import type { BudgetRow } from "./tables.ts";
import { together } from "./write.ts";

function scene() {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(0) });
  if ("problem" in store) throw new Error(store.problem);
  return store;
}

test("a budget is set whole, a key's beside an organization's of the same name, and taken away", async () => {
  const store = scene();
  const { queries, writes } = store;
  const budget = (changes: Partial<BudgetRow>): BudgetRow => ({
    ...{ scope: "key", id: "a", limit_nano_usd: 5, period: "daily", alert_threshold: 0.8 },
    ...changes,
  });
  const largest = budget({ scope: "org", limit_nano_usd: Number.MAX_SAFE_INTEGER, period: "none" });
  await writes.run(together(setBudget(queries, budget({})), setBudget(queries, largest)));
  const changed = budget({ limit_nano_usd: 0, period: "weekly", alert_threshold: 0.333 });
  await writes.run(setBudget(queries, changed));
  expect(await allBudgets(queries).execute()).toEqual([changed, largest]);
  await writes.run(deleteBudget(queries, "key", "a"));
  expect(await allBudgets(queries).execute()).toEqual([largest]);
  await store.close();
});
