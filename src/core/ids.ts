import type { Clock } from "./clock.ts";

/** The only source of randomness. Bytes are drawn from the operating system in pages, not per call. */
const PAGE_BYTES = 4096;
const page = new Uint8Array(PAGE_BYTES);
let unread = 0;

function randomByte(): number {
  if (unread === 0) {
    crypto.getRandomValues(page);
    unread = PAGE_BYTES;
  }
  unread -= 1;
  const byte = page[unread] ?? 0;
  page[unread] = 0;
  return byte;
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Uniform base62 text; bytes past the last multiple of 62 are thrown away, so no character is likelier. */
export function randomBase62(length: number): string {
  let text = "";
  while (text.length < length) {
    const byte = randomByte();
    if (byte < 248) text += BASE62[byte % 62];
  }
  return text;
}

/** Random bytes for a cipher that must never see the same ones twice. */
export function randomNonce(length: number): Uint8Array {
  return Uint8Array.from({ length }, randomByte);
}

/** A float in [0, 1), 32 bits of it random. */
export function randomFraction(): number {
  return (randomByte() * 2 ** 24 + randomByte() * 2 ** 16 + randomByte() * 2 ** 8 + randomByte()) / 2 ** 32;
}

/** `key_3kTM…`, `org_…`: 20 base62 characters, 119 bits. */
export function randomId(prefix: string): string {
  return `${prefix}_${randomBase62(20)}`;
}

const SEQUENCE_CHARACTERS = 11;
const PER_MILLISECOND = 4096;
/** 2024-01-01T00:00:00Z: 41 bits of milliseconds from here last until 2093. */
const EPOCH_MS = 1_704_067_200_000;

/**
 * Numbers the requests of one data folder: 41 bits of milliseconds, 12 bits of counter, always rising, below 2⁵³.
 * The number is the row's primary key (rows are appended, never inserted in the middle) and, written in base32,
 * the public `req_…` id, so neither needs an index of its own.
 */
export class RequestNumbers {
  private last: number;
  private readonly clock: Clock;

  /** `last` is the highest number already in the store, 0 in an empty one; a clock set back never repeats a number. */
  constructor(clock: Clock, last: number) {
    this.clock = clock;
    this.last = last;
  }

  next(): number {
    const byClock = (this.clock.now() - EPOCH_MS) * PER_MILLISECOND;
    this.last = byClock > this.last ? byClock : this.last + 1;
    return this.last;
  }
}

export function requestIdOf(sequence: number): string {
  return `req_${sequence.toString(32).padStart(SEQUENCE_CHARACTERS, "0")}`;
}

const WRITTEN = /^req_[0-9a-v]{11}$/;

/** The number behind a `req_…` id, or null for text that is no such id. */
export function sequenceOfRequestId(id: string): number | null {
  if (!WRITTEN.test(id)) return null;
  const sequence = Number.parseInt(id.slice(4), 32);
  return Number.isSafeInteger(sequence) ? sequence : null;
}
