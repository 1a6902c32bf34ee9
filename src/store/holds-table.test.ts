import { expect, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { allBudgets, deleteBudget, setBudget } from "./budgets-table.ts";
import { allHolds, deleteHold, setHold } from "./holds-table.ts";
import { openStore } from "./open.ts";
import type { BudgetRow, HoldRow } from "./tables.ts";
import { together } from "./write.ts";

function scene() {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(0) });
  if ("problem" in store) throw new Error(store.problem);
  return store;
}

const hold = (changes: Partial<HoldRow>): HoldRow => ({
  ...{ sequence: 1, time_ms: 1000, org_id: "org_a", key_id: "key_1", operation: "chat" },
  ...{ requested_model: "fast", provider: "openai", model: "gpt-4o", stream: 1, amount_nano_usd: 500 },
  ...changes,
});

test("a request has one hold: the next attempt's replaces it, its end leaves none", async () => {
  const store = scene();
  const all = () => allHolds(store.queries).execute();
  const unknown = hold({ sequence: 2, amount_nano_usd: null, requested_model: null });
  await store.writes.run(together(setHold(unknown), setHold(hold({}))));
  expect(await all()).toEqual([hold({}), unknown]);
  const next = { provider: "my-vps", model: "llama3.1", amount_nano_usd: 0 };
  await store.writes.run(setHold(hold(next)));
  expect(await all()).toEqual([hold(next), unknown]);
  await store.writes.run(together(deleteHold(1), deleteHold(1), deleteHold(77)));
  expect(await all()).toEqual([unknown]);
  await store.close();
});

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
