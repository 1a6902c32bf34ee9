import type { ByteLog } from "./byte-log.ts";

/** What a reply begins with. */
export interface Head {
  status: number;
  headers: readonly (readonly [string, string])[];
}

/** What a listener reads. */
export interface Heard {
  /** Rejects only for a bug. */
  readonly head: Promise<Head>;
  /** The body of an answer that is no stream; null until there is a head, and for a stream. */
  readonly body: Blob | null;
  /** What was read of a stream, and kept. */
  readonly log: ByteLog;
  /** No more will come. */
  readonly isOver: boolean;
  readonly isBroken: boolean;
  /** Reads one piece upstream, for everybody; never rejects. */
  readMore(): Promise<void>;
  /** What was read and not kept, once. */
  takeUnkept(): Uint8Array | null;
  leave(listener: Listener): void;
}

/** A slow client holds no more than this of an answer in its connection's buffer. */
const PIECE_BYTES = 64 * 1024;

/** They speak of the moment, which is over. */
const OF_THE_MOMENT = /^x-ratelimit-/;

interface ListenerOptions {
  beforeEnd: () => void;
  /** The answer had ended before this one came. */
  isReplay: boolean;
}

/** One client of a shared answer: reads it from the beginning, at its own pace. */
export class Listener {
  private readonly answer: Heard;
  private readonly options: ListenerOptions;
  private position = 0;
  private isGone = false;
  private isCut = false;

  constructor(answer: Heard, options: ListenerOptions) {
    this.answer = answer;
    this.options = options;
  }

  /** Waits for the head of the answer. Rejects only for a bug. */
  async response(): Promise<Response> {
    const { answer, options } = this;
    const head = headOf(await answer.head, options.isReplay);
    if (!answer.body) return new Response(this.body(), head);
    options.beforeEnd();
    answer.leave(this);
    return new Response(answer.body, head);
  }

  /** Its client went away. */
  leave(): void {
    this.isGone = true;
    this.answer.leave(this);
  }

  /** The answer is too long to be shared: at its next read its connection is closed without an end, which no client takes for whole. */
  cut(): void {
    this.isCut = true;
  }

  private body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      { pull: (controller) => this.pull(controller), cancel: () => this.leave() },
      { highWaterMark: 0 },
    );
  }

  private async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { answer } = this;
    while (!this.isGone) {
      if (this.isCut) return controller.error(new Error("the answer is too long to be shared"));
      const piece = this.next();
      if (piece) return controller.enqueue(piece);
      if (answer.isOver) return this.end(controller);
      await answer.readMore();
    }
  }

  private next(): Uint8Array | null {
    const { log } = this.answer;
    if (this.position >= log.length) return this.answer.takeUnkept();
    const piece = log.read(this.position, PIECE_BYTES);
    this.position += piece.length;
    return piece;
  }

  private end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.leave();
    if (this.answer.isBroken) return controller.error(new Error("the answer broke"));
    this.options.beforeEnd();
    controller.close();
  }
}

function headOf({ status, headers }: Head, isReplay: boolean): ResponseInit {
  const own = new Headers();
  for (const [name, value] of headers) if (!isReplay || !OF_THE_MOMENT.test(name)) own.set(name, value);
  if (isReplay) own.set("x-nyuro-replayed", "true");
  return { status, headers: own };
}
