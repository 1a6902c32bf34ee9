import { Frames, fieldsOf, fromLatin1 } from "../frames.ts";

/** One event of a stream. */
export interface StreamEvent {
  /** What kind the stream says it is; empty = it does not. */
  name: string;
  /** JSON text. */
  data: string;
}

/** Cuts a stream into events, wherever its bytes were cut before. Text is latin1, one character a byte. */
export interface Framing {
  /** The events that this piece completes. Throws nothing: what cannot be read is an event with odd `data`. */
  push(latin1: string): StreamEvent[];
  /** The stream is over: an event that lacks only its end. */
  end(): StreamEvent[];
  readonly pendingBytes: number;
}

/** Server-sent events. */
export class SseFraming implements Framing {
  private readonly frames = new Frames();

  push(latin1: string): StreamEvent[] {
    return this.frames.push(latin1).flatMap(eventOf);
  }

  end(): StreamEvent[] {
    return eventOf(this.frames.takeRest());
  }

  get pendingBytes(): number {
    return this.frames.pendingBytes;
  }
}

function eventOf(event: string): StreamEvent[] {
  const found = fieldsOf(event);
  return found ? [{ name: found.isError ? "error" : "", data: fromLatin1(found.data) }] : [];
}

/** One JSON text a line. */
export class LineFraming implements Framing {
  private pending = "";

  push(latin1: string): StreamEvent[] {
    if (!latin1.includes("\n")) {
      this.pending += latin1;
      return [];
    }
    const lines = (this.pending + latin1).split("\n");
    this.pending = lines.pop() ?? "";
    return lines.flatMap(lineEvent);
  }

  end(): StreamEvent[] {
    const rest = this.pending;
    this.pending = "";
    return lineEvent(rest);
  }

  get pendingBytes(): number {
    return this.pending.length;
  }
}

function lineEvent(line: string): StreamEvent[] {
  return line.trim() === "" ? [] : [{ name: "", data: fromLatin1(line) }];
}
