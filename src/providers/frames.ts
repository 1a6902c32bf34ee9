/**
 * Cuts a server-sent-event stream into events without losing a byte: each event keeps its own line ends and blank
 * line, so what is relayed unchanged is the provider's own bytes (a parser such as eventsource-parser gives the
 * fields and drops the bytes). Text is latin1, one character a byte, so UTF-8 cut anywhere survives.
 */
const BLANK_LINE = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)/g;

/** A single event above this is refused: it is no event but an attack or a broken server. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024;

export class Frames {
  private pending = "";

  /** The events that `text` completes, each with its terminator. */
  push(text: string): string[] {
    const from = Math.max(0, this.pending.length - 3);
    const all = this.pending === "" ? text : this.pending + text;
    const events: string[] = [];
    const end = all.includes("\r", from) ? cutByPattern(all, events) : cutByNewlines(all, from, events);
    this.pending = end === 0 ? all : all.slice(end);
    return events;
  }

  get pendingBytes(): number {
    return this.pending.length;
  }

  /** What is left when the stream ends: an event without its blank line, or nothing. */
  takeRest(): string {
    const rest = this.pending;
    this.pending = "";
    return rest;
  }
}

function cutByNewlines(all: string, from: number, events: string[]): number {
  let start = 0;
  let at = all.indexOf("\n\n", from);
  while (at !== -1) {
    events.push(all.slice(start, at + 2));
    start = at + 2;
    at = all.indexOf("\n\n", start);
  }
  return start;
}

function cutByPattern(all: string, events: string[]): number {
  let start = 0;
  for (const match of all.matchAll(BLANK_LINE)) {
    const end = match.index + match[0].length;
    events.push(all.slice(start, end));
    start = end;
  }
  return start;
}

const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/**
 * The `data` of one event, or null where it has none (comments, blank lines). `joined` tells that it stood on several
 * lines, so that its bytes are no single JSON text.
 */
export function dataOf(event: string): { data: string; joined: boolean } | null {
  if (event.startsWith("data:")) {
    const lineEnd = event.indexOf("\n");
    if (lineEnd === event.length - 2)
      return { data: event.slice(event[5] === " " ? 6 : 5, lineEnd), joined: false };
  }
  const lines: string[] = [];
  const text = event.startsWith(BYTE_ORDER_MARK) ? event.slice(3) : event;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith("data:")) lines.push(line.slice(line[5] === " " ? 6 : 5));
  }
  return lines.length === 0 ? null : { data: lines.join("\n"), joined: lines.length > 1 };
}

/** One event with `data` on a single line, as OpenAI frames it. */
export function dataEvent(data: string): string {
  return `data: ${data}\n\n`;
}

export const DONE_EVENT = "data: [DONE]\n\n";

/** UTF-8 text as latin1 characters, one a byte: what relayed events are made of. */
export function toLatin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The inverse of `toLatin1`, for text that people will read. */
export function fromLatin1(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
