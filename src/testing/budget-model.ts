import type { Need } from "../budget/balances.ts";
import type { Budget, BudgetOwner } from "../budget/budget.ts";
import { calendarOf } from "./calendar.ts";

export interface ModelRow {
  orgId: string;
  keyId: string;
  timeMs: number;
  status: "ok" | "interrupted";
  costNanoUsd: number | null;
}

export interface ModelRequest {
  sequence: number;
  orgId: string;
  keyId: string;
  timeMs: number;
  /** What its hold in the journal says; undefined = there is none. */
  kept: number | null | undefined;
  /** A hold that waits to be written; undefined = none does. */
  asked: number | null | undefined;
  /** What failed attempts were billed. */
  billed: number;
  /** Its row, which waits for the next commit or for the store to come back. */
  row: ModelRow | null;
  isUnwritten: boolean;
}

interface ModelBudget extends Budget {
  owner: BudgetOwner;
  timeZone: string;
}

/**
 * What budgets are supposed to do, written down the slow way: every figure is summed up anew from rows and requests, and
 * periods are told apart by a wall calendar. Shares no arithmetic with the code it is compared with.
 */
export class BudgetModel {
  nowMs: number;
  isBroken = false;
  lastSequence = 0;
  readonly budgets = new Map<string, ModelBudget>();
  readonly requests = new Map<number, ModelRequest>();
  readonly rows = new Map<number, ModelRow>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  set(owner: BudgetOwner, budget: Budget | null, timeZone: string): void {
    const name = `${owner.scope} ${owner.id}`;
    if (budget) this.budgets.set(name, { ...budget, owner, timeZone });
    else this.budgets.delete(name);
  }

  spent(budget: ModelBudget, timeMs: number): number {
    let sum = 0;
    for (const row of this.rows.values()) if (concerns(budget, row, timeMs)) sum += row.costNanoUsd ?? 0;
    return sum;
  }

  reserved(budget: ModelBudget, timeMs: number): number {
    let sum = 0;
    for (const request of this.requests.values())
      if (concerns(budget, request, timeMs)) sum += reservedBy(request);
    return sum;
  }

  /** Whose budget says no; null = it fits. The key's is asked first. */
  refuses(request: Omit<ModelRequest, "sequence">, need: Need): ModelBudget | null {
    const { amountNanoUsd, billedNanoUsd } = need;
    if (amountNanoUsd === 0) return null;
    for (const name of [`key ${request.keyId}`, `org ${request.orgId}`]) {
      const budget = this.budgets.get(name);
      if (!budget) continue;
      const others = this.reserved(budget, request.timeMs) - reservedBy(request);
      const before = this.spent(budget, request.timeMs) + others + billedNanoUsd;
      const fits =
        amountNanoUsd === null ? before < budget.limitNanoUsd : before + amountNanoUsd <= budget.limitNanoUsd;
      if (!fits) return budget;
    }
    return null;
  }

  /** Rows wait for the store: nobody may send anything meanwhile. */
  get isBehind(): boolean {
    return [...this.requests.values()].some(({ isUnwritten }) => isUnwritten);
  }

  /** All that waits is committed, or all of it fails. */
  tick(): void {
    for (const request of [...this.requests.values()]) {
      const { sequence, asked, row, isUnwritten } = request;
      if (asked !== undefined && !this.isBroken) request.kept = asked;
      request.asked = undefined;
      if (row && !isUnwritten) {
        if (this.isBroken) request.isUnwritten = true;
        else this.write(sequence, row);
      } else if (!row && request.kept === undefined) this.requests.delete(sequence);
    }
  }

  /** The rows that the store did not take are offered to it again, and committed. */
  writeUnwritten(): void {
    if (this.isBroken) return;
    for (const { sequence, row, isUnwritten } of [...this.requests.values()])
      if (row && isUnwritten) this.write(sequence, row);
  }

  /** Only what is written survives; its holds become rows. */
  crash(): void {
    this.isBroken = false;
    for (const { sequence, kept, orgId, keyId, timeMs } of this.requests.values()) {
      if (kept === undefined) continue;
      this.rows.set(sequence, { orgId, keyId, timeMs, status: "interrupted", costNanoUsd: kept });
    }
    this.requests.clear();
  }

  /** Requests that are under way and wait for nothing. */
  idle(): ModelRequest[] {
    return [...this.requests.values()].filter(({ asked, row }) => asked === undefined && row === null);
  }

  private write(sequence: number, row: ModelRow): void {
    this.rows.set(sequence, row);
    this.requests.delete(sequence);
  }
}

/** The larger of what is written and what is about to be. */
export function reservedBy({ kept, asked }: Pick<ModelRequest, "kept" | "asked">): number {
  return Math.max(kept ?? 0, asked ?? 0);
}

function concerns(
  { owner, period, timeZone }: ModelBudget,
  spender: { orgId: string; keyId: string; timeMs: number },
  timeMs: number,
): boolean {
  if ((owner.scope === "key" ? spender.keyId : spender.orgId) !== owner.id) return false;
  const calendar = calendarOf(timeZone);
  return calendar(spender.timeMs)[period] === calendar(timeMs)[period];
}
