import { type GroupCommit, StoreUnavailable, type Write } from "../store/group-commit.ts";
import { deleteHold, findHold, setHold } from "../store/holds-table.ts";
import type { HoldRow, RequestRow } from "../store/tables.ts";
import { together } from "../store/write.ts";
import type { BandReached, BudgetRefusal } from "./account.ts";
import type { Balances, Need, Spending } from "./balances.ts";
import { LateHolds } from "./late-holds.ts";
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
 * Budgets as a request meets them: `hold` before each attempt, `record` at its one exit. Memory decides at once; what is
 * promised upstream or to the client waits for the commit, which it shares with everything of the same turn.
 */
export class Budgets {
  readonly balances: Balances;
  private readonly writes: GroupCommit;
  private readonly insertRow: (row: RequestRow) => Write;
  private readonly onBand: (band: BandReached) => void;
  /**
   * Rows of requests that hold something or cost something, which the store did not take. No more than were under way
   * when it failed, as nothing is sent while it is not empty.
   */
  private readonly unwritten = new Map<number, Unwritten>();
  private readonly late: LateHolds;
  private retrying: Promise<number> | null = null;

  constructor({ writes, balances, insertRow, onBand }: BudgetsOptions) {
    this.writes = writes;
    this.balances = balances;
    this.insertRow = insertRow;
    this.onBand = onBand;
    this.late = new LateHolds({
      // What the store does not take is missing after a crash, and only then.
      write: (holds) => void writes.run(together(...holds.map((hold) => setHold(hold)))).catch(() => {}),
      schedule: (callback, delayMs) => void setTimeout(callback, delayMs).unref(),
    });
  }

  /** Rows wait for the store: what is sent now might never be recorded, so each attempt has to `hold`. */
  get isBehind(): boolean {
    return this.unwritten.size > 0;
  }

  /** Requests that hold something, and those noted. */
  get openCount(): number {
    return this.balances.holdCount + this.late.count;
  }

  /** What an attempt may cost that no budget pays for: written down if it lasts, so that a crash leaves a row. */
  note(holding: Holding, needOf: () => Need): void {
    this.late.note(holding.sequence, () => holdRowOf(holding, needOf()));
  }

  /** Requests whose row waits for the store to come back. */
  get unwrittenCount(): number {
    return this.unwritten.size;
  }

  /** Their charges: a crash now would bill those that are held as held, and lose the others. */
  get unwrittenCharges(): Charge[] {
    return [...this.unwritten.values()].map(({ charge }) => charge);
  }

  /**
   * Holds what the next attempt may cost instead of what the request held before. Decided before this returns; resolves
   * once the hold is durable, and only then may anything go upstream. A refusal leaves the hold of the attempt before.
   * Rejects with StoreUnavailable: what was held before still is.
   */
  async hold(holding: Holding, need: Need): Promise<BudgetRefusal | null> {
    const refusal = this.balances.hold(holding, need);
    if (refusal) return refusal;
    const { sequence } = holding;
    this.late.supersede(sequence);
    try {
      await this.writes.run(setHold(holdRowOf(holding, need)), () => this.balances.kept(sequence));
    } catch (error) {
      this.balances.notKept(sequence);
      throw error;
    }
    return null;
  }

  /**
   * Writes the row of a request, whatever happened to it; its hold ends in the same transaction. Resolves once the row is
   * durable. Rejects with StoreUnavailable: a row with a hold or a cost is then kept and written by `writeUnwritten`; at
   * the next start what is still held is billed as held. Rejects with what `insert` threw: the cost is then in the row of an interrupted request.
   */
  record(charge: Charge, insert: Write): Promise<void> {
    const isWritten = this.late.end(charge.sequence);
    return this.write(charge, insert, isWritten || this.balances.isHolding(charge.sequence));
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
    await Promise.allSettled(waiting.map(({ charge, insert }) => this.write(charge, insert, true)));
    return this.unwritten.size;
  }

  /** An answer of 402 was given. */
  refused(refusal: BudgetRefusal): void {
    const band = this.balances.refused(refusal);
    if (band) this.onBand(band);
  }

  private async write(charge: Charge, insert: Write, isHeld: boolean): Promise<void> {
    const work = isHeld ? together(insert, deleteHold(charge.sequence)) : insert;
    try {
      await this.writes.run(work, () => this.tell(charge));
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        const isWanted = isHeld || (charge.costNanoUsd ?? 0) > 0;
        if (isWanted) this.unwritten.set(charge.sequence, { charge, insert });
      } else {
        this.unwritten.delete(charge.sequence);
        if (isHeld) await this.writePoorly(charge, insert);
      }
      throw error;
    }
  }

  /**
   * The row itself is refused, because of a bug or because it is there already: its cost is not lost for that. What the
   * ledger says in the end is read again.
   */
  private async writePoorly(charge: Charge, insert: Write): Promise<void> {
    const settle: Write = (db) => {
      const hold = findHold(db, charge.sequence);
      if (hold) settleHold({ ...hold, amount_nano_usd: charge.costNanoUsd }, this.insertRow)(db);
    };
    try {
      await this.writes.run(settle, () => this.balances.recordedSomehow(charge));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.unwritten.set(charge.sequence, { charge, insert });
    }
  }

  private tell(charge: Charge): void {
    this.unwritten.delete(charge.sequence);
    for (const band of this.balances.recorded(charge)) this.onBand(band);
  }
}

function holdRowOf(holding: Holding, { amountNanoUsd, billedNanoUsd }: Need): HoldRow {
  return {
    sequence: holding.sequence,
    time_ms: holding.timeMs,
    org_id: holding.orgId,
    key_id: holding.keyId,
    operation: holding.operation,
    requested_model: holding.requestedModel,
    provider: holding.provider,
    model: holding.model,
    stream: holding.stream ? 1 : 0,
    // Beside an unknown price, what is known counts.
    amount_nano_usd: amountNanoUsd === null ? billedNanoUsd || null : amountNanoUsd + billedNanoUsd,
  };
}
