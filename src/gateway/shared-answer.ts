import { ByteLog } from "./byte-log.ts";
import { type Head, type Heard, Listener } from "./listener.ts";

export interface SharedAnswerHooks {
  /** Asks for this many bytes in all to keep the body in; false = there is no room, and it is kept no longer. */
  room(bytes: number): boolean;
  /** The answer ended, of itself or broken; called once. `isWhole`: all of it is here. */
  ended(isWhole: boolean): void;
  /** The last listener left before the end. True = the call was broken off; false = it has ended but for its tail. */
  abandon(): boolean;
  /** The last listener left after the end: nobody holds the answer but who keeps it. */
  unread(): void;
}

/**
 * One answer for any number of clients, each from its beginning and at its own pace. Whoever has read all there is
 * reads on upstream for everybody, so nobody waits for a slower one; what was read is kept as far as there is room.
 * Beyond that it belongs to its first listener alone, and the others are cut off.
 */
export class SharedAnswer implements Heard {
  /** Rejects only for a bug. */
  readonly head: Promise<Head>;
  readonly log = new ByteLog();
  /** Of status and headers, once they are known. */
  headBytes = 0;
  private readonly hooks: SharedAnswerHooks;
  private readonly listeners = new Set<Listener>();
  private source: Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel"> | null = null;
  private whole: Blob | null = null;
  private reading: Promise<void> | null = null;
  /** Read, and not kept: for the only listener that is left. */
  private unkept: Uint8Array | null = null;
  private phase: "going" | "ended" | "broken" | "abandoned" = "going";
  private isBeyond = false;

  constructor(answering: Promise<Response>, hooks: SharedAnswerHooks) {
    this.hooks = hooks;
    this.head = this.begin(answering);
    this.head.catch(() => this.end("broken"));
  }

  /** It grew too long to be shared, and nobody can join any more. */
  get isTooLong(): boolean {
    return this.isBeyond;
  }

  get isOver(): boolean {
    return this.phase !== "going";
  }

  get isBroken(): boolean {
    return this.phase === "broken";
  }

  /** The body of an answer that is no stream; null until there is a head, and for a stream. */
  get body(): Blob | null {
    return this.whole;
  }

  /** Some client is reading it still. */
  get isRead(): boolean {
    return this.listeners.size > 0;
  }

  /** What its body takes of memory. */
  get bodyBytes(): number {
    return this.whole?.size ?? this.log.capacityWith(0);
  }

  /** `beforeEnd` is called just before this listener's reply ends. */
  listen(beforeEnd: () => void): Listener {
    const listener = new Listener(this, { beforeEnd, isReplay: this.phase === "ended" });
    this.listeners.add(listener);
    return listener;
  }

  leave(listener: Listener): void {
    if (!this.listeners.delete(listener) || this.listeners.size > 0) return;
    if (this.phase !== "going") this.hooks.unread();
    else if (this.hooks.abandon()) this.drop("abandoned");
    else void this.finishAlone();
  }

  /** Reads one piece upstream, whoever asks; over when there is more, or no more will come. Never rejects. */
  readMore(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  /** What is not kept, once; asked by a listener that has read what is. */
  takeUnkept(): Uint8Array | null {
    const { unkept } = this;
    if (unkept && this.log.length > 0) {
      this.log.clear();
      this.hooks.room(this.bodyBytes);
    }
    this.unkept = null;
    return unkept;
  }

  private async begin(answering: Promise<Response>): Promise<Head> {
    const response = await answering;
    const head: Head = { status: response.status, headers: [...response.headers] };
    this.headBytes = sizeOf(head);
    if (this.phase === "abandoned") await response.body?.cancel().catch(() => {});
    else if (response.body && isStream(response)) this.source = response.body.getReader();
    else {
      this.whole = await response.blob();
      this.end("ended", this.hooks.room(this.bodyBytes));
    }
    return head;
  }

  private async readOnce(): Promise<void> {
    try {
      const read = await this.source?.read();
      if (this.phase !== "going") return;
      if (read?.value) this.keep(read.value);
      else this.end("ended", !this.isBeyond);
    } catch {
      this.end("broken");
    }
  }

  private keep(piece: Uint8Array): void {
    if (!this.isBeyond && this.hooks.room(this.log.capacityWith(piece.length))) return this.log.append(piece);
    this.unkept = piece;
    this.isBeyond = true;
    const [, ...others] = this.listeners;
    for (const other of others) {
      this.listeners.delete(other);
      other.cut();
    }
  }

  /** Everybody left, but the row is written: the tail that is still to come makes the answer whole. */
  private async finishAlone(): Promise<void> {
    await this.head.catch(() => {});
    while (this.phase === "going" && !this.isBeyond) await this.readMore();
    if (this.phase === "going" && this.listeners.size === 0) this.drop("broken");
  }

  private drop(phase: "abandoned" | "broken"): void {
    this.source?.cancel().catch(() => {});
    this.end(phase);
  }

  private end(phase: "ended" | "broken" | "abandoned", isWhole = false): void {
    if (this.phase !== "going") return;
    this.phase = phase;
    this.source = null;
    if (isWhole) this.log.trim();
    this.hooks.ended(isWhole);
  }
}

function isStream({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

function sizeOf({ headers }: Head): number {
  return headers.reduce((bytes, [name, value]) => bytes + name.length + value.length, 0);
}
