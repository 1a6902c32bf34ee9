import type { Fault } from "../../../core/faults.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamOptions, StreamReader } from "../../contract.ts";
import type { ChunkWriter } from "../../translate/chunk-writer.ts";
import { SseFraming } from "../../translate/framing.ts";
import { type EventReader, TranslatedStream } from "../../translate/translated-stream.ts";
import { createdOf, idOf } from "./answer.ts";
import { Candidates } from "./candidates.ts";
import { embeddedFault } from "./faults.ts";
import { readUsage } from "./usage.ts";

/** Each event is a whole response that says a little more; the stream just ends. */
class GeminiEvents implements EventReader {
  private readonly candidates = new Candidates();

  read(event: JsonObject, writer: ChunkWriter): Fault | null {
    if (event.error) return embeddedFault(event);
    writer.named(idOf(event), createdOf(event));
    writer.usage = readUsage(event.usageMetadata) ?? writer.usage;
    return this.candidates.read(event, writer);
  }
}

export function streamReader(options: StreamOptions): StreamReader {
  return new TranslatedStream(new SseFraming(), new GeminiEvents(), options);
}
