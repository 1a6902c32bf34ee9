/**
 * Cuts a server-sent-event stream into events without losing a byte: each event keeps its own line ends and blank
 * line, so what is relayed unchanged is the provider's own bytes (a parser such as eventsource-parser gives the
 * fields and drops the bytes). Text is latin1, one character a byte, so UTF-8 cut anywhere survives.
 */

/** A CR at the end of the text may be half of a CRLF: it is judged with the next piece, except after another lone CR. */
const BLANK_LINE = /\r\n\r\n|\n\n|\r\n\n|\n\r\n|\r\r|\r\n\r(?!\n|$)|\n\r(?!\n|$)/g;
/** Longest blank line less one: what has to be kept of one piece to see a blank line that the next one completes. */
const SEAM = 3;

/** A single event above this is refused: it is no event but an attack or a broken server. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024;

export class Frames {
  /** A rope while an event grows: it is only looked into once the event is complete. */
  private pending = "";
  private seam = "";

  /** The events that `text` completes, each with its terminator. */
  push(text: string): string[] {
    if (this.pending !== "" && !isBlankLineIn(this.seam + text)) {
      this.pending += text;
      this.seam = (this.seam + text).slice(-SEAM);
      return [];
    }
    const from = this.pending.length - this.seam.length;
    const all = this.pending + text;
    const events: string[] = [];
    const end = all.includes("\r", from) ? cutByPattern(all, from, events) : cutByNewlines(all, from, events);
    this.pending = end === 0 ? all : all.slice(end);
    this.seam = this.pending.slice(-SEAM);
    return events;
  }

  get pendingBytes(): number {
    return this.pending.length;
  }

  /** What is left when the stream ends: an event without its blank line, or nothing. */
  takeRest(): string {
    const rest = this.pending;
    this.pending = "";
    this.seam = "";
    return rest;
  }
}

function isBlankLineIn(text: string): boolean {
  if (!text.includes("\r")) return text.includes("\n\n");
  return text.search(BLANK_LINE) !== -1;
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

function cutByPattern(all: string, from: number, events: string[]): number {
  let start = 0;
  BLANK_LINE.lastIndex = from;
  for (let match = BLANK_LINE.exec(all); match; match = BLANK_LINE.exec(all)) {
    events.push(all.slice(start, BLANK_LINE.lastIndex));
    start = BLANK_LINE.lastIndex;
  }
  return start;
}

const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/** One event, taken apart. */
export interface EventFields {
  data: string;
  /** The data stood on several lines, so that its bytes are no single JSON text. */
  joined: boolean;
  /** The event calls itself an error (`event: error`). */
  isError: boolean;
}

/** What one event says, or null where it has no data (comments, blank lines). */
export function fieldsOf(event: string): EventFields | null {
  if (event.startsWith("data:")) {
    const lineEnd = event.indexOf("\n");
    if (lineEnd === event.length - 2 && !event.includes("\r")) {
      return { data: event.slice(event[5] === " " ? 6 : 5, lineEnd), joined: false, isError: false };
    }
  }
  const lines: string[] = [];
  let isError = false;
  const text = event.startsWith(BYTE_ORDER_MARK) ? event.slice(BYTE_ORDER_MARK.length) : event;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith("data:")) lines.push(line.slice(line[5] === " " ? 6 : 5));
    else if (/^event: ?error$/.test(line)) isError = true;
  }
  return lines.length === 0 ? null : { data: lines.join("\n"), joined: lines.length > 1, isError };
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

/** The inverse of `toLatin1`, for text that is looked into or that people will read. */
export function fromLatin1(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
