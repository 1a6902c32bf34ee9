import type { Lead } from "../gateway/lead.ts";

/** A request that is answered when a test says so, and that keeps the rules of `Lead`. */
export class ScriptedLead implements Lead {
  /** How its row says that it ended; null = there is none yet. */
  row: "ok" | "failed" | "canceled" | null = null;
  /** Pieces that were asked for and not given yet. */
  private wanted: (() => void) | null = null;
  private readonly written: Uint8Array[] = [];
  /** Set once it is told how the stream ends; takes effect when that is read. */
  private ending: "ok" | "failed" | "broken" | null = null;
  private readonly onOver: () => void;
  private readonly head = Promise.withResolvers<Response>();

  /** `onOver` is called when the answer has ended, or broken. */
  constructor(onOver: () => void = () => {}) {
    this.onOver = onOver;
  }

  answer(): Promise<Response> {
    return this.head.promise;
  }

  isFinal(): boolean {
    return this.row === "ok";
  }

  abandon(): boolean {
    if (this.row !== null) return false;
    this.row = "canceled";
    this.head.resolve(new Response(null, { status: 499 }));
    this.end("broken");
    return true;
  }

  /** A whole answer, its row written. */
  reply(text: string, row: "ok" | "failed" = "ok", headers: Record<string, string> = {}): void {
    this.row = row;
    const status = row === "ok" ? 200 : 503;
    this.onOver();
    this.head.resolve(
      new Response(text, { status, headers: { "content-type": "application/json", ...headers } }),
    );
  }

  startStream(): void {
    const body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          while (this.written.length === 0 && !this.ending)
            await new Promise<void>((resolve) => {
              this.wanted = resolve;
            });
          const piece = this.written.shift();
          if (piece) return controller.enqueue(piece);
          this.row ??= this.ending === "ok" ? "ok" : "failed";
          this.onOver();
          if (this.ending === "broken") controller.error(new Error("broken"));
          else controller.close();
        },
        cancel: () => {
          this.row ??= "canceled";
          this.onOver();
        },
      },
      { highWaterMark: 0 },
    );
    this.head.resolve(
      new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
    );
  }

  write(text: string): void {
    this.written.push(Buffer.from(text));
    this.wanted?.();
  }

  /** The row is durable; the tail may still be to come. */
  record(row: "ok" | "failed"): void {
    this.row ??= row;
  }

  /** Ends the stream behind what was written; its row is written when that was read, unless it is already. */
  end(how: "ok" | "failed" | "broken"): void {
    this.ending = how;
    this.wanted?.();
  }
}
