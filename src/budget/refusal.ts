import { toRfc3339 } from "../core/clock.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import { formatUsd } from "../core/money.ts";
import type { BudgetRefusal } from "./account.ts";

const WHOSE = { key: "this key's", org: "the organization's" } as const;
const HOW_OFTEN = { none: "", daily: " a day", weekly: " a week", monthly: " a month" } as const;

/** The 402 for a request of which no candidate fits. Amounts are decimal strings in USD, as everywhere in the API. */
export function budgetError(refusal: BudgetRefusal): ApiError {
  const { owner, period, limitNanoUsd, spentNanoUsd, reservedNanoUsd } = refusal;
  const resetsAt = refusal.resetsAtMs === null ? null : toRfc3339(refusal.resetsAtMs);
  const limit = formatUsd(limitNanoUsd);
  const again = resetsAt === null ? "" : ` It begins anew at ${resetsAt}.`;
  return apiError(
    "budget_exceeded",
    `The request does not fit what is left of ${WHOSE[owner.scope]} budget of ${limit} USD${HOW_OFTEN[period]}.${again}`,
    {
      metadata: {
        scope: owner.scope,
        limit,
        spent: formatUsd(spentNanoUsd),
        reserved: formatUsd(reservedNanoUsd),
        period,
        resets_at: resetsAt,
      },
    },
  );
}
