import { type Band, type BandLine, bandLines, bandsReached } from "./bands.ts";
import type { Budget, BudgetOwner } from "./budget.ts";
import { type Period, type PeriodKind, resetsAtMs } from "./period.ts";

/** What stands against the limit in one period. A period is settled by itself: what it holds and spends touches no other. */
export interface Balance extends Period {
  /** The sum of the ledger's rows of the period. */
  spentNanoUsd: number;
  /** The sum of the holds of its requests. */
  reservedNanoUsd: number;
  /** How many bands were told of. */
  bandsTold: number;
}

/** A budget in force. */
export interface Account {
  owner: BudgetOwner;
  budget: Budget;
  timeZone: string;
  lines: readonly BandLine[];
  /** The periods that were asked for lately, the last one first. */
  balances: Balance[];
  /** Starts of the periods whose first refusal was told of. */
  refusalsTold: Set<number>;
}

/** A budget that a request does not fit. */
export interface BudgetRefusal {
  owner: BudgetOwner;
  period: PeriodKind;
  periodStartMs: number;
  /** null = never. */
  resetsAtMs: number | null;
  limitNanoUsd: number;
  spentNanoUsd: number;
  reservedNanoUsd: number;
  /** What was to be held besides; null = the price is unknown. */
  neededNanoUsd: number | null;
}

/**
 * An alert is due: a band of a period was reached, or its first request refused. Told once per period by one process, and
 * anew where the limit was changed; owner, period start, limit and band say whether it was told before a restart.
 */
export interface BandReached {
  owner: BudgetOwner;
  band: Band;
  limitNanoUsd: number;
  spentNanoUsd: number;
  period: PeriodKind;
  periodStartMs: number;
  resetsAtMs: number | null;
}

/** Two would do, before and after a boundary; one more for a clock that is put right at it. */
const KEPT_BALANCES = 3;

export function newAccount(owner: BudgetOwner, budget: Budget, timeZone: string): Account {
  return { owner, budget, timeZone, lines: bandLines(budget), balances: [], refusalsTold: new Set() };
}

/** Null = that period was not asked for, or not lately. */
export function balanceAt(account: Account, timeMs: number): Balance | null {
  for (const balance of account.balances)
    if (timeMs >= balance.startMs && timeMs < balance.endMs) return balance;
  return null;
}

export function addBalance(
  account: Account,
  { startMs, endMs }: Period,
  spentNanoUsd: number,
  reservedNanoUsd: number,
): Balance {
  // Told before, by this process or the last one.
  const bandsTold = bandsReached(account.lines, spentNanoUsd);
  const balance = { startMs, endMs, spentNanoUsd, reservedNanoUsd, bandsTold };
  account.balances.unshift(balance);
  // What falls out is read from the ledger again, should its time come back.
  account.balances.length = Math.min(account.balances.length, KEPT_BALANCES);
  return balance;
}

/** What is left to be held; less than nothing where the limit was lowered or an answer cost more than it held. */
export function leftOf(account: Account, balance: Balance): number {
  return account.budget.limitNanoUsd - balance.spentNanoUsd - balance.reservedNanoUsd;
}

export function refusalOf(account: Account, balance: Balance, neededNanoUsd: number | null): BudgetRefusal {
  const { owner, budget } = account;
  return {
    owner,
    period: budget.period,
    periodStartMs: balance.startMs,
    resetsAtMs: resetsAtMs(balance),
    limitNanoUsd: budget.limitNanoUsd,
    spentNanoUsd: balance.spentNanoUsd,
    reservedNanoUsd: balance.reservedNanoUsd,
    neededNanoUsd,
  };
}

export function bandReached(account: Account, balance: Balance, band: Band): BandReached {
  const { owner, budget } = account;
  return {
    owner,
    band,
    limitNanoUsd: budget.limitNanoUsd,
    spentNanoUsd: balance.spentNanoUsd,
    period: budget.period,
    periodStartMs: balance.startMs,
    resetsAtMs: resetsAtMs(balance),
  };
}

/** Every band that is reached, told of or not. */
export function bandsBehind(account: Account, balance: Balance): BandReached[] {
  const lines = account.lines.slice(0, bandsReached(account.lines, balance.spentNanoUsd));
  return lines.map(({ band }) => bandReached(account, balance, band));
}

/** Bands that were reached and not told of yet; they count as told from here on. */
export function takeBands(account: Account, balance: Balance): BandReached[] {
  const reached = bandsReached(account.lines, balance.spentNanoUsd);
  const due = account.lines.slice(balance.bandsTold, reached);
  balance.bandsTold = Math.max(balance.bandsTold, reached);
  return due.map(({ band }) => bandReached(account, balance, band));
}

/**
 * Another limit, the same period: bands that the old limit had reached already are not told again. Under a higher limit
 * they lie ahead once more; a refusal is told anew.
 */
export function changeLimit(account: Account, budget: Budget): void {
  const before = account.lines;
  account.budget = budget;
  account.lines = bandLines(budget);
  account.refusalsTold.clear();
  for (const balance of account.balances) {
    const highest = before[balance.bandsTold - 1]?.band ?? 0;
    const reached = bandsReached(account.lines, balance.spentNanoUsd);
    const told = account.lines.filter(({ band }) => band <= highest).length;
    balance.bandsTold = Math.min(told, reached);
  }
}
