import { Database } from "bun:sqlite";
import { chmodSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Compilable } from "kysely";
import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "./group-commit.ts";
import { HoldJournal } from "./hold-journal.ts";
import { takeLock } from "./lock.ts";
import { logWeightOf } from "./log-weight.ts";
import { setMeta } from "./meta-table.ts";
import { migrate } from "./migrate.ts";
import { Reader, type Statement } from "./reader.ts";
import { queriesOver } from "./reader-dialect.ts";
import { type RequestBatch, requestBatchOf } from "./request-batch.ts";
import { type SpendReader, spendReader } from "./requests-spend.ts";
import { lastSequence } from "./requests-table.ts";
import { fillRollups } from "./rollup-fill.ts";
import { rollupState } from "./rollups-table.ts";
import type { Queries } from "./tables.ts";

export interface StoreOptions {
  /** Made if it is not there. */
  dataDir: string;
  /** `normal` survives `kill -9`; `full` also power loss, for about half a millisecond per commit. */
  sync: "normal" | "full";
  clock: Clock;
  /** Told what the operator should know but nobody awaits: a reader that crashed, a checkpoint that failed. */
  onWarning?: (message: string) => void;
}

/** One clear sentence for the operator; the store is not open. */
export interface StoreProblem {
  problem: string;
}

type RowsOf<Q> = Q extends Compilable<infer Row> ? Row[] : never;

/** The embedded database of one data folder. */
export interface Store {
  readonly dataDir: string;
  /** The only way to write. */
  readonly writes: GroupCommit;
  /** The only way to read: off the main thread. */
  readonly queries: Queries;
  /** What balances are opened with, on the main thread. */
  readonly spend: SpendReader;
  /** What requests under way may still cost. */
  readonly holds: HoldJournal;
  /** Tells of rows that were committed. */
  readonly requests: Pick<RequestBatch, "onRequests">;
  /** Runs several queries on one snapshot, so that their figures agree. */
  readTogether<const Q extends readonly Compilable<unknown>[]>(
    queries: Q,
  ): Promise<{ -readonly [I in keyof Q]: RowsOf<Q[I]> }>;
  /** The highest request number so far, 0 in an empty store. Reads on the main thread: for the start only. */
  lastSequence(): number;
  /** Writes a row and says whether that worked. */
  checkWritable(): Promise<boolean>;
  /** Commits what is waiting, checkpoints, lets another instance in. */
  close(): Promise<void>;
}

/** In the data folder. */
export const DATABASE_FILE = "nyuro.db";

/** Commits between two checkpoints: at two to five pages each some 8 MiB of log, copied in the Worker. */
const COMMITS_PER_CHECKPOINT = 500;
/** Bytes of message bodies that count as one more commit. */
const BYTES_PER_COMMIT = 16 * 1024;
/** Pages of log (4 KiB each) above which the file is emptied, not only copied: 16 MiB. */
const TRUNCATE_ABOVE_PAGES = 4096;

/** Opens the store of a data folder, alone: a second instance gets a problem, not a store. */
export function openStore(options: StoreOptions): Store | StoreProblem {
  const dataDir = resolve(options.dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    return { problem: `The data folder ${dataDir} cannot be made: ${reasonOf(error)}.` };
  }
  let lock: Database | null;
  try {
    lock = takeLock(dataDir);
  } catch (error) {
    return { problem: `The data folder ${dataDir} cannot be written to: ${reasonOf(error)}.` };
  }
  if (!lock) return { problem: `Another Nyuro is running on the data folder ${dataDir}; one at a time.` };
  const db = openDatabase(dataDir, options);
  if ("problem" in db) {
    lock.close();
    return db;
  }
  try {
    const holds = new HoldJournal({ folder: dataDir, sync: options.sync });
    return new OpenStore(dataDir, db, lock, holds, options);
  } catch (error) {
    db.close();
    lock.close();
    return { problem: `What requests held cannot be read from ${dataDir}: ${reasonOf(error)}.` };
  }
}

const FILLING =
  "The requests of an older version are added up, once: some five seconds for each million of them.";

