import type { Fault } from "../../../core/faults.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import type { StreamOptions, StreamReader } from "../../contract.ts";
import type { ChunkWriter } from "../../translate/chunk-writer.ts";
import { LineFraming } from "../../translate/framing.ts";
import { type EventReader, TranslatedStream } from "../../translate/translated-stream.ts";
import { toldFault } from "./faults.ts";
import { callsOf, createdSOf, finishOf, logprobsOf, rawFinishOf, textOf, usageOf } from "./reply.ts";

/** The lines of a streamed `POST /api/chat`: pieces of one message, the last with `done` and the counts. */
class OllamaEvents implements EventReader {
  private isNamed = false;

  read(event: JsonObject, writer: ChunkWriter): Fault | "done" | null {
    if (event.error) return toldFault(event.error);
    if (!this.isNamed) {
      this.isNamed = true;
      writer.named(null, createdSOf(event));
    }
    const { message } = event;
    if (isObject(message)) {
      writer.reasoning(textOf(message.thinking));
      writer.text(textOf(message.content));
      for (const call of callsOf(message)) writer.call(call);
    }
    const logprobs = logprobsOf(event.logprobs);
    if (logprobs) writer.logprobs(logprobs);
    if (event.done !== true) return null;
    writer.finish(finishOf(event), rawFinishOf(event));
    writer.usage = usageOf(event);
    return "done";
  }
}

export function streamReader(options: StreamOptions): StreamReader {
  return new TranslatedStream(new LineFraming(), new OllamaEvents(), options);
}
