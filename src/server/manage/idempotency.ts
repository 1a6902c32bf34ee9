import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import { apiError, invalidField } from "../../core/errors.ts";
import { refused } from "./contract.ts";

/** What makes two requests the same. */
export interface Creation {
  /** Of the key that asks: nobody meets another's requests. */
  callerId: string;
  /** `Idempotency-Key` as it was sent. */
  idempotencyKey: string;
  /** Route, object and body; kept as a hash. */
  asked: readonly string[];
  /** Its answer tells a secret. */
  isSecret: boolean;
}

export interface IdempotencyBounds {
  /** How long a key counts, and how long the answer to it is kept where that tells a secret. Milliseconds. */
  keyMs: number;
  secretMs: number;
  callers: number;
  /** Of one caller: keys, and characters of answers. */
  keys: number;
  characters: number;
}

const BOUNDS: IdempotencyBounds = {
  keyMs: 24 * 3_600_000,
  secretMs: 600_000,
  callers: 500,
  keys: 200,
  characters: 256 * 1024,
};

interface Answer {
  status: number;
  headers: [string, string][];
  /** Null = it is kept no longer. */
  body: string | null;
}

interface Entry {
  fingerprint: string;
  isSecret: boolean;
  /** Monotonic. */
  beganMs: number;
  /** Null = it was made. Not kept any longer: it would hold the answer for ever. */
  making: Promise<Answer> | null;
  /** Null = it is being made. */
  made: Answer | null;
}

/** By `Idempotency-Key`, the oldest first. */
type Shelf = Map<string, Entry>;

const KEY = /^[\x21-\x7e]{1,255}$/;
const TIMER_SLACK_MS = 1_000;
const REPLAYED = "x-nyuro-replayed";

/**
 * Creations that were asked for with an `Idempotency-Key`: whoever asks again gets what was made, and nothing is made
 * twice. A refusal made nothing and is forgotten. In memory alone and bounded; a restart forgets.
 */
export class Idempotency {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly bounds: IdempotencyBounds;
  /** The caller that asked longest ago first. */
  private readonly shelves = new Map<string, Shelf>();

  constructor(clock: Pick<Clock, "monotonic">, bounds = BOUNDS) {
    this.clock = clock;
    this.bounds = bounds;
  }

  /** The answer of `make`, which is called only where the same was not asked before. */
  async answer(creation: Creation, make: () => Promise<Response>): Promise<Response> {
    if (!KEY.test(creation.idempotencyKey))
      return refused(
        invalidField(null, "The header Idempotency-Key must be 1 to 255 visible ASCII characters."),
      );
    this.forgetOld();
    const fingerprint = fingerprintOf(creation.asked);
    const found = this.shelves.get(creation.callerId)?.get(creation.idempotencyKey);
    if (!found) return replyOf(await this.begin(creation, fingerprint, make));
    if (found.fingerprint !== fingerprint)
      return refused(
        apiError("idempotency_mismatch", "This Idempotency-Key came with another request before."),
      );
    const reply = replyOf(found.made ?? (await found.making));
    if (reply.ok) reply.headers.set(REPLAYED, "true");
    return reply;
  }

  private begin(
    { callerId, idempotencyKey, isSecret }: Creation,
    fingerprint: string,
    make: () => Promise<Response>,
  ): Promise<Answer> {
    const shelf = this.shelfOf(callerId);
    const beganMs = this.clock.monotonic();
    const making = answerOf(make());
    const entry: Entry = { fingerprint, isSecret, beganMs, making, made: null };
    shelf.set(idempotencyKey, entry);
    const forget = () => void (shelf.get(idempotencyKey) === entry && shelf.delete(idempotencyKey));
    making.then((made) => {
      if (made.status >= 300) return forget();
      entry.made = { ...made };
      entry.making = null;
      this.keepWithin(shelf);
    }, forget);
    // Memory lets go of a secret also where nobody asks again.
    if (isSecret) setTimeout(() => this.forgetOld(), this.bounds.secretMs + TIMER_SLACK_MS).unref();
    return making;
  }

  private shelfOf(callerId: string): Shelf {
    const shelf = this.shelves.get(callerId) ?? new Map<string, Entry>();
    this.shelves.delete(callerId);
    this.shelves.set(callerId, shelf);
    for (const [id, other] of this.shelves) {
      if (this.shelves.size <= this.bounds.callers) break;
      if (other !== shelf && [...other.values()].every(({ making }) => making === null))
        this.shelves.delete(id);
    }
    return shelf;
  }

  /** The oldest go first: their answers, then their keys. */
  private keepWithin(shelf: Shelf): void {
    let characters = 0;
    for (const { made } of [...shelf.values()].reverse()) {
      characters += made?.body?.length ?? 0;
      if (made && characters > this.bounds.characters) made.body = null;
    }
    for (const [key, { making }] of shelf) {
      if (shelf.size <= this.bounds.keys) return;
      if (making === null) shelf.delete(key);
    }
  }

  private forgetOld(): void {
    const nowMs = this.clock.monotonic();
    for (const [callerId, shelf] of this.shelves) {
      for (const [key, { beganMs, isSecret, making, made }] of shelf) {
        const ageMs = nowMs - beganMs;
        if (making === null && ageMs >= this.bounds.keyMs) shelf.delete(key);
        else if (made && isSecret && ageMs >= this.bounds.secretMs) made.body = null;
      }
      if (shelf.size === 0) this.shelves.delete(callerId);
    }
  }
}

async function answerOf(making: Promise<Response>): Promise<Answer> {
  const reply = await making;
  return { status: reply.status, headers: [...reply.headers], body: await reply.text() };
}

function replyOf(answer: Answer | null): Response {
  if (answer && answer.body !== null)
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  return refused(
    apiError(
      "idempotency_key_used",
      "This was made with this Idempotency-Key before, and the answer is kept no longer.",
    ),
  );
}

function fingerprintOf(asked: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(asked)).digest("base64");
}
