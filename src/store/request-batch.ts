import type { Database } from "bun:sqlite";
import type { Gathering } from "./group-commit.ts";
import { RollupMinutes } from "./rollup-minutes.ts";
import type { RequestRow } from "./tables.ts";

/** Told of the rows of a transaction right behind its COMMIT. Must be cheap and must not throw. */
export type OnRequests = (rows: readonly RequestRow[]) => void;

/**
 * The request rows of one transaction. Adds them up and writes their sums into it right before COMMIT: whatever is killed
 * when, sums and rows say the same. A row that is written outside of a group commit (tests do) takes its sums along at once.
 */
export class RequestBatch implements Gathering {
  private readonly minutes: RollupMinutes;
  private readonly listeners = new Set<OnRequests>();
  private rows: RequestRow[] = [];
  private isCollecting = false;

  constructor(db: Database) {
    this.minutes = new RollupMinutes(db);
  }

  begin(): void {
    this.isCollecting = true;
  }

  /** Runs for every request, once its row is inserted. */
  add(row: RequestRow): void {
    this.minutes.add(row);
    if (this.isCollecting) this.rows.push(row);
    else this.minutes.write();
  }

  writeSums(): void {
    this.minutes.write();
  }

  committed(): void {
    this.isCollecting = false;
    if (this.rows.length === 0) return;
    const { rows } = this;
    this.rows = [];
    for (const listener of this.listeners) listener(rows);
  }

  undone(): void {
    this.isCollecting = false;
    this.rows = [];
    this.minutes.undone();
  }

  /** Calls `listener` from now on; the function it returns ends that. */
  onRequests(listener: OnRequests): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const batches = new WeakMap<Database, RequestBatch>();

/** The one of a connection. */
export function requestBatchOf(db: Database): RequestBatch {
  let batch = batches.get(db);
  if (!batch) {
    batch = new RequestBatch(db);
    batches.set(db, batch);
  }
  return batch;
}
