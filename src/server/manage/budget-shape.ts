import type { Budget, BudgetOwner } from "../../budget/budget.ts";
import type { BudgetBook, BudgetStanding } from "../../budget/budget-book.ts";
import { PERIOD_KINDS } from "../../budget/period.ts";
import { toRfc3339 } from "../../core/clock.ts";
import { formatUsd, parseUsd } from "../../core/money.ts";
import type { Alongside } from "../../keys/alongside.ts";
import type { KeyRecord } from "../../keys/record.ts";
import { z } from "./contract.ts";

const period = z.enum(PERIOD_KINDS).openapi({
  description:
    "How often it begins anew, by the calendar of the organization's time zone; weeks begin on Monday.",
});

/** A budget with where it stands now. Amounts are decimal strings in USD. */
export const budgetSchema = z
  .object({
    limit_usd: z.string(),
    period,
    alert_threshold: z
      .number()
      .openapi({ description: "The fraction of the limit at which the first alert is due." }),
    spent_usd: z.string().openapi({ description: "The sum of the period's rows." }),
    reserved_usd: z.string().openapi({ description: "Put aside for requests under way." }),
    resets_at: z.string().nullable().openapi({ description: "Null = never." }),
  })
  .openapi("Budget");

/** Above any real limit, and what an integer of nano-USD holds: 9 million USD. */
const HIGHEST = "9000000";

const amount = z
  .union([z.string().max(40), z.number()])
  .transform((given, context) => {
    const nanoUsd = parseUsd(given);
    if (nanoUsd !== null && nanoUsd <= Number.MAX_SAFE_INTEGER) return nanoUsd;
    context.addIssue({
      code: "custom",
      message: `must be an amount in USD from 0 to ${HIGHEST}, such as "25.50"`,
    });
    return z.NEVER;
  })
  .openapi({
    type: ["string", "number"],
    description: "USD, a decimal string or a number; 0 = nothing that costs.",
  });

/** As a body may say it, given whole; null = no budget. */
export const budgetWanted = z
  .strictObject({
    limit_usd: amount,
    period: period.default("none"),
    alert_threshold: z
      .number()
      .gt(0)
      .lte(1)
      .default(0.8)
      .openapi({ type: "number", exclusiveMinimum: 0, maximum: 1 }),
  })
  .nullable()
  .optional();

/** Undefined stays undefined: unchanged, or none. */
export function budgetOf(given: z.output<typeof budgetWanted>): Budget | null | undefined {
  if (!given) return given;
  return { limitNanoUsd: given.limit_usd, period: given.period, alertThreshold: given.alert_threshold };
}

export function showBudget(budget: BudgetStanding | null): z.output<typeof budgetSchema> | null {
  return (
    budget && {
      limit_usd: formatUsd(budget.limitNanoUsd),
      period: budget.period,
      alert_threshold: budget.alertThreshold,
      spent_usd: formatUsd(budget.spentNanoUsd),
      reserved_usd: formatUsd(budget.reservedNanoUsd),
      resets_at: budget.resetsAtMs === null ? null : toRfc3339(budget.resetsAtMs),
    }
  );
}

export function budgetOwnerOf({ id, orgId }: KeyRecord): BudgetOwner {
  return { scope: "key", id, orgId };
}

/** What has to be written with its owner when a budget is set or taken away; null = nothing was said of it. */
export function budgetAlongside(
  budgets: BudgetBook,
  owner: BudgetOwner,
  budget: Budget | null | undefined,
): Alongside | null {
  if (budget === undefined) return null;
  return {
    write: budgets.writeOf(owner, budget),
    before: { budget: said(budgets.budgetOf(owner)) },
    after: { budget: said(budget) },
  };
}

function said(budget: Budget | null) {
  return (
    budget && {
      limit_usd: formatUsd(budget.limitNanoUsd),
      period: budget.period,
      alert_threshold: budget.alertThreshold,
    }
  );
}
