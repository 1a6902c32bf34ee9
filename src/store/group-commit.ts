import type { Database, Statement } from "bun:sqlite";

/** One caller's part of a transaction: plain statements, no I/O, no await. May run twice (the first time rolled back). */
export type Write = (db: Database) => void;

/** Nothing can be written at the moment: disk full, read-only, damaged, locked by a stranger, or closed. */
export class StoreUnavailable extends Error {
  constructor(why: string, cause?: unknown) {
    super(`The store cannot be written: ${why}`, { cause });
    this.name = "StoreUnavailable";
  }
}

/** Something that gathers what the writes of a transaction did, to write its own part before COMMIT. */
export interface Gathering {
  begin(): void;
  /** Before COMMIT; may throw, which undoes the transaction. */
  writeSums(): void;
  committed(): void;
  undone(): void;
}

interface Item {
  work: Write;
  committed: (() => void) | null;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** What SQLite says when the place, not the row, is at fault. https://sqlite.org/rescode.html */
const UNAVAILABLE =
  /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED|CORRUPT|NOTADB|NOMEM|PERM|AUTH|PROTOCOL|MISUSE)/;

/**
 * Collects the writes of one turn of the event loop into one transaction. A promise resolves only after COMMIT, so
 * whoever awaits it may tell the client. If a group fails, its items are tried one by one: a bad row loses only itself.
 */
export class GroupCommit {
  private readonly db: Database;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly onCommit: () => void;
  private readonly gathering: Gathering | null;
  private queue: Item[] = [];
  private closed = false;
  private isHeld = false;

  /** `onCommit` is called after each transaction; it must be cheap and must not throw. */
  constructor(db: Database, onCommit: () => void = () => {}, gathering: Gathering | null = null) {
    this.db = db;
    this.gathering = gathering;
    // Immediate: a deferred transaction that reads first fails with SQLITE_BUSY whatever the timeout is.
    this.begin = db.prepare("BEGIN IMMEDIATE");
    this.commit = db.prepare("COMMIT");
    this.onCommit = onCommit;
  }

  /** Writes waiting for their transaction. */
  get pendingCount(): number {
    return this.queue.length;
  }

  /**
   * Resolves once `work` is committed. Rejects with StoreUnavailable, or with what `work` itself threw. `committed` is
   * called right behind COMMIT, before anybody else runs: whoever reads the database afterwards finds memory agreeing
   * with it. It must be cheap and must not throw.
   */
  run(work: Write, committed: (() => void) | null = null): Promise<void> {
    if (this.closed) return Promise.reject(new StoreUnavailable("it is closed"));
    return new Promise((resolve, reject) => {
      if (this.queue.push({ work, committed, resolve, reject }) === 1) setImmediate(this.commitQueue);
    });
  }

  /** Lets writes wait while `work` has the database to itself: they queue, the event loop goes on. */
  async holdDuring(work: () => Promise<unknown>): Promise<void> {
    this.isHeld = true;
    try {
      await work();
    } finally {
      this.isHeld = false;
      this.commitQueue();
    }
  }

  /** Commits what is waiting now; resolves even if some of it failed (those promises tell). */
  async flush(): Promise<void> {
    this.isHeld = false;
    this.commitQueue();
  }

  /** Commits what is waiting and refuses everything after. */
  close(): void {
    this.isHeld = false;
    this.commitQueue();
    this.closed = true;
    this.begin.finalize();
    this.commit.finalize();
  }

  private readonly commitQueue = (): void => {
    const items = this.queue;
    if (items.length === 0 || this.isHeld) return;
    this.queue = [];
    const failure = this.attempt(items);
    if (failure === null) this.settle(items);
    else if (items.length === 1 || failure instanceof StoreUnavailable)
      for (const item of items) item.reject(failure);
    else for (const item of items) this.commitAlone(item);
    this.onCommit();
  };

  private commitAlone(item: Item): void {
    const failure = this.attempt([item]);
    if (failure === null) this.settle([item]);
    else item.reject(failure);
  }

  /** Memory first, all of it: only then may anybody go on. */
  private settle(items: readonly Item[]): void {
    for (const item of items) item.committed?.();
    for (const item of items) item.resolve();
    this.gathering?.committed();
  }

  /** Null once committed; otherwise what went wrong, with nothing left behind. */
  private attempt(items: readonly Item[]): Error | null {
    try {
      this.begin.run();
      this.gathering?.begin();
      for (const item of items) item.work(this.db);
      this.gathering?.writeSums();
      this.commit.run();
      return null;
    } catch (error) {
      // SQLite has already rolled back by itself after some errors (disk full, I/O).
      if (this.db.inTransaction) this.db.run("ROLLBACK");
      this.gathering?.undone();
      return typed(error);
    }
  }
}

function typed(error: unknown): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (UNAVAILABLE.test(code)) return new StoreUnavailable(code, error);
  return error instanceof Error ? error : new Error(String(error));
}
