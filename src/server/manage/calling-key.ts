import type { BudgetStanding } from "../../budget/budget-book.ts";
import { NANO_PER_USD } from "../../core/money.ts";
import { spentEver } from "../../ledger/sums.ts";
import { answers, type Resource, refused, routeOf, z } from "./contract.ts";
import { visibleKey } from "./key-access.ts";
import { keySchema, showKey } from "./key-shape.ts";

/** OpenRouter's words; amounts are USD as numbers there. Null = no limit is set. */
const openRouterKey = z.object({
  label: z.string(),
  usage: z.number(),
  limit: z.number().nullable(),
  limit_remaining: z.number().nullable(),
  is_free_tier: z.boolean(),
});

const callingKey = routeOf("callingKey", {
  summary: "The key that asks; under `data` in OpenRouter's words",
  responses: answers(keySchema.extend({ data: openRouterKey }).openapi("CallingKey")),
});

const credits = routeOf("credits", {
  summary: "What the key's organization may spend and has spent, in USD",
  responses: answers(
    z.object({ data: z.object({ total_credits: z.number().nullable(), total_usage: z.number() }) }),
  ),
});

function remainingUsd({ limitNanoUsd, spentNanoUsd, reservedNanoUsd }: BudgetStanding): number {
  return Math.max(0, limitNanoUsd - spentNanoUsd - reservedNanoUsd) / NANO_PER_USD;
}

/** `GET /key`, `GET /credits`. */
export const addCallingKey: Resource = (app, { keys, store, budgets, services }) => {
  const now = () => services.gateway.clock.now();

  app.openapi(callingKey, async (c) => {
    const { caller } = c.env;
    const key = visibleKey(keys, caller, caller.keyId);
    if ("refusal" in key) return refused(key.refusal);
    const spent = await spentEver(store, caller.orgId, caller.keyId);
    const budget = budgets.standing({ scope: "key", id: key.id }, now());
    const data = {
      label: key.name,
      usage: spent / NANO_PER_USD,
      limit: budget && budget.limitNanoUsd / NANO_PER_USD,
      limit_remaining: budget && remainingUsd(budget),
      is_free_tier: false,
    };
    return c.json({ ...showKey(key, budget), data }, 200);
  });

  app.openapi(credits, async (c) => {
    const spent = await spentEver(store, c.env.caller.orgId, null);
    const budget = budgets.standing({ scope: "org", id: c.env.caller.orgId }, now());
    const total_credits = budget && budget.limitNanoUsd / NANO_PER_USD;
    // Beside a budget, what its period has spent: the difference is what may still be spent.
    const total_usage = (budget?.spentNanoUsd ?? spent) / NANO_PER_USD;
    return c.json({ data: { total_credits, total_usage } }, 200);
  });
};
