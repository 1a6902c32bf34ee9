import { expect, test } from "bun:test";
import { errorBody } from "../core/errors.ts";
import type { BudgetRefusal } from "./account.ts";
import { budgetError } from "./refusal.ts";

const refusal = (changes: Partial<BudgetRefusal>): BudgetRefusal => ({
  owner: { scope: "key", id: "key_secretless", orgId: "org_a" },
  ...{ period: "daily", periodStartMs: 0, resetsAtMs: Date.parse("2026-11-23T00:00:00Z") },
  ...{ limitNanoUsd: 5_000_000_000, spentNanoUsd: 4_999_999_999, reservedNanoUsd: 1, neededNanoUsd: 7 },
  ...changes,
});

test("a 402 says whose budget, its figures, and when it begins anew; SDKs do not retry it", () => {
  const error = budgetError(refusal({}));
  expect([error.status, error.code, error.retry]).toEqual([402, "budget_exceeded", false]);
  expect(JSON.parse(errorBody(error))).toEqual({
    error: {
      message:
        "The request does not fit what is left of this key's budget of 5.000000000 USD a day. It begins anew at 2026-11-23T00:00:00.000Z.",
      ...{ type: "budget_error", param: null, code: "budget_exceeded" },
      metadata: {
        ...{ scope: "key", limit: "5.000000000", spent: "4.999999999", reserved: "0.000000001" },
        ...{ period: "daily", resets_at: "2026-11-23T00:00:00.000Z" },
      },
    },
  });
});

test("a budget without a period promises no new beginning, and no id is told", () => {
  const owner = { scope: "org", id: "org_a", orgId: "org_a" } as const;
  const error = budgetError(refusal({ owner, period: "none", resetsAtMs: null }));
  expect(error.message).toBe(
    "The request does not fit what is left of the organization's budget of 5.000000000 USD.",
  );
  expect(error.metadata).toMatchObject({ scope: "org", period: "none", resets_at: null });
  expect(errorBody(budgetError(refusal({})))).not.toContain("key_secretless");
});
