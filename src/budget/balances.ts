import type { SpendReader } from "../store/requests-spend.ts";
import {
  type Account,
  addBalance,
  type BandReached,
  type BudgetRefusal,
  balanceAt,
  bandReached,
  bandsBehind,
  changeLimit,
  leftOf,
  newAccount,
  refusalOf,
  takeBands,
} from "./account.ts";
import { Accounts, type Reserved } from "./accounts.ts";
import type { Budget, BudgetOwner } from "./budget.ts";
import { type Period, periodAt } from "./period.ts";

/** Who spends, and when: the time of the request, which its row will have too, decides which period pays. */
export interface Spending {
  /** The request's number. */
  sequence: number;
  timeMs: number;
  orgId: string;
  keyId: string;
}

/** What an attempt may cost at most, behind what the request has been billed already. */
export interface Need {
  /** Nano-USD; 0 = costs nothing, null = the price is unknown. */
  amountNanoUsd: number | null;
  /** Nano-USD that failed attempts of the same request were billed. */
  billedNanoUsd: number;
}

export interface BudgetChange {
  owner: BudgetOwner;
  /** null = no limit from now on. */
  budget: Budget | null;
  /** The organization's, an IANA name. */
  timeZone: string;
  /** The owner was made just now and has no rows: nothing needs to be read. */
  isNew?: true;
}

interface Hold extends Spending {
  /** What stands against the balances. */
  reservedNanoUsd: number;
  /** What is in the database; null = nothing yet. */
  keptNanoUsd: number | null;
  /** What will be, once the write under way is committed. */
  nextNanoUsd: number;
}

const NONE: readonly BandReached[] = Object.freeze([]);

/**
 * The authority on money, in memory: what every budget has spent and holds, for the periods in use. Nothing here writes
 * or waits; `Budgets` makes it durable. The ledger is the truth: a balance is opened by reading it once, and every row
 * that is committed afterwards is told to `recorded`, so that a balance is the sum of its rows at any moment.
 */
export class Balances {
  private readonly accounts: Accounts;
  private readonly holds = new Map<number, Hold>();

  /** To be made once holds that a crash left are settled. */
  constructor(ledger: SpendReader) {
    this.accounts = new Accounts(ledger, (period) => this.reservedIn(period));
  }

  /** Requests that hold something, durable or not yet. */
  get holdCount(): number {
    return this.holds.size;
  }

  /**
   * Puts aside what an attempt may cost, on both budgets or on none, instead of what the request held for the attempt
   * before. Null = it is held. What costs nothing fits every budget; what has no known price fits while anything is left.
   * Refused by the key's budget first, then the organization's. Throws where a balance cannot be read.
   */
  hold(spending: Spending, need: Need): BudgetRefusal | null {
    const { keyId, orgId, timeMs, sequence } = spending;
    this.accounts.rollTo(timeMs, true);
    const held = this.holds.get(sequence);
    const key = this.accounts.key.get(keyId);
    const org = this.accounts.org.get(orgId);
    const had = held?.reservedNanoUsd ?? 0;
    const refusal =
      (key && this.refusedBy(key, timeMs, need, had)) ?? (org && this.refusedBy(org, timeMs, need, had));
    if (refusal) return refusal;
    const nextNanoUsd = need.billedNanoUsd + (need.amountNanoUsd ?? 0);
    const hold = held ?? {
      sequence,
      timeMs,
      orgId,
      keyId,
      reservedNanoUsd: 0,
      keptNanoUsd: null,
      nextNanoUsd,
    };
    if (!held) this.holds.set(sequence, hold);
    hold.nextNanoUsd = nextNanoUsd;
    // Until it is committed the old one is what a crash would bill.
    this.reserve(hold, Math.max(hold.keptNanoUsd ?? 0, nextNanoUsd));
    return null;
  }

  /** The hold that was taken last is in the database. */
  kept(sequence: number): void {
    const hold = this.holds.get(sequence);
    if (!hold) return;
    hold.keptNanoUsd = hold.nextNanoUsd;
    this.reserve(hold, hold.nextNanoUsd);
  }

  /** It could not be written: what was held before it is held again. */
  notKept(sequence: number): void {
    const hold = this.holds.get(sequence);
    if (!hold) return;
    this.reserve(hold, hold.keptNanoUsd ?? 0);
    hold.nextNanoUsd = hold.reservedNanoUsd;
    if (hold.keptNanoUsd === null) this.holds.delete(sequence);
  }

  /** True if this request holds something, and be it nothing: also while that is being written. */
  isHolding(sequence: number): boolean {
    return this.holds.has(sequence);
  }

  /**
   * A row was committed: its hold is over, its cost is spent. To be called for every row, with a hold or without, once,
   * right behind the commit. Returns the alerts that are due.
   */
  recorded(row: Spending & { costNanoUsd: number | null }): readonly BandReached[] {
    this.accounts.rollTo(row.timeMs, false);
    const hold = this.holds.get(row.sequence);
    if (hold) {
      this.reserve(hold, 0);
      this.holds.delete(row.sequence);
    }
    const cost = row.costNanoUsd ?? 0;
    if (cost <= 0) return NONE;
    this.accounts.noteSpending(row.timeMs);
    const key = this.accounts.key.get(row.keyId);
    const org = this.accounts.org.get(row.orgId);
    if (!key && !org) return NONE;
    return [...(key ? spend(key, row.timeMs, cost) : NONE), ...(org ? spend(org, row.timeMs, cost) : NONE)];
  }

