import { toRfc3339 } from "../core/clock.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import { formatUsd } from "../core/money.ts";
import type { BudgetRefusal } from "./account.ts";

const WHOSE = { key: "this key's", org: "the organization's" } as const;
const HOW_OFTEN = { none: "", daily: " a day", weekly: " a week", monthly: " a month" } as const;

/** The 402 for a request of which no candidate fits. Amounts are decimal strings in USD, as everywhere in the API. */
export function budgetError(refusal: BudgetRefusal): ApiError {
  const { resetsAtMs } = refusal;
  const again = resetsAtMs === null ? "" : ` It begins anew at ${toRfc3339(resetsAtMs)}.`;
  return refusedBy(refusal, `The request does not fit what is left of ${nameOf(refusal)}.${again}`);
}

/** The 402 for a request of which no candidate has a known price, where that is not allowed. */
export function unpricedError(refusal: BudgetRefusal): ApiError {
  return refusedBy(
    refusal,
    `No price is known for any model that could answer, and ${nameOf(refusal)} pays for known prices only (\`unknown_price\`).`,
  );
}

function nameOf({ owner, period, limitNanoUsd }: BudgetRefusal): string {
  return `${WHOSE[owner.scope]} budget of ${formatUsd(limitNanoUsd)} USD${HOW_OFTEN[period]}`;
}

function refusedBy(refusal: BudgetRefusal, sentence: string): ApiError {
  const { owner, period, limitNanoUsd, spentNanoUsd, reservedNanoUsd, resetsAtMs } = refusal;
  return apiError("budget_exceeded", sentence, {
    metadata: {
      scope: owner.scope,
      limit: formatUsd(limitNanoUsd),
      spent: formatUsd(spentNanoUsd),
      reserved: formatUsd(reservedNanoUsd),
      period,
      resets_at: resetsAtMs === null ? null : toRfc3339(resetsAtMs),
    },
  });
}
