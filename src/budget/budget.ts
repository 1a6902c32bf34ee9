import type { BudgetRow } from "../store/tables.ts";
import type { PeriodKind } from "./period.ts";

/** Whose money: an organization's, or that of one of its keys. A request is held to both. */
export type BudgetScope = "org" | "key";

/** A promise: in a period no more than the limit is spent. */
export interface Budget {
  /** Nano-USD per period. 0 = nothing that costs; no budget at all is how "no limit" is said. */
  limitNanoUsd: number;
  period: PeriodKind;
  /** The fraction of the limit at which the first alert is due: above 0, at most 1. */
  alertThreshold: number;
}

/** Who has a budget. */
export interface BudgetOwner {
  scope: BudgetScope;
  /** Of the key or the organization. */
  id: string;
  /** The key's organization; of an organization its own id. */
  orgId: string;
}

/** Trusts the table: only `budgetRowOf` ever wrote it. */
export function budgetOf(row: BudgetRow): Budget {
  return {
    limitNanoUsd: row.limit_nano_usd,
    period: row.period as PeriodKind,
    alertThreshold: row.alert_threshold,
  };
}

export function budgetRowOf({ scope, id }: BudgetOwner, budget: Budget): BudgetRow {
  return {
    scope,
    id,
    limit_nano_usd: budget.limitNanoUsd,
    period: budget.period,
    alert_threshold: budget.alertThreshold,
  };
}
