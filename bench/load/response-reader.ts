/**
 * Reads one HTTP response after another from the bytes of a connection: status, length of the body, and for event
 * streams how many events came and whether `[DONE]` was the last. Knows `Content-Length` and `chunked`, nothing more.
 */
export interface ResponseListener {
  /** An event (a block that ends in a blank line) of the current response is complete. `count` includes it. */
  onEvent(count: number): void;
  /** The response is complete. */
  onEnd(response: ReadResponse): void;
}

export interface ReadResponse {
  status: number;
  bodyBytes: number;
  events: number;
  /** The body ends in `data: [DONE]` and a blank line. */
  done: boolean;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const NEWLINE = 10;
const DONE = "data: [DONE]\n\n";

type State = "head" | "sized" | "chunk-size" | "chunk" | "chunk-end" | "trailer";

export class ResponseReader {
  private readonly listener: ResponseListener;
  private state: State = "head";
  private pending: Buffer | null = null;
  private remaining = 0;
  private response: ReadResponse = { status: 0, bodyBytes: 0, events: 0, done: false };
  private isEventStream = false;
  private endsInNewline = false;
  private tail = "";

  constructor(listener: ResponseListener) {
    this.listener = listener;
  }

  /** Takes the next bytes of the connection. Throws on what it does not understand: the load cannot go on then. */
  feed(received: Buffer): void {
    let bytes = this.pending ? Buffer.concat([this.pending, received]) : received;
    this.pending = null;
    while (bytes.length > 0) {
      const used = this.step(bytes);
      if (used === 0) {
        this.pending = Buffer.from(bytes);
        return;
      }
      bytes = bytes.subarray(used);
    }
  }

  /** How many bytes were used; 0 = more are needed. */
  private step(bytes: Buffer): number {
    switch (this.state) {
      case "head":
        return this.readHead(bytes);
      case "sized":
      case "chunk":
        return this.readBody(bytes);
      case "chunk-size":
        return this.readChunkSize(bytes);
      case "chunk-end":
      case "trailer":
        return this.readLineEnd(bytes);
    }
  }

  private readHead(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = bytes.toString("latin1", 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(head)) {
      throw new Error(`a response without a length: ${head.slice(0, 40)}`);
    }
    this.response = { status: Number(head.slice(9, 12)), bodyBytes: 0, events: 0, done: false };
    this.isEventStream = /\r\ncontent-type: *text\/event-stream/i.test(head);
    this.tail = "";
    this.endsInNewline = false;
    this.remaining = Number(length ?? 0);
    this.state = length === undefined ? "chunk-size" : "sized";
    if (length === "0") this.finish();
    return end + 4;
  }

  private readBody(bytes: Buffer): number {
    const used = Math.min(bytes.length, this.remaining);
    const part = bytes.subarray(0, used);
    this.response.bodyBytes += used;
    this.remaining -= used;
    if (this.isEventStream) this.readEvents(part);
    if (this.remaining > 0) return used;
    if (this.state === "sized") this.finish();
    else this.state = "chunk-end";
    return used;
  }

  private readEvents(part: Buffer): void {
    if (this.endsInNewline && part[0] === NEWLINE) this.completeEvent();
    for (let at = part.indexOf("\n\n"); at >= 0; at = part.indexOf("\n\n", at + 2)) this.completeEvent();
    this.endsInNewline = part[part.length - 1] === NEWLINE && part[part.length - 2] !== NEWLINE;
    this.tail = (this.tail + part.toString("latin1", Math.max(0, part.length - DONE.length))).slice(
      -DONE.length,
    );
  }

  private completeEvent(): void {
    this.response.events++;
    this.listener.onEvent(this.response.events);
  }

  private readChunkSize(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n");
    if (end < 0) return 0;
    this.remaining = Number.parseInt(bytes.toString("latin1", 0, end), 16);
    if (Number.isNaN(this.remaining)) throw new Error("a chunk without a size");
    this.state = this.remaining === 0 ? "trailer" : "chunk";
    return end + 2;
  }

  private readLineEnd(bytes: Buffer): number {
    if (bytes.length < 2) return 0;
    if (this.state === "trailer") this.finish();
    else this.state = "chunk-size";
    return 2;
  }

  private finish(): void {
    this.state = "head";
    this.response.done = this.tail === DONE;
    this.listener.onEnd(this.response);
  }
}
