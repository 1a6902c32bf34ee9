export interface Statement {
  sql: string;
  parameters: readonly unknown[];
  /** Rows that agree in this column become one, their `histogram` added up: they never leave the Worker one by one. */
  mergeHistogramsBy?: string;
}

export type Ask =
  | { kind: "read"; id: number; file: string; statements: readonly Statement[] }
  | { kind: "checkpoint"; id: number; file: string; mode: CheckpointMode }
  | { kind: "close"; id: number; file: string };

export type CheckpointMode = "PASSIVE" | "TRUNCATE";

export type Answer = { id: number; results: unknown[][] } | { id: number; error: string };

/** A read that could not be answered: wrong SQL, a damaged file, or the Worker died. */
export class ReadFailed extends Error {
  constructor(why: string) {
    super(`The store cannot be read: ${why}`);
    this.name = "ReadFailed";
  }
}

interface Waiting {
  resolve: (results: unknown[][]) => void;
  reject: (error: ReadFailed) => void;
}

/** The part of an Ask that differs per kind. */
type Question =
  | { kind: "read"; statements: readonly Statement[] }
  | { kind: "checkpoint"; mode: CheckpointMode }
  | { kind: "close" };

export interface ReaderOptions {
  /** Path of the database. */
  file: string;
  /** Told when the Worker died; the next read starts another. */
  onCrash: (problem: string) => void;
  /** Another Worker, for tests. */
  workerUrl?: URL | string;
}

/** Runs reads and checkpoints in a Worker on a connection of its own, so that no query stops the event loop. */
export class Reader {
  private readonly options: ReaderOptions;
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed = false;

  constructor(options: ReaderOptions) {
    this.options = options;
  }

  /** The rows of each statement, all from one snapshot of the database. */
  read(statements: readonly Statement[]): Promise<unknown[][]> {
    return this.ask({ kind: "read", statements });
  }

  /** Copies the write-ahead log into the database; returns how many pages the log had. */
  async checkpoint(mode: CheckpointMode): Promise<number> {
    const [rows = []] = await this.ask({ kind: "checkpoint", mode });
    const [row] = rows as { log: number }[];
    return row?.log ?? 0;
  }

  /** True if an ask made now would be worked on at once. */
  get isIdle(): boolean {
    return this.waiting.size === 0;
  }

  /** Ends the Worker; an idle one closes its connection first, one deep in a query is not waited for. */
  async close(): Promise<void> {
    if (this.closed) return;
    const closing = this.worker && this.isIdle ? this.ask({ kind: "close" }) : null;
    this.closed = true;
    await closing?.catch(() => {});
    const worker = this.worker;
    this.worker = null;
    worker?.terminate();
    this.rejectAll("it is closed");
  }

  private ask(question: Question): Promise<unknown[][]> {
    if (this.closed) return Promise.reject(new ReadFailed("it is closed"));
    const worker = this.worker ?? this.start();
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      // The process may end while the Worker idles, but not while somebody waits for its answer.
      if (this.waiting.size === 1) worker.ref();
      worker.postMessage({ ...question, id, file: this.options.file } satisfies Ask);
    });
  }

  private start(): Worker {
    const worker = new Worker(this.options.workerUrl ?? new URL("./reader-worker.ts", import.meta.url));
    worker.unref();
    worker.onmessage = (event: MessageEvent<Answer>) => this.settle(worker, event.data);
    worker.addEventListener("error", (event) => this.crashed(worker, event.message));
    worker.addEventListener("close", () => this.crashed(worker, "it ended"));
    this.worker = worker;
    return worker;
  }

  private settle(worker: Worker, answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) worker.unref();
    if ("error" in answer) waiting.reject(new ReadFailed(answer.error));
    else waiting.resolve(answer.results);
  }

  private crashed(worker: Worker, why: string): void {
    if (this.worker !== worker) return;
    this.worker = null;
    worker.terminate();
    this.options.onCrash(`The store's reader crashed and is started again: ${why}`);
    this.rejectAll(why);
  }

  private rejectAll(why: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new ReadFailed(why));
  }
}
