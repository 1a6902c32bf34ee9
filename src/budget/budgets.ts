import { type GroupCommit, StoreUnavailable, type Write } from "../store/group-commit.ts";
import type { HoldJournal } from "../store/hold-journal.ts";
import type { HoldRecord } from "../store/hold-record.ts";
import type { RequestRow } from "../store/tables.ts";
import type { BandReached, BudgetRefusal } from "./account.ts";
import type { Balances, Need, Spending } from "./balances.ts";
import { settleHold } from "./left-holds.ts";

/** A request about to call a deployment: what its hold says of it. */
export interface Holding extends Spending {
  operation: "chat" | "embeddings";
  /** As the client wrote it; null = none. */
  requestedModel: string | null;
  stream: boolean;
  provider: string;
  model: string;
}

/** What the ledger's row says about money. */
export type Charge = Spending & { costNanoUsd: number | null };

export interface BudgetsOptions {
  writes: GroupCommit;
  holds: Pick<HoldJournal, "append" | "end" | "find">;
  balances: Balances;
  /** Writes a ledger row, with all that belongs into its transaction. */
  insertRow: (row: RequestRow) => Write;
  /** Called behind the commit that brought it; must be cheap, must not throw, and must not ask for balances. */
  onBand: (band: BandReached) => void;
}

interface Unwritten {
  charge: Charge;
  insert: Write;
}

/**
 * Budgets as a request meets them: `hold` before each attempt, `record` at its one exit. Memory decides at once; nothing
 * goes upstream before what it may cost is in the journal, and nothing ends before its row is in the ledger.
 */
export class Budgets {
  readonly balances: Balances;
  private readonly writes: GroupCommit;
  private readonly holds: BudgetsOptions["holds"];
  private readonly insertRow: (row: RequestRow) => Write;
  private readonly onBand: (band: BandReached) => void;
  /**
   * Rows that the store did not take. No more than were under way when it failed, as nothing is sent while it is not
   * empty.
   */
  private readonly unwritten = new Map<number, Unwritten>();
  private retrying: Promise<number> | null = null;

  constructor({ writes, holds, balances, insertRow, onBand }: BudgetsOptions) {
    this.writes = writes;
    this.holds = holds;
    this.balances = balances;
    this.insertRow = insertRow;
    this.onBand = onBand;
  }

  /** Requests whose row waits for the store to come back. */
  get unwrittenCount(): number {
    return this.unwritten.size;
  }

  /** Their charges: a crash now would bill them as held. */
  get unwrittenCharges(): Charge[] {
    return [...this.unwritten.values()].map(({ charge }) => charge);
  }

  /**
   * Holds what the next attempt may cost instead of what the request held before, whether a budget pays for it or not: a
   * crash owes each request a row. Decided before this returns; a promise resolves once the hold is durable, and only then
   * may anything go upstream. A refusal leaves the hold of the attempt before. Throws, or rejects with, StoreUnavailable,
   * also while rows wait for the store, as what is sent now might never be recorded: what was held before still is.
   */
  hold(holding: Holding, need: Need): BudgetRefusal | Promise<null> {
    if (this.unwritten.size > 0) throw new StoreUnavailable("rows wait to be written");
    return this.balances.hold(holding, need) ?? this.keep(holding, need);
  }

  private async keep(holding: Holding, need: Need): Promise<null> {
    try {
      await this.holds.append(recordOf(holding, need));
    } catch (error) {
      this.balances.notKept(holding.sequence);
      throw error;
    }
    this.balances.kept(holding.sequence);
    return null;
  }

  /**
   * Writes the row of a request, whatever happened to it; its hold ends with the commit. Resolves once the row is
   * durable. Rejects with StoreUnavailable: the row is then kept and written by `writeUnwritten`; at the next start what
   * is still held is billed as held. Rejects with what `insert` threw: the cost is then in the row of an interrupted request.
   */
  async record(charge: Charge, insert: Write): Promise<void> {
    const { sequence, costNanoUsd } = charge;
    const isHeld = this.balances.isHolding(sequence);
    try {
      await this.writes.run(insert, () => this.tell(charge));
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        const isWanted = isHeld || (costNanoUsd ?? 0) > 0;
        if (isWanted) this.unwritten.set(sequence, { charge, insert });
      } else {
        this.unwritten.delete(sequence);
        if (isHeld) await this.writePoorly(charge, insert);
      }
      throw error;
    }
  }

  /**
   * Tries again to write the rows that the store did not take. Resolves to how many are left. They count as unwritten
   * until they are durable, so that nothing slips upstream with each try.
   */
  writeUnwritten(): Promise<number> {
    this.retrying ??= this.retry().finally(() => {
      this.retrying = null;
    });
    return this.retrying;
  }

  private async retry(): Promise<number> {
    const waiting = [...this.unwritten.values()];
    await Promise.allSettled(waiting.map(({ charge, insert }) => this.record(charge, insert)));
    return this.unwritten.size;
  }

  /** An answer of 402 was given. */
  refused(refusal: BudgetRefusal): void {
    const band = this.balances.refused(refusal);
    if (band) this.onBand(band);
  }

  /**
   * The row itself is refused, because of a bug or because it is there already: its cost is not lost for that. What the
   * ledger says in the end is read again.
   */
  private async writePoorly(charge: Charge, insert: Write): Promise<void> {
    const { sequence, costNanoUsd } = charge;
    const hold = this.holds.find(sequence);
    if (!hold) return;
    try {
      await this.writes.run(settleHold({ ...hold, amountNanoUsd: costNanoUsd }, this.insertRow), () => {
        this.holds.end(sequence);
        this.balances.recordedSomehow(charge);
      });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.unwritten.set(charge.sequence, { charge, insert });
    }
  }

  private tell(charge: Charge): void {
    this.unwritten.delete(charge.sequence);
    this.holds.end(charge.sequence);
    for (const band of this.balances.recorded(charge)) this.onBand(band);
  }
}

function recordOf(holding: Holding, { amountNanoUsd, billedNanoUsd }: Need): HoldRecord {
  // Beside an unknown price, what is known counts.
  const amount = amountNanoUsd === null ? billedNanoUsd || null : amountNanoUsd + billedNanoUsd;
  return { ...holding, amountNanoUsd: amount };
}
