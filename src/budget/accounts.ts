import type { SpendReader } from "../store/requests-spend.ts";
import { type Account, addBalance, type Balance, balanceAt } from "./account.ts";
import type { BudgetScope } from "./budget.ts";
import { type Period, type PeriodKind, periodAt } from "./period.ts";

/** What requests of a period hold, nano-USD, by the id of the key and of the organization. */
export type Reserved = Record<BudgetScope, ReadonlyMap<string, number>>;

/** Above this one pass over all spenders is faster than one for each account. */
const SINGLE_READS = 8;

/**
 * The budgets in force, and their balances for the periods in use. A balance is opened once, by reading the ledger, and
 * kept up from then on; where no row is as late as its period, it begins with nothing and is not even read.
 */
export class Accounts {
  /** By id; only those that have a budget. */
  readonly key = new Map<string, Account>();
  readonly org = new Map<string, Account>();
  private readonly ledger: SpendReader;
  private readonly reservedIn: (period: Period) => Reserved;
  private lastSpendingMs: number;
  /** The first end among the latest periods: before it, no account needs a new one. */
  private nextBoundaryMs = Number.POSITIVE_INFINITY;

  constructor(ledger: SpendReader, reservedIn: (period: Period) => Reserved) {
    this.ledger = ledger;
    this.reservedIn = reservedIn;
    this.lastSpendingMs = ledger.lastSpendingMs();
  }

  all(): Account[] {
    return [...this.key.values(), ...this.org.values()];
  }

  /** A row of that time cost something. */
  noteSpending(timeMs: number): void {
    if (timeMs > this.lastSpendingMs) this.lastSpendingMs = timeMs;
  }

  /** Forgets every balance. */
  readAgain(): void {
    for (const account of this.all()) account.balances.length = 0;
    this.noteSpending(this.ledger.lastSpendingMs());
    this.findBoundary();
  }

  /** The balance of the period that a time belongs to. Where it is not open, all that share the calendar are opened. */
  balance(account: Account, timeMs: number): Balance {
    const found = balanceAt(account, timeMs);
    if (found) return found;
    const { timeZone, budget } = account;
    this.openTogether(budget.period, timeZone, periodAt(budget.period, timeZone, timeMs));
    this.findBoundary();
    const balance = balanceAt(account, timeMs);
    if (!balance) throw new Error(`no balance at ${timeMs} in ${timeZone}`);
    return balance;
  }

  /**
   * Opens the periods of that time for everybody, where one has come to its end: nearly always before any row of them,
   * so that nothing has to be read. What has to be may wait for the next hold, which may fail.
   */
  rollTo(timeMs: number, mayRead: boolean): void {
    if (timeMs < this.nextBoundaryMs) return;
    const calendars = new Map<string, Account>();
    for (const account of this.all()) calendars.set(`${account.budget.period} ${account.timeZone}`, account);
    for (const { budget, timeZone } of calendars.values()) {
      const period = periodAt(budget.period, timeZone, timeMs);
      if (mayRead || period.startMs > this.lastSpendingMs) this.openTogether(budget.period, timeZone, period);
    }
    this.findBoundary();
  }

  /** To be called whenever an account came or went. */
  findBoundary(): void {
    this.nextBoundaryMs = Number.POSITIVE_INFINITY;
    for (const { balances } of this.all()) {
      if (balances.length === 0) continue;
      const latestEndMs = Math.max(...balances.map(({ endMs }) => endMs));
      this.nextBoundaryMs = Math.min(this.nextBoundaryMs, latestEndMs);
    }
  }

  private openTogether(kind: PeriodKind, timeZone: string, period: Period): void {
    const accounts = this.all().filter(
      (account) =>
        account.budget.period === kind &&
        account.timeZone === timeZone &&
        !balanceAt(account, period.startMs),
    );
    if (accounts.length === 0) return;
    const spentOf = this.readSpent(accounts, period);
    const reserved = this.reservedIn(period);
    for (const account of accounts) {
      const { scope, id } = account.owner;
      addBalance(account, period, spentOf(account), reserved[scope].get(id) ?? 0);
    }
  }

  private readSpent(accounts: readonly Account[], period: Period): (account: Account) => number {
    if (period.startMs > this.lastSpendingMs) return () => 0;
    if (accounts.length <= SINGLE_READS)
      return ({ owner: { scope, id, orgId } }) =>
        this.ledger.spentBy({ orgId, keyId: scope === "key" ? id : null }, period);
    const ofKeys = new Map<string, number>();
    const ofOrgs = new Map<string, number>();
    for (const { orgId, keyId, spentNanoUsd } of this.ledger.spentByEach(period)) {
      ofKeys.set(keyId, spentNanoUsd);
      ofOrgs.set(orgId, (ofOrgs.get(orgId) ?? 0) + spentNanoUsd);
    }
    return ({ owner: { scope, id } }) => (scope === "key" ? ofKeys : ofOrgs).get(id) ?? 0;
  }
}