  /** A hold is over, and only the ledger knows what became of its row: every balance is read again when it is needed. */
  recordedSomehow(row: Spending): void {
    this.holds.delete(row.sequence);
    this.accounts.readAgain();
  }

  /**
   * What both budgets leave for a request of that time, nano-USD, its own hold and bills taken into account: what can be
   * held for its next attempt. Null = neither has one.
   */
  leftFor({ sequence, timeMs, orgId, keyId }: Spending, billedNanoUsd = 0): number | null {
    const key = this.accounts.key.get(keyId);
    const org = this.accounts.org.get(orgId);
    if (!key && !org) return null;
    this.accounts.rollTo(timeMs, true);
    const own = (this.holds.get(sequence)?.reservedNanoUsd ?? 0) - billedNanoUsd;
    const ofKey = key ? leftOf(key, this.accounts.balance(key, timeMs)) : Number.POSITIVE_INFINITY;
    const ofOrg = org ? leftOf(org, this.accounts.balance(org, timeMs)) : Number.POSITIVE_INFINITY;
    return Math.min(ofKey, ofOrg) + own;
  }

  /** A request was answered with 402. Returns the alert, if it is the first of the period. */
  refused(refusal: BudgetRefusal): BandReached | null {
    const account = this.accounts[refusal.owner.scope].get(refusal.owner.id);
    const balance = account && balanceAt(account, refusal.periodStartMs);
    if (!balance || account.refusalsTold.has(balance.startMs)) return null;
    account.refusalsTold.add(balance.startMs);
    return bandReached(account, balance, "refused");
  }

  /** The figures of a budget at a time, as a 402 would show them (`neededNanoUsd` 0); null = there is no budget. */
  figures(owner: Pick<BudgetOwner, "scope" | "id">, nowMs: number): BudgetRefusal | null {
    const account = this.accounts[owner.scope].get(owner.id);
    return account ? refusalOf(account, this.accounts.balance(account, nowMs), 0) : null;
  }

  /**
   * Sets, changes and takes away budgets: all of them at the start, all of an organization when its time zone changes.
   * Counts from the next admission on; what is under way is counted in. Reads the ledger, once for all, where a period is
   * another than before. Returns the alerts that are due at once; of an account that was not there before these are
   * all bands that lie behind, as the process before this one may have ended between a row and its alert.
   */
  set(changes: readonly BudgetChange[], nowMs: number): readonly BandReached[] {
    const before = new Set(this.accounts.all());
    for (const change of changes) this.change(change, nowMs);
    this.accounts.findBoundary();
    return changes.flatMap(({ owner }) => {
      const account = this.accounts[owner.scope].get(owner.id);
      if (!account) return NONE;
      const balance = this.accounts.balance(account, nowMs);
      return before.has(account) ? takeBands(account, balance) : bandsBehind(account, balance);
    });
  }

  private change({ owner, budget, timeZone, isNew }: BudgetChange, nowMs: number): void {
    const accounts = this.accounts[owner.scope];
    const account = accounts.get(owner.id);
    if (!budget) accounts.delete(owner.id);
    else if (account && account.budget.period === budget.period && account.timeZone === timeZone)
      changeLimit(account, budget);
    else {
      const added = newAccount(owner, budget, timeZone);
      if (isNew) addBalance(added, periodAt(budget.period, timeZone, nowMs), 0, 0);
      accounts.set(owner.id, added);
    }
  }

  private refusedBy(account: Account, timeMs: number, need: Need, had: number): BudgetRefusal | null {
    const { amountNanoUsd, billedNanoUsd } = need;
    if (amountNanoUsd === 0) return null;
    const balance = this.accounts.balance(account, timeMs);
    const left = leftOf(account, balance) + had - billedNanoUsd;
    const fits = amountNanoUsd === null ? left > 0 : amountNanoUsd <= left;
    return fits ? null : refusalOf(account, balance, amountNanoUsd);
  }

  private reserve(hold: Hold, amountNanoUsd: number): void {
    const more = amountNanoUsd - hold.reservedNanoUsd;
    if (more === 0) return;
    hold.reservedNanoUsd = amountNanoUsd;
    const key = this.accounts.key.get(hold.keyId);
    const org = this.accounts.org.get(hold.orgId);
    const ofKey = key ? balanceAt(key, hold.timeMs) : null;
    const ofOrg = org ? balanceAt(org, hold.timeMs) : null;
    if (ofKey) ofKey.reservedNanoUsd += more;
    if (ofOrg) ofOrg.reservedNanoUsd += more;
  }

  private reservedIn({ startMs, endMs }: Period): Reserved {
    const sums = { key: new Map<string, number>(), org: new Map<string, number>() };
    for (const { timeMs, keyId, orgId, reservedNanoUsd } of this.holds.values()) {
      if (timeMs < startMs || timeMs >= endMs) continue;
      sums.key.set(keyId, (sums.key.get(keyId) ?? 0) + reservedNanoUsd);
      sums.org.set(orgId, (sums.org.get(orgId) ?? 0) + reservedNanoUsd);
    }
    return sums;
  }
}

function spend(account: Account, timeMs: number, costNanoUsd: number): readonly BandReached[] {
  const balance = balanceAt(account, timeMs);
  if (!balance) return NONE;
  balance.spentNanoUsd += costNanoUsd;
  return takeBands(account, balance);
}
