import { expect, test } from "bun:test";
import { type Budget, budgetOf, budgetRowOf } from "./budget.ts";

test.each<Budget>([
  { limitNanoUsd: 0, period: "none", alertThreshold: 0.8 },
  { limitNanoUsd: Number.MAX_SAFE_INTEGER, period: "monthly", alertThreshold: 0.333 },
])("a budget comes back from its row as it was: %p", (budget) => {
  const row = budgetRowOf({ scope: "key", id: "key_1", orgId: "org_a" }, budget);
  expect([row.scope, row.id]).toEqual(["key", "key_1"]);
  expect(budgetOf(row)).toEqual(budget);
});
