import { type Fault, fault } from "../../core/faults.ts";
import { isObject, type JsonObject, parseJsonExactly } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import type { ContentTally } from "../content-tally.ts";
import type { Piece, StreamOptions, StreamReader } from "../contract.ts";
import { MAX_EVENT_BYTES } from "../frames.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import type { Framing } from "./framing.ts";

/** What a dialect makes of its events: findings go to the writer, a failure told in the stream is returned. */
export interface EventReader {
  /** Null = go on; `done` = the upstream said that nothing follows. */
  read(event: JsonObject, writer: ChunkWriter, name: string): Fault | "done" | null;
}

/** A stream of another dialect, told as OpenAI's: framing, endings and failures are the same for all of them. */
export class TranslatedStream implements StreamReader {
  eventCount = 0;
  private readonly framing: Framing;
  private readonly events: EventReader;
  private readonly writer: ChunkWriter;
  private failure: Fault | null = null;

  constructor(framing: Framing, events: EventReader, options: StreamOptions) {
    this.framing = framing;
    this.events = events;
    this.writer = new ChunkWriter(options);
  }

  read(latin1: string): Piece {
    if (this.failure || this.writer.doneEvent !== null) return { out: "", fault: null };
    for (const event of this.framing.push(latin1)) {
      this.handle(event.data, event.name);
      if (this.failure || this.writer.doneEvent !== null) break;
    }
    if (!this.failure && this.framing.pendingBytes > MAX_EVENT_BYTES)
      this.failure = fault("malformed", "one event is over 8 MiB");
    return { out: this.writer.take(), fault: this.failure };
  }

  close(): Piece {
    if (this.failure || this.writer.doneEvent !== null) return { out: "", fault: null };
    for (const event of this.framing.end())
      if (!this.failure && this.writer.doneEvent === null) this.handle(event.data, event.name, true);
    if (!this.failure && this.writer.doneEvent === null) this.endOrFail();
    return { out: this.writer.take(), fault: this.failure };
  }

  /** Some upstreams just end; it was an answer only if it had said why it ended. */
  private endOrFail(): void {
    if (this.writer.isFinished) this.writer.end();
    else if (this.eventCount === 0) this.failure = fault("malformed", "a stream without events");
    else this.failure = fault("interrupted", "the stream ended before it was finished");
  }

  private handle(data: string, name: string, isLast = false): void {
    if (data.length > MAX_EVENT_BYTES) {
      this.failure = fault("malformed", "one event is over 8 MiB");
      return;
    }
    // Proxies in front of other APIs end every stream as OpenAI does.
    if (data.trim() === "[DONE]") {
      this.endOrFail();
      return;
    }
    const event = parseJsonExactly(data);
    if (!isObject(event)) {
      // A last event that was cut is no event; that the stream is unfinished shows by itself.
      if (!isLast && data.trim() !== "")
        this.failure = fault("malformed", `an event of ${data.length} characters is no JSON object`);
      return;
    }
    this.eventCount += 1;
    const { usage } = this.writer;
    const found = this.events.read(event, this.writer, name);
    this.content.eventRead(this.writer.usage !== usage);
    if (found === "done") {
      if (this.writer.isFinished) this.writer.end();
      else this.failure = fault("interrupted", "the stream ended without a finish reason");
    } else if (found) this.failure = found;
  }

  get hasContent(): boolean {
    return this.writer.hasContent;
  }

  get doneEvent(): string | null {
    return this.writer.doneEvent;
  }

  get usage(): Usage | null {
    return this.writer.usage;
  }

  get finishReason(): string | null {
    return this.writer.finishReason;
  }

  get content(): ContentTally {
    return this.writer.content;
  }
}
