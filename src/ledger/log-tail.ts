import type { Store } from "../store/open.ts";
import type { RequestRow } from "../store/tables.ts";
import type { LogChoice } from "./read.ts";
import { ledgerRowOf } from "./request-row.ts";
import type { LedgerRow } from "./row.ts";

/** Rows kept for those who are behind or come back: some three megabytes, once somebody has listened. */
const MOST_KEPT = 2_000;

/** What comes next to a listener, in the order rows were committed. */
export type TailEvent =
  | { kind: "row"; id: string; row: LedgerRow }
  /** Rows that were not told, because the listener was too far behind; null = nobody knows how many. */
  | { kind: "gap"; missed: number | null };

/**
 * New rows of the ledger for whoever listens. All listeners read from one list of the latest rows: one that is slow costs
 * no memory, it is told of a gap.
 */
export class LogTail {
  private readonly store: Store;
  /** Says which run of the program a number belongs to. */
  private readonly run: string;
  private readonly kept: RequestRow[] = [];
  private readonly waiting = new Set<() => void>();
  private lastNumber = 0;
  private isListening = false;

  /** `run` is another one after each start, without `-`. */
  constructor(store: Store, run: string) {
    this.store = store;
    this.run = run;
  }

  /** From now on, or from behind the event with that id; one that is unknown or of long ago begins with a gap. */
  follow(choice: LogChoice, lastEventId: string | null): TailListener {
    this.listen();
    if (lastEventId === null) return new TailListener(this, choice, this.lastNumber, false);
    const number = this.numberOf(lastEventId);
    return new TailListener(this, choice, number ?? this.lastNumber, number === null);
  }

  /** Numbers begin at 1. */
  get last(): number {
    return this.lastNumber;
  }

  get first(): number {
    return this.lastNumber - this.kept.length + 1;
  }

  /** Of a number from `first` to `last`. */
  at(number: number): RequestRow | null {
    return this.kept[number - this.first] ?? null;
  }

  idOf(number: number): string {
    return `${this.run}-${number}`;
  }

  /** Calls `wake` once, at the next row; the function it returns takes that back. */
  wakeAtNext(wake: () => void): () => void {
    this.waiting.add(wake);
    return () => this.waiting.delete(wake);
  }

  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.store.requests.onRequests((rows) => this.add(rows));
  }

  private add(rows: readonly RequestRow[]): void {
    this.kept.push(...rows);
    this.lastNumber += rows.length;
    // Twice as many before it is cut: moving the rest up costs, so not for every row.
    if (this.kept.length > 2 * MOST_KEPT) this.kept.splice(0, this.kept.length - MOST_KEPT);
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const wake of waiting) wake();
  }

  private numberOf(id: string): number | null {
    const [run, text = ""] = id.split("-");
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return run === this.run && number <= this.lastNumber ? number : null;
  }
}

/** One who listens: where he stands, and what he wants to hear of. */
export class TailListener {
  private readonly tail: LogTail;
  private readonly choice: LogChoice;
  private position: number;
  private isLost: boolean;

  constructor(tail: LogTail, choice: LogChoice, position: number, isLost: boolean) {
    this.tail = tail;
    this.choice = choice;
    this.position = position;
    this.isLost = isLost;
  }

  /** Up to `most` events that are there already. */
  take(most: number): TailEvent[] {
    const { tail } = this;
    const events: TailEvent[] = [];
    if (this.isLost) events.push({ kind: "gap", missed: null });
    this.isLost = false;
    if (this.position < tail.first - 1) {
      events.push({ kind: "gap", missed: tail.first - 1 - this.position });
      this.position = tail.first - 1;
    }
    while (this.position < tail.last && events.length < most) {
      this.position += 1;
      const row = tail.at(this.position);
      if (row && isChosen(row, this.choice))
        events.push({ kind: "row", id: tail.idOf(this.position), row: ledgerRowOf(row) });
    }
    return events;
  }

  /** Resolves at the next row, wanted or not, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void> {
    if (this.position < this.tail.last || this.isLost) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        takeBack();
        resolve();
      }, timeoutMs);
      const takeBack = this.tail.wakeAtNext(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** The same choice as the list's, row by row. */
export function isChosen(row: RequestRow, choice: LogChoice): boolean {
  const fits = (wanted: string | null, value: string | null) => wanted === null || wanted === value;
  return (
    fits(choice.orgId, row.org_id) &&
    fits(choice.model, row.model) &&
    fits(choice.provider, row.provider) &&
    fits(choice.keyId, row.key_id) &&
    fits(choice.status, row.status) &&
    fits(choice.industry, row.industry) &&
    (choice.fallback === null || choice.fallback === (row.fallback_used === 1)) &&
    row.time_ms >= (choice.fromMs ?? Number.NEGATIVE_INFINITY) &&
    row.time_ms < (choice.toMs ?? Number.POSITIVE_INFINITY)
  );
}
