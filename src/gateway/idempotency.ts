import type { Clock } from "../core/clock.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { Asked } from "./asked.ts";
import type { Lead } from "./lead.ts";
import { SharedAnswer } from "./shared-answer.ts";

/** How much is kept of answers, those that are still being given included, and for how long. */
export interface IdempotencyBounds {
  keptMs: number;
  /** The longest body that is kept. */
  answerBytes: number;
  keyBytes: number;
  bytes: number;
  /** Answers that have ended, of one key and in all. */
  keyEntries: number;
  entries: number;
}

const MIB = 2 ** 20;

export const BOUNDS: IdempotencyBounds = {
  keptMs: 600_000,
  answerBytes: 4 * MIB,
  keyBytes: 16 * MIB,
  bytes: 64 * MIB,
  keyEntries: 2_000,
  entries: 10_000,
};

/** What an answer that is kept takes beside its head and body: maps, promises, ids. */
const ENTRY_BYTES = 2_048;

interface Entry extends Asked {
  id: string;
  answer: SharedAnswer;
  /** Null once it has ended: it holds the whole request. */
  lead: Lead | null;
  /** Counted for it, as long as anybody can hold it. */
  bytes: number;
  isReleased: boolean;
  /** Monotonic; null = it is still being given. */
  endedMs: number | null;
  shelf: Shelf;
}

/** What is kept of one key. */
interface Shelf {
  keyId: string;
  bytes: number;
  /** How many entries count here. */
  size: number;
  /** Those that have ended, the least recently asked for first. */
  ended: Set<Entry>;
}

/**
 * Answers by key and `Idempotency-Key`: while they are given, so that a second request gets the same one, and for a
 * while after. In memory alone, bounded, and swept when it is asked: no timers.
 */
export class Idempotency {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly bounds: IdempotencyBounds;
  private readonly entries = new Map<string, Entry>();
  private readonly ended = new Set<Entry>();
  private readonly shelves = new Map<string, Shelf>();
  private takenBytes = 0;

  constructor(clock: Pick<Clock, "monotonic">, bounds = BOUNDS) {
    this.clock = clock;
    this.bounds = bounds;
  }

  /** Bytes taken just now, by what is kept and by what somebody still reads. */
  get bytes(): number {
    return this.takenBytes;
  }

  /** Answers that can be had again just now. */
  get size(): number {
    return this.entries.size;
  }

  /** The answer to the same request, given or being given; or why there is none; null = it is a new one. */
  find(asked: Asked): SharedAnswer | ApiError | null {
    this.sweep();
    const entry = this.entries.get(idOf(asked));
    if (!entry) return null;
    if (this.isExpired(entry)) {
      this.forget(entry);
      return null;
    }
    if (entry.fingerprint !== asked.fingerprint) return mismatch();
    if (entry.answer.isTooLong) return tooLong();
    if (entry.endedMs !== null) for (const order of [this.ended, entry.shelf.ended]) moveToEnd(order, entry);
    return entry.answer;
  }

  /** Answers a request that `find` says is new. */
  begin(asked: Asked, lead: Lead): SharedAnswer {
    const shelf = this.shelfOf(asked.keyId);
    let entry: Entry | null = null;
    const answer = new SharedAnswer(lead.answer(), {
      room: (bodyBytes) => entry !== null && this.roomForBody(entry, bodyBytes),
      ended: (isWhole) => entry && this.end(entry, isWhole),
      abandon: () => entry !== null && this.abandon(entry),
      unread: () => entry && this.releaseIfUnheld(entry),
    });
    entry = { ...asked, id: idOf(asked), answer, lead, bytes: 0, isReleased: false, endedMs: null, shelf };
    shelf.size += 1;
    this.entries.set(entry.id, entry);
    return answer;
  }

  private roomForBody(entry: Entry, bytes: number): boolean {
    return bytes <= this.bounds.answerBytes && this.room(entry, entry.answer.headBytes + bytes);
  }

