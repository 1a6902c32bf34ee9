import { allBudgets, deleteBudget, setBudget } from "../store/budgets-table.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import { together } from "../store/write.ts";
import type { BandReached } from "./account.ts";
import type { Balances } from "./balances.ts";
import { type Budget, type BudgetOwner, budgetOf, budgetRowOf } from "./budget.ts";

/** Where an owner's money stands in the period of now. */
export interface BudgetStanding extends Budget {
  owner: BudgetOwner;
  spentNanoUsd: number;
  reservedNanoUsd: number;
  /** null = never. */
  resetsAtMs: number | null;
}

export interface BudgetBookOptions {
  store: Store;
  balances: Balances;
  /** Of an organization, an IANA name. */
  timeZoneOf: (orgId: string) => string;
  /** Of a key; null = there is no such key. */
  orgOf: (keyId: string) => string | null;
  /** Told of what is due at once when a budget is set. */
  onBand: (band: BandReached) => void;
}

/** Who has which budget: read and changed here, counted by `Balances`. */
export class BudgetBook {
  private readonly options: BudgetBookOptions;
  private readonly budgets = new Map<string, { owner: BudgetOwner; budget: Budget }>();

  private constructor(options: BudgetBookOptions) {
    this.options = options;
  }

  /** Reads every budget, and opens its balance. */
  static async load(options: BudgetBookOptions, nowMs: number): Promise<BudgetBook> {
    const book = new BudgetBook(options);
    for (const row of await allBudgets(options.store.queries).execute()) {
      const scope = row.scope === "key" ? "key" : "org";
      const orgId = scope === "org" ? row.id : options.orgOf(row.id);
      if (orgId !== null) book.put({ scope, id: row.id, orgId }, budgetOf(row));
    }
    book.count([...book.budgets.values()], nowMs);
    return book;
  }

  /** Part of the transaction that makes or changes the owner; `changed` has to follow its commit. */
  writeOf(owner: BudgetOwner, budget: Budget | null): Write {
    const { queries } = this.options.store;
    return budget
      ? together(setBudget(queries, budgetRowOf(owner, budget)))
      : deleteBudget(queries, owner.scope, owner.id);
  }

  /** The change is durable: it counts from the next admission on. */
  changed(owner: BudgetOwner, budget: Budget | null, nowMs: number, isNew = false): void {
    this.put(owner, budget);
    const change = { owner, budget, timeZone: this.options.timeZoneOf(owner.orgId) };
    this.tell(this.options.balances.set([isNew ? { ...change, isNew } : change], nowMs));
  }

  /** The organization has another time zone from now on, and so has every budget in it. */
  rezoned(orgId: string, nowMs: number): void {
    this.count(
      [...this.budgets.values()].filter(({ owner }) => owner.orgId === orgId),
      nowMs,
    );
  }

  /** As it was set; null = no budget. */
  budgetOf({ scope, id }: Pick<BudgetOwner, "scope" | "id">): Budget | null {
    return this.budgets.get(`${scope} ${id}`)?.budget ?? null;
  }

  /** Null = no budget. */
  standing({ scope, id }: Pick<BudgetOwner, "scope" | "id">, nowMs: number): BudgetStanding | null {
    const kept = this.budgets.get(`${scope} ${id}`);
    const figures = kept && this.options.balances.figures(kept.owner, nowMs);
    if (!kept || !figures) return null;
    const { spentNanoUsd, reservedNanoUsd, resetsAtMs } = figures;
    return { ...kept.budget, owner: kept.owner, spentNanoUsd, reservedNanoUsd, resetsAtMs };
  }

  /** Every owner of a budget; of one organization, or of all. */
  owners(orgId: string | null): BudgetOwner[] {
    const owners = [...this.budgets.values()].map(({ owner }) => owner);
    return orgId === null ? owners : owners.filter((owner) => owner.orgId === orgId);
  }

  private put(owner: BudgetOwner, budget: Budget | null): void {
    const name = `${owner.scope} ${owner.id}`;
    if (budget) this.budgets.set(name, { owner, budget });
    else this.budgets.delete(name);
  }

  private count(kept: readonly { owner: BudgetOwner; budget: Budget }[], nowMs: number): void {
    const { balances, timeZoneOf } = this.options;
    this.tell(
      balances.set(
        kept.map(({ owner, budget }) => ({ owner, budget, timeZone: timeZoneOf(owner.orgId) })),
        nowMs,
      ),
    );
  }

  private tell(bands: readonly BandReached[]): void {
    for (const band of bands) this.options.onBand(band);
  }
}
