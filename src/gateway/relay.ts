import type { Fault } from "../core/faults.ts";
import { DONE_EVENT, dataEvent, toLatin1 } from "../providers/frames.ts";
import { breakOf, latin1Of, type OpenStream } from "./call.ts";

/** How a stream ended, as far as the client is concerned. */
export type StreamEnd =
  | { kind: "complete" }
  | { kind: "interrupted"; fault: Fault }
  /** We ended it, as nobody pays for more. */
  | { kind: "cut"; fault: Fault }
  | { kind: "canceled" };

export interface RelayHooks {
  /** Called once, whatever happens; the end of the stream waits for it. Rejects if the row could not be kept. */
  finish: (end: StreamEnd) => Promise<void>;
  /** The JSON of the error event that tells a break. */
  errorEvent: (fault: Fault) => string;
  /** Told of what the client is sent, a byte in each character, of its last event before `finish`. Absent = nobody is. */
  sent?: (latin1: string) => void;
  /** Called just before the stream is closed. */
  beforeEnd: () => void;
  /** Why the stream has to end here although its upstream goes on; null = it may go on. Absent = it always may. */
  cutBy?: () => Fault | null;
}

/** How long after `[DONE]` the upstream may take to end, so that its connection can be used again. */
const DRAIN_MS = 250;

/**
 * Relays one open stream to one client. Pull only: nothing is read upstream that the client has not asked for, so a
 * slow reader holds the provider back instead of filling our memory.
 */
export class Relay {
  private readonly open: OpenStream;
  private readonly hooks: RelayHooks;
  private finished: Promise<void> | null = null;
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  /** Nobody is waiting for us to read upstream. */
  private isPaused = true;
  private isGone = false;
  private stopped: Fault | null = null;

  constructor(open: OpenStream, hooks: RelayHooks) {
    this.open = open;
    this.hooks = hooks;
  }

  body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
          if (this.open.head !== "") controller.enqueue(this.bytesSent(this.open.head));
        },
        pull: (controller) => this.pull(controller),
        // A row that could not be kept was logged; nobody is left to be told.
        cancel: () => this.clientGone().catch(() => {}),
      },
      { highWaterMark: 0 },
    );
  }

  /** The client left: the upstream is closed at once. */
  clientGone(): Promise<void> {
    this.isGone = true;
    this.open.abort();
    return this.finish({ kind: "canceled" });
  }

  /** A timer broke the call off. A client that is not reading would never notice, so its connection is cut. */
  expired(): void {
    if (this.finished || !this.isPaused) return;
    const fault = breakOf(null, this.open.timer);
    this.finish({ kind: "interrupted", fault }).catch(() => {});
    this.controller?.error(new Error("the stream took too long"));
  }

  /** We end the stream for a reason of our own: the client is told at its next read. */
  stop(reason: Fault): void {
    if (this.finished) return;
    this.stopped = reason;
    this.open.abort();
    if (this.isPaused && this.controller)
      void this.breakOff(this.controller, { kind: "interrupted", fault: reason });
  }

  private async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { open } = this;
    if (this.finished) return;
    this.isPaused = false;
    while (!this.isGone) {
      if (open.fault) return this.breakOff(controller, { kind: "interrupted", fault: open.fault });
      const cut = this.hooks.cutBy?.();
      if (cut) return this.breakOff(controller, { kind: "cut", fault: cut });
      if (open.reader.doneEvent !== null || open.ended) return this.complete(controller);
      open.timer.waitForNext();
      const out = await this.readOn();
      if (out === null) continue;
      this.isPaused = true;
      open.timer.pause();
      controller.enqueue(out);
      return;
    }
  }

  /** The next bytes for the client, or null where a read gave none; `open` learns of faults and the end. */
  private async readOn(): Promise<Uint8Array | null> {
    const { open } = this;
    try {
      const { done, value } = await open.upstream.read();
      if (done) {
        open.ended = true;
        const piece = open.reader.close();
        open.fault = piece.fault;
        return piece.out === "" ? null : this.bytesSent(piece.out);
      }
      const text = latin1Of(value);
      const piece = open.reader.read(text);
      open.fault = piece.fault;
      if (piece.out === "") return null;
      if (piece.out !== text) return this.bytesSent(piece.out);
      this.hooks.sent?.(text);
      return value;
    } catch (error) {
      open.fault = this.stopped ?? breakOf(error, open.timer);
      return null;
    }
  }

  private async complete(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { open } = this;
    open.timer.end();
    const last = this.bytesSent(open.reader.doneEvent ?? DONE_EVENT);
    if (!(await this.kept(controller, { kind: "complete" }))) return;
    controller.enqueue(last);
    if (!open.ended) await this.drain(controller);
    if (this.isGone) return;
    this.hooks.beforeEnd();
    controller.close();
  }

  private async breakOff(
    controller: ReadableStreamDefaultController<Uint8Array>,
    end: Extract<StreamEnd, { fault: Fault }>,
  ): Promise<void> {
    this.open.abort();
    const last = this.bytesSent(toLatin1(dataEvent(this.hooks.errorEvent(end.fault))));
    if (!(await this.kept(controller, end))) return;
    controller.enqueue(last);
    this.hooks.beforeEnd();
    controller.close();
  }

  /** The row is durable before the client can believe that it has everything; without a row it never may. */
  private async kept(
    controller: ReadableStreamDefaultController<Uint8Array>,
    end: StreamEnd,
  ): Promise<boolean> {
    try {
      await this.finish(end);
      return !this.isGone;
    } catch {
      if (!this.isGone) controller.error(new Error("the request could not be recorded"));
      return false;
    }
  }

  private bytesSent(latin1: string): Uint8Array {
    this.hooks.sent?.(latin1);
    return bytesOf(latin1);
  }

  private finish(end: StreamEnd): Promise<void> {
    this.open.timer.end();
    this.finished ??= this.hooks.finish(end);
    return this.finished;
  }

  /** Reads what follows `[DONE]` (blank lines at most), so that the connection goes back to the pool. */
  private async drain(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { open } = this;
    const late = setTimeout(open.abort, DRAIN_MS);
    try {
      while (true) {
        const { done, value } = await open.upstream.read();
        if (done) break;
        const piece = open.reader.read(latin1Of(value));
        if (piece.out !== "" && !this.isGone) controller.enqueue(bytesOf(piece.out));
      }
    } catch {
      // The answer is complete; how the connection ends does not matter any more.
    } finally {
      clearTimeout(late);
    }
  }
}

function bytesOf(latin1: string): Uint8Array {
  return Buffer.from(latin1, "latin1");
}