  /** Makes room for an entry to take this many bytes, at the cost of what was asked for least recently; false = it cannot. */
  private room(entry: Entry, bytes: number): boolean {
    const { shelf } = entry;
    if (this.entries.get(entry.id) !== entry) return false;
    const moreBytes = bytes - entry.bytes;
    const isShelfFull = () => shelf.bytes + moreBytes > this.bounds.keyBytes;
    const isFull = () => this.takenBytes + moreBytes > this.bounds.bytes;
    if (moreBytes > 0) {
      this.evict(shelf.ended, isShelfFull);
      this.evict(this.ended, isFull);
      if (isShelfFull() || isFull()) return false;
    }
    this.take(entry, bytes);
    return true;
  }

  private end(entry: Entry, isWhole: boolean): void {
    const { shelf, lead, answer } = entry;
    entry.lead = null;
    if (!isWhole || !lead?.isFinal() || !this.room(entry, ENTRY_BYTES + answer.headBytes + answer.bodyBytes))
      return this.forget(entry);
    this.evict(shelf.ended, () => shelf.ended.size >= this.bounds.keyEntries);
    this.evict(this.ended, () => this.ended.size >= this.bounds.entries);
    entry.endedMs = this.clock.monotonic();
    shelf.ended.add(entry);
    this.ended.add(entry);
  }

  private abandon(entry: Entry): boolean {
    if (!entry.lead?.abandon()) return false;
    this.forget(entry);
    return true;
  }

  private evict(order: Set<Entry>, isTooMuch: () => boolean): void {
    for (const entry of order) {
      if (!isTooMuch()) return;
      this.forget(entry);
    }
  }

  /** In the order of last use: what was asked for again may lie behind others for a while after its time; nobody gets it. */
  private sweep(): void {
    for (const entry of this.ended) {
      if (!this.isExpired(entry)) return;
      this.forget(entry);
    }
  }

  private isExpired({ endedMs }: Entry): boolean {
    return endedMs !== null && this.clock.monotonic() - endedMs >= this.bounds.keptMs;
  }

  /** Nobody can ask for it any more; who reads it still does so to the end. */
  private forget(entry: Entry): void {
    if (this.entries.get(entry.id) === entry) this.entries.delete(entry.id);
    entry.lead = null;
    this.ended.delete(entry);
    entry.shelf.ended.delete(entry);
    this.releaseIfUnheld(entry);
  }

  private releaseIfUnheld(entry: Entry): void {
    const { shelf } = entry;
    if (this.entries.get(entry.id) === entry || entry.answer.isRead || entry.isReleased) return;
    entry.isReleased = true;
    this.take(entry, 0);
    shelf.size -= 1;
    if (shelf.size === 0) this.shelves.delete(shelf.keyId);
  }

  private take(entry: Entry, bytes: number): void {
    const moreBytes = bytes - entry.bytes;
    entry.bytes = bytes;
    entry.shelf.bytes += moreBytes;
    this.takenBytes += moreBytes;
  }

  private shelfOf(keyId: string): Shelf {
    let shelf = this.shelves.get(keyId);
    if (!shelf) {
      shelf = { keyId, bytes: 0, size: 0, ended: new Set() };
      this.shelves.set(keyId, shelf);
    }
    return shelf;
  }
}

function idOf({ keyId, idempotencyKey }: Asked): string {
  return `${keyId} ${idempotencyKey}`;
}

function moveToEnd(order: Set<Entry>, entry: Entry): void {
  order.delete(entry);
  order.add(entry);
}

function mismatch(): ApiError {
  return apiError(
    "idempotency_mismatch",
    "This `Idempotency-Key` came with another request before: another body, path, `X-Session-Id` or " +
      "`X-Nyuro-Max-Cost-Usd`. Use a new key for a new request.",
  );
}

function tooLong(): ApiError {
  return apiError(
    "conflict",
    "A request with this `Idempotency-Key` is being answered, and its answer is too long to be given twice.",
  );
}
