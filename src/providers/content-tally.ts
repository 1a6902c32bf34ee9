/**
 * What of an answer has arrived while it streams: what tokens are counted by where nobody tells them, and what shows
 * that a provider goes on past its limit.
 */
export class ContentTally {
  /** UTF-8 bytes of generated text, reasoning, tool names and arguments. */
  bytes = 0;
  /** Events that brought some of it: a role, a ping or an end is none. */
  events = 0;
  /**
   * Characters of it, where a run of the same one counts once: a tokenizer has tokens for eighty spaces or dashes,
   * and none for so much of anything else.
   */
  letters = 0;
  /** The last character, where it is ASCII. */
  private previous = -1;
  private bytesRead = 0;
  private bytesTold = 0;

  /** Bytes behind the last usage that the provider told: it cannot have counted them. */
  get untoldBytes(): number {
    return Math.max(0, this.bytes - this.bytesTold);
  }

  add(text: string): void {
    this.bytes += Buffer.byteLength(text);
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (!isLowSurrogate(code)) this.letter(code);
    }
  }

  /** Text that was added turned out to be something else, which is added by itself. */
  take(text: string): void {
    this.bytes -= Buffer.byteLength(text);
  }

  /** Adds the inside of a JSON string as it stands in latin1 text, one character a byte. */
  addWritten(latin1: string, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      let code = latin1.charCodeAt(at);
      if (code === BACKSLASH) {
        at += 1;
        code = latin1.charCodeAt(at);
        if (code === LETTER_U) {
          const unit = Number.parseInt(latin1.slice(at + 1, at + 5), 16);
          at += 4;
          this.bytes += bytesOf(unit);
          if (!isLowSurrogate(unit)) this.letter(unit);
          continue;
        }
        if (code === LETTER_N) code = NEWLINE;
      }
      this.bytes += 1;
      const goesOn = (code & 0xc0) === 0x80;
      if (!goesOn) this.letter(code);
    }
  }

  private letter(code: number): void {
    if (code === this.previous) return;
    this.letters += 1;
    this.previous = code < 0x80 ? code : -1;
  }

  /** `isTold`: it told a usage, which takes in everything until here. */
  eventRead(isTold: boolean): void {
    if (this.bytes > this.bytesRead) this.events += 1;
    this.bytesRead = this.bytes;
    if (isTold) this.bytesTold = this.bytes;
  }
}

const BACKSLASH = 92;
const LETTER_U = 117;
const LETTER_N = 110;
const NEWLINE = 10;

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** In UTF-8, of one unit of UTF-16: half of four for each half of a pair. */
function bytesOf(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return (unit & 0xf800) === 0xd800 ? 2 : 3;
}
