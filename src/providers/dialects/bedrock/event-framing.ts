import { crc32 } from "node:zlib";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { MAX_EVENT_BYTES } from "../../frames.ts";
import type { Framing, StreamEvent } from "../../translate/framing.ts";

/** Length of the message, length of its headers, checksum of the two. */
const PRELUDE_BYTES = 12;
/** A prelude and the checksum of the message. */
const LEAST_BYTES = 16;

/** What stands before the name of an exception, which no event's name can be. */
export const EXCEPTION = "exception:";
/** The name of what is no message: nothing behind it can be read either. */
export const BROKEN = "broken:";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
  (text) => Buffer.from(text, "utf8"),
);

/**
 * AWS's binary event stream: messages of a length, headers, a payload and two checksums, which are all checked.
 * https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
export class EventFraming implements Framing {
  /** A rope while a message grows: it is only looked into once the message is complete. */
  private pending = "";
  /** How much has to be there before the next look. */
  private needed = PRELUDE_BYTES;
  private isBroken = false;

  push(latin1: string): StreamEvent[] {
    this.pending += latin1;
    if (this.isBroken || this.pending.length < this.needed) return [];
    const bytes = Buffer.from(this.pending, "latin1");
    const events: StreamEvent[] = [];
    let from = 0;
    this.needed = PRELUDE_BYTES;
    while (bytes.length - from >= this.needed && !this.isBroken) {
      const length = lengthOf(bytes, from);
      this.needed = length ?? PRELUDE_BYTES;
      if (length === null) events.push(this.broken("a message without a beginning"));
      else if (bytes.length - from >= length) {
        events.push(this.read(bytes.subarray(from, from + length)));
        from += length;
        this.needed = PRELUDE_BYTES;
      }
    }
    this.pending = bytes.toString("latin1", from);
    return events;
  }

  /** A message that lacks its end is none. */
  end(): StreamEvent[] {
    return [];
  }

  get pendingBytes(): number {
    return this.pending.length;
  }

  private read(message: Buffer): StreamEvent {
    try {
      const { headers, body } = codec.decode(message);
      const told = (name: string) => String(headers[name]?.value ?? "");
      const data =
        body.length === 0 ? "{}" : Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8");
      switch (told(":message-type")) {
        case "exception":
          return { name: EXCEPTION + told(":exception-type"), data };
        case "error": {
          const words = { message: told(":error-message") };
          return { name: EXCEPTION + told(":error-code"), data: JSON.stringify(words) };
        }
        default:
          return { name: told(":event-type"), data };
      }
    } catch (error) {
      return this.broken(error instanceof Error ? error.message : "a message that cannot be read");
    }
  }

  private broken(message: string): StreamEvent {
    this.isBroken = true;
    return { name: BROKEN, data: JSON.stringify({ message }) };
  }
}

/** The length that the prelude says, once its checksum agrees; null = this is no message. */
function lengthOf(bytes: Buffer, at: number): number | null {
  const length = bytes.readUInt32BE(at);
  if (length < LEAST_BYTES || length > MAX_EVENT_BYTES) return null;
  return crc32(bytes.subarray(at, at + 8)) === bytes.readUInt32BE(at + 8) ? length : null;
}