function openDatabase(dataDir: string, { sync, clock, onWarning }: StoreOptions): Database | StoreProblem {
  const file = join(dataDir, DATABASE_FILE);
  let db: Database | null = null;
  try {
    db = new Database(file, { create: true, readwrite: true, strict: true });
    // The folder may be an old one that others can read; the log files beside it take over this mode.
    chmodSync(file, 0o600);
    // First: without it everything after fails at once if a backup happens to hold a lock.
    db.run("PRAGMA busy_timeout = 2000");
    db.run("PRAGMA journal_mode = WAL");
    db.run(`PRAGMA synchronous = ${sync === "full" ? "FULL" : "NORMAL"}`);
    db.run("PRAGMA wal_autocheckpoint = 0");
    // What is deleted is overwritten where it lies, at no further I/O; bodies overwrite whole pages as well.
    db.run("PRAGMA secure_delete = FAST");
    db.run("PRAGMA foreign_keys = ON");
    const migrated = migrate(db, clock.now());
    if ("applied" in migrated) {
      if (!rollupState(db).isFilled) onWarning?.(FILLING);
      fillRollups(db);
      return db;
    }
    db.close();
    return { problem: `The database ${file} is newer than this program: ${migrated.problem}.` };
  } catch (error) {
    db?.close();
    return { problem: `The database ${file} cannot be used: ${reasonOf(error)}.` };
  }
}

class OpenStore implements Store {
  readonly dataDir: string;
  readonly writes: GroupCommit;
  readonly queries: Queries;
  readonly spend: SpendReader;
  readonly holds: HoldJournal;
  readonly requests: RequestBatch;
  private readonly db: Database;
  private readonly lock: Database;
  private readonly reader: Reader;
  private readonly clock: Clock;
  private readonly onWarning: (message: string) => void;
  private commits = 0;
  private checkpointing = false;
  private closed = false;

  constructor(dataDir: string, db: Database, lock: Database, holds: HoldJournal, options: StoreOptions) {
    this.dataDir = dataDir;
    this.db = db;
    this.lock = lock;
    this.holds = holds;
    this.clock = options.clock;
    this.onWarning = options.onWarning ?? (() => {});
    this.reader = new Reader({ file: join(dataDir, DATABASE_FILE), onCrash: this.onWarning });
    this.queries = queriesOver(this.reader);
    this.spend = spendReader(db);
    this.requests = requestBatchOf(db);
    this.writes = new GroupCommit(db, () => this.committed(), this.requests);
  }

  async readTogether<const Q extends readonly Compilable<unknown>[]>(
    queries: Q,
  ): Promise<{ -readonly [I in keyof Q]: RowsOf<Q[I]> }> {
    const results = await this.reader.read(
      queries.map((query) => {
        const { sql, parameters, mergeHistogramsBy }: Statement = query.compile();
        return { sql, parameters, mergeHistogramsBy };
      }),
    );
    return results as { -readonly [I in keyof Q]: RowsOf<Q[I]> };
  }

  lastSequence(): number {
    return lastSequence(this.db);
  }

  async checkWritable(): Promise<boolean> {
    try {
      this.holds.probe();
      await this.writes.run(setMeta(this.queries, "last_check_ms", String(this.clock.now())));
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.writes.close();
    await this.holds.close();
    await this.reader.close();
    try {
      this.db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // The log is read again at the next start: nothing is lost, it only takes longer.
      this.onWarning(`The last checkpoint failed: ${reasonOf(error)}`);
    }
    this.db.close();
    this.lock.run("ROLLBACK");
    this.lock.close();
  }

  private committed(): void {
    this.commits += 1 + logWeightOf(this.db).take() / BYTES_PER_COMMIT;
    if (this.commits < COMMITS_PER_CHECKPOINT || this.checkpointing || this.closed) return;
    this.commits = 0;
    this.checkpointing = true;
    this.checkpoint()
      .catch((error) => this.closed || this.onWarning(`A checkpoint failed: ${reasonOf(error)}`))
      .finally(() => {
        this.checkpointing = false;
      });
  }

  /**
   * PASSIVE copies nearly everything beside the writer, but under steady load never reaches the end, so the log
   * would grow forever. TRUNCATE right after it needs the writer's lock for the little that came in meanwhile;
   * taken from under a writing event loop, that lock costs a stall of 30 to 80 ms (SQLite sleeps in steps), so
   * writes queue instead. Not while the reader is deep in a query: then they would queue for all of it.
   */
  private async checkpoint(): Promise<void> {
    const pages = await this.reader.checkpoint("PASSIVE");
    if (pages <= TRUNCATE_ABOVE_PAGES || !this.reader.isIdle || this.closed) return;
    await this.writes.holdDuring(() => this.reader.checkpoint("TRUNCATE"));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
