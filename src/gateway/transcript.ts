import { type ApiError, errorBody } from "../core/errors.ts";
import type { Body, RequestBodies } from "../ledger/bodies.ts";
import { omitFiles } from "./omit-files.ts";

/** Of UTF-8, for each side: what is longer is cut off. */
export const LONGEST_BYTES = 2 ** 20;

/** Our own, by their looks: whoever pastes one into a prompt has not given it to everybody who may read the log. */
const OWN_KEYS = /neu_live_[\w-]{32,}/g;
const NO_KEY = "[redacted: API key]";

const encoder = new TextEncoder();
/** For one text at a time: nothing here waits. */
const scratch = Buffer.alloc(LONGEST_BYTES);

/** What is said in one request, for an organization that keeps it. Bounded, whatever comes. */
export class Transcript {
  private request: Body | null = null;
  private pieces: string[] = [];
  private heardBytes = 0;
  private isCut = false;

  /** The request as the client sent it. */
  ask(text: string): void {
    this.request = bodyOf(text);
  }

  /** A piece of a stream as the client gets it, a byte in each character. */
  hear(latin1: string): void {
    const room = LONGEST_BYTES - this.heardBytes;
    if (latin1.length > room) this.isCut = true;
    if (room === 0) return;
    const piece = latin1.length > room ? latin1.slice(0, room) : latin1;
    this.pieces.push(piece);
    this.heardBytes += piece.length;
  }

  /** All of it. `told` is the answer where it was no stream; null = it was one, or there was none. */
  whole(told: ApiError | string | null): RequestBodies {
    const { request } = this;
    if (told !== null)
      return { request, response: bodyOf(typeof told === "string" ? told : errorBody(told)) };
    if (this.heardBytes === 0) return { request, response: null };
    const bytes = Buffer.from(this.pieces.join(""), "latin1");
    this.pieces = [];
    // As part of a longer text, so that a character that was cut in two is left out.
    const response = bodyOf(new TextDecoder().decode(bytes, { stream: this.isCut }));
    return { request, response: { ...response, isTruncated: response.isTruncated || this.isCut } };
  }
}

function bodyOf(whole: string): Body {
  const shown = withoutKeys(omitFiles(whole));
  const isRedacted = shown !== whole;
  // No character takes more than three bytes for each of its units.
  if (shown.length * 3 <= LONGEST_BYTES) return { text: shown, isTruncated: false, isRedacted };
  const { read, written } = encoder.encodeInto(shown, scratch);
  const isTruncated = read < shown.length;
  // Copied: a slice would hold all of the text that it is a slice of.
  return { text: isTruncated ? scratch.toString("utf8", 0, written) : shown, isTruncated, isRedacted };
}

function withoutKeys(text: string): string {
  return text.includes("neu_live_") ? text.replace(OWN_KEYS, NO_KEY) : text;
}
