import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import type { StreamOptions } from "../../contract.ts";
import type { ChunkWriter } from "../../translate/chunk-writer.ts";
import { type EventReader, TranslatedStream } from "../../translate/translated-stream.ts";
import {
  encryptedDetail,
  finishOf,
  isServerCall,
  signedDetail,
  toolName,
  urlCitation,
} from "./answer-parts.ts";
import { malformedAnswer } from "./decode-chat.ts";
import { BROKEN, EventFraming, EXCEPTION } from "./event-framing.ts";
import { exceptionFault } from "./faults.ts";
import { readUsage } from "./usage.ts";

export function streamReader(options: StreamOptions): TranslatedStream {
  return new TranslatedStream(new EventFraming(), new ConverseEvents(), options);
}

/** One content block while it is being streamed. */
interface Block {
  /** What the writer calls the tool call; null = it is none. */
  call: number | null;
  reasoning: string;
  signature: string;
  encrypted: string[];
  /** Where its text began in the answer. */
  start: number;
  citations: JsonObject[];
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html */
class ConverseEvents implements EventReader {
  private readonly blocks = new Map<number, Block>();
  private textLength = 0;
  private details = 0;
  private hasStopped = false;
  private hasUsage = false;

  read(event: JsonObject, writer: ChunkWriter, name: string): Fault | "done" | null {
    switch (name) {
      case "contentBlockDelta":
        if (isObject(event.delta)) this.delta(event.delta, this.blockAt(event), writer);
        return null;
      case "contentBlockStart":
        if (isObject(event.start)) startCall(event.start, this.blockAt(event), writer);
        return null;
      case "contentBlockStop":
        this.endBlock(event, writer);
        return null;
      case "messageStop":
        return this.stop(event, writer);
      case "metadata":
        writer.usage = readUsage(event.usage) ?? writer.usage;
        this.hasUsage = true;
        return this.hasStopped ? "done" : null;
      case BROKEN:
        return fault("malformed", String(event.message));
      default:
        return name.startsWith(EXCEPTION) ? exceptionFault(name.slice(EXCEPTION.length), event) : null;
    }
  }

  /** The usage comes behind the end of the answer. */
  private stop(event: JsonObject, writer: ChunkWriter): Fault | "done" | null {
    const raw = typeof event.stopReason === "string" ? event.stopReason : null;
    const finish = raw === null ? "stop" : finishOf(raw);
    if (finish === "malformed") return malformedAnswer(raw);
    for (const index of [...this.blocks.keys()]) this.endBlock({ contentBlockIndex: index }, writer);
    writer.finish(finish, raw);
    this.hasStopped = true;
    return this.hasUsage ? "done" : null;
  }

  private blockAt({ contentBlockIndex }: JsonObject): Block {
    const index = typeof contentBlockIndex === "number" ? contentBlockIndex : 0;
    let block = this.blocks.get(index);
    if (!block) {
      block = {
        call: null,
        reasoning: "",
        signature: "",
        encrypted: [],
        start: this.textLength,
        citations: [],
      };
      this.blocks.set(index, block);
    }
    return block;
  }

  private delta(delta: JsonObject, block: Block, writer: ChunkWriter): void {
    if (typeof delta.text === "string") {
      this.textLength += delta.text.length;
      writer.text(delta.text);
    } else if (isObject(delta.toolUse)) {
      const { input } = delta.toolUse;
      if (block.call !== null && typeof input === "string") writer.callArguments(block.call, input);
    } else if (isObject(delta.reasoningContent)) addReasoning(delta.reasoningContent, block, writer);
    else if (isObject(delta.citation)) block.citations.push(delta.citation);
  }

  private endBlock({ contentBlockIndex }: JsonObject, writer: ChunkWriter): void {
    const index = typeof contentBlockIndex === "number" ? contentBlockIndex : 0;
    const block = this.blocks.get(index);
    if (!block) return;
    this.blocks.delete(index);
    if (block.signature !== "") writer.detail(signedDetail(block.reasoning, block.signature, this.details++));
    if (block.encrypted.length > 0)
      writer.detail(encryptedDetail(joinedBase64(block.encrypted), this.details++));
    for (const citation of block.citations) {
      const found = urlCitation(citation, block.start, this.textLength);
      if (found) writer.annotation(found);
    }
  }
}

function startCall({ toolUse }: JsonObject, block: Block, writer: ChunkWriter): void {
  if (!isObject(toolUse) || isServerCall(toolUse)) return;
  const id = typeof toolUse.toolUseId === "string" && toolUse.toolUseId !== "" ? toolUse.toolUseId : null;
  block.call = writer.call({ id, name: toolName(toolUse.name), arguments: "" });
}

function addReasoning(content: JsonObject, block: Block, writer: ChunkWriter): void {
  if (typeof content.text === "string") {
    block.reasoning += content.text;
    writer.reasoning(content.text);
  }
  if (typeof content.signature === "string") block.signature += content.signature;
  if (typeof content.redactedContent === "string") block.encrypted.push(content.redactedContent);
}

/** Each piece is base64 of its own; one piece stays as it came. */
function joinedBase64(pieces: readonly string[]): string {
  const [only, second] = pieces;
  if (only !== undefined && second === undefined) return only;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, "base64"))).toString("base64");
}
