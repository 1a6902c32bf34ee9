import { closeSync, existsSync, fsyncSync, openSync, readdirSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StoreUnavailable } from "./group-commit.ts";
import { GroupFlush } from "./group-flush.ts";
import { type HoldRecord, lineOf, readHolds } from "./hold-record.ts";

export interface HoldJournalOptions {
  /** Has to be there once something is held. */
  folder: string;
  /** `normal`: a hold survives `kill -9`; `full`: also power loss. */
  sync: "normal" | "full";
  /** Bytes that were written of a text; throws as `writeSync`, the default, does. */
  write?: (descriptor: number, text: string) => number;
}

interface JournalFile {
  path: string;
  descriptor: number;
  bytes: number;
}

/** A file is left for a new one at this size, or at four times of what is still held where that is more. */
const MOST_BYTES = 1 << 20;
const NAME = /^holds-(\d+)\.jsonl$/;

interface Waiting {
  hold: HoldRecord;
  /** What the request held until now; undefined = nothing. */
  before: HoldRecord | undefined;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * What requests under way may still cost, durable before anything goes upstream: a file that is only appended to, one
 * line a hold. Nothing is taken out of it, as a hold is over once its request has a row. The holds of one turn of the
 * event loop are one `write`, so that one costs a microsecond, a twentieth of two statements in a transaction. What
 * outlives a file is copied into the next one.
 */
export class HoldJournal {
  /** What processes before this one left, the last hold of each request. Some of these requests have their rows. */
  readonly left: readonly HoldRecord[];
  /** Lines of theirs that say nothing. */
  readonly unreadable: number;
  private readonly options: Required<HoldJournalOptions>;
  /** Also what waits to be written. */
  private readonly held = new Map<number, HoldRecord>();
  private waiting: Waiting[] = [];
  private readonly group = new GroupFlush();
  private readonly oldPaths: string[];
  private nextNumber: number;
  private file: JournalFile | null = null;
  private leaveAtBytes = MOST_BYTES;
  /** The last line was not written whole. */
  private isTorn = false;

  /** Throws where what is there cannot be read. */
  constructor(options: HoldJournalOptions) {
    this.options = { write: (descriptor, text) => writeSync(descriptor, text), ...options };
    const numbers = numbersIn(options.folder);
    this.nextNumber = (numbers.at(-1) ?? 0) + 1;
    this.oldPaths = numbers.map((number) => pathOf(options.folder, number));
    const { holds, unreadable } = readHolds(this.oldPaths);
    this.left = holds;
    this.unreadable = unreadable;
  }

  /** Requests that hold something. */
  get openCount(): number {
    return this.held.size;
  }

  /** Null = the request holds nothing. */
  find(sequence: number): HoldRecord | null {
    return this.held.get(sequence) ?? null;
  }

  /** All of `left` have their rows, durably: nothing else needs their files. */
  leftIsSettled(): void {
    for (const path of this.oldPaths.splice(0)) forget(path);
  }

  /**
   * Holds instead of what the request held before. Resolves once that is durable; rejects with StoreUnavailable: then
   * nothing may go upstream for it, and what it held before still counts.
   */
  append(hold: HoldRecord): Promise<void> {
    const before = this.held.get(hold.sequence);
    this.held.set(hold.sequence, hold);
    return new Promise((resolve, reject) => {
      if (this.waiting.push({ hold, before, resolve, reject }) === 1) setImmediate(this.writeWaiting);
    });
  }

  /** Throws StoreUnavailable where nothing could be held now. */
  probe(): void {
    this.write("\n");
  }

  /** The request's row is durable. Nothing happens where it holds nothing. */
  end(sequence: number): void {
    this.held.delete(sequence);
  }

  /** What is still held is left for the next start. */
  async close(): Promise<void> {
    this.writeWaiting();
    await this.group.idle();
    if (!this.file) return;
    closeSync(this.file.descriptor);
    if (this.held.size === 0) forget(this.file.path);
    this.file = null;
  }

  private readonly writeWaiting = (): void => {
    const all = this.waiting;
    if (all.length === 0) return;
    this.waiting = [];
    let text = "";
    for (const { hold } of all) text += lineOf(hold);
    try {
      this.write(text);
    } catch (error) {
      for (const waiting of all) this.refuse(waiting, error);
      return;
    }
    if (this.options.sync === "normal") for (const { resolve } of all) resolve();
    else
      this.flush().then(
        () => all.forEach(({ resolve }) => void resolve()),
        (error) => all.forEach((waiting) => void this.refuse(waiting, error)),
      );
  };

  private refuse({ hold, before, reject }: Waiting, error: unknown): void {
    const isLast = this.held.get(hold.sequence) === hold;
    if (isLast && before) this.held.set(hold.sequence, before);
    else if (isLast) this.held.delete(hold.sequence);
    reject(error);
  }

  private write(text: string): void {
    try {
      this.file ??= this.begin();
      if (this.file.bytes >= this.leaveAtBytes) this.leave(this.file);
      this.writeTo(this.file, text);
    } catch (error) {
      this.writeElsewhere(text, error);
    }
  }

  /** It may be this file alone that takes no more, as where files are limited in size. */
  private writeElsewhere(text: string, error: unknown): void {
    if (!this.file || !this.leave(this.file)) throw unavailable(error);
    try {
      this.writeTo(this.file, text);
    } catch (again) {
      throw unavailable(again);
    }
  }

  /** Begins a new file with all that is held. False = that failed, and the old one has to do for as long again. */
  private leave(old: JournalFile): boolean {
    let next: JournalFile | null = null;
    try {
      next = this.begin();
      this.writeTo(next, [...this.held.values()].map(lineOf).join(""));
    } catch {
      if (next) remove(next);
      this.leaveAtBytes = old.bytes + MOST_BYTES;
      return false;
    }
    this.file = next;
    this.leaveAtBytes = Math.max(MOST_BYTES, 4 * next.bytes);
    if (this.options.sync === "normal") remove(old);
    else
      this.flush().then(
        () => remove(old),
        () => closeSync(old.descriptor),
      );
    return true;
  }

  private begin(): JournalFile {
    const { folder, sync } = this.options;
    const path = pathOf(folder, this.nextNumber++);
    const descriptor = openSync(path, "ax", 0o600);
    if (sync === "full") flushFolder(folder);
    return { path, descriptor, bytes: 0 };
  }

  private writeTo(file: JournalFile, text: string): void {
    const whole = this.isTorn ? `\n${text}` : text;
    const written = this.options.write(file.descriptor, whole);
    file.bytes += written;
    // What is ASCII, as nearly all of it is, need not be measured.
    this.isTorn = written !== whole.length && written !== Buffer.byteLength(whole);
    if (this.isTorn) throw new Error("only a part was written");
  }

  private flush(): Promise<void> {
    return this.group
      .flush(() => this.file?.descriptor ?? -1)
      .catch((error) => {
        throw unavailable(error);
      });
  }
}

function numbersIn(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const numbers = readdirSync(folder).map((name) => Number(NAME.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).sort((one, other) => one - other);
}

function pathOf(folder: string, number: number): string {
  return join(folder, `holds-${number}.jsonl`);
}

function remove({ path, descriptor }: JournalFile): void {
  closeSync(descriptor);
  forget(path);
}

/** A file that stays says nothing new: what it holds has rows, or stands in a later file as well. */
function forget(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is read once more at the next start.
  }
}

/** So that a new file's name is on the disk as well. */
function flushFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unavailable(error: unknown): StoreUnavailable {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return new StoreUnavailable(`what a request holds cannot be written: ${code}`, error);
}
