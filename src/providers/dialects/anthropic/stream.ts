import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import type { StreamOptions, StreamReader } from "../../contract.ts";
import type { ChunkWriter } from "../../translate/chunk-writer.ts";
import { SseFraming } from "../../translate/framing.ts";
import { type EventReader, TranslatedStream } from "../../translate/translated-stream.ts";
import { annotationOf, detailOf, finishOf, refusalOf } from "./answer-parts.ts";
import { errorInAnswer } from "./faults.ts";
import { UsageTally } from "./usage.ts";

export function streamReader(options: StreamOptions): StreamReader {
  return new TranslatedStream(new SseFraming(), new Events(), options);
}

/** A content block between its start and its stop. */
type Block =
  | { kind: "text"; start: number; citations: unknown[] }
  | { kind: "thinking"; thinking: string; signature: unknown }
  | { kind: "call"; at: number; input: unknown; hasArguments: boolean }
  | { kind: "other" };

/** https://platform.claude.com/docs/en/build-with-claude/streaming; events that are new to us are passed over. */
class Events implements EventReader {
  private readonly blocks = new Map<number, Block>();
  private readonly tally = new UsageTally();
  private textLength = 0;
  private detailCount = 0;

  read(event: JsonObject, writer: ChunkWriter, name: string): Fault | "done" | null {
    if (event.type === "error" || name === "error" || (event.type === undefined && isObject(event.error)))
      return errorInAnswer(isObject(event.error) ? event.error : event);
    const index = typeof event.index === "number" ? event.index : 0;
    switch (event.type) {
      case "content_block_delta":
        if (isObject(event.delta)) this.delta(index, event.delta, writer);
        return null;
      case "content_block_start":
        if (isObject(event.content_block)) this.start(index, event.content_block, writer);
        return null;
      case "content_block_stop":
        this.stop(index, writer);
        return null;
      case "message_start":
        return isObject(event.message) ? this.begin(event.message, writer) : null;
      case "message_delta":
        this.count(event.usage, writer);
        if (isObject(event.delta)) this.finish(event.delta, writer);
        return null;
      case "message_stop":
        return "done";
      default:
        return null;
    }
  }

  /** A second answer may take the place of one that has said nothing yet; behind the first it would be told with it. */
  private begin(message: JsonObject, writer: ChunkWriter): Fault | null {
    if (this.blocks.size > 0) return fault("malformed", "a second answer began inside the first");
    writer.named(typeof message.id === "string" ? message.id : null);
    this.count(message.usage, writer);
    const content = Array.isArray(message.content) ? message.content : [];
    content.forEach((block: unknown, index) => {
      if (!isObject(block)) return;
      this.start(index, block, writer);
      this.stop(index, writer);
    });
    this.finish(message, writer);
    return null;
  }

  private start(index: number, block: JsonObject, writer: ChunkWriter): void {
    switch (block.type) {
      case "text":
        this.blocks.set(index, { kind: "text", start: this.textLength, citations: listOf(block.citations) });
        this.text(block.text, writer);
        return;
      case "thinking":
        this.blocks.set(index, { kind: "thinking", thinking: "", signature: block.signature });
        this.think(index, block.thinking, writer);
        return;
      case "tool_use": {
        const id = typeof block.id === "string" && block.id !== "" ? block.id : null;
        const called = typeof block.name === "string" ? block.name : "";
        const at = writer.call({ id, name: called, arguments: "" });
        this.blocks.set(index, { kind: "call", at, input: block.input, hasArguments: false });
        return;
      }
      default:
        this.blocks.set(index, { kind: "other" });
        this.detail(block, writer);
    }
  }

  private delta(index: number, delta: JsonObject, writer: ChunkWriter): void {
    const block = this.blocks.get(index);
    switch (delta.type) {
      case "text_delta":
        this.text(delta.text, writer);
        return;
      case "thinking_delta":
        this.think(index, delta.thinking, writer);
        return;
      case "signature_delta":
        if (block?.kind === "thinking") block.signature = delta.signature;
        return;
      case "citations_delta":
        if (block?.kind === "text") block.citations.push(delta.citation);
        return;
      case "input_json_delta":
        if (block?.kind !== "call" || typeof delta.partial_json !== "string") return;
        block.hasArguments ||= delta.partial_json !== "";
        writer.callArguments(block.at, delta.partial_json);
    }
  }

  private stop(index: number, writer: ChunkWriter): void {
    const block = this.blocks.get(index);
    switch (block?.kind) {
      case "text":
        for (const citation of block.citations) {
          const annotation = annotationOf(citation, block.start, this.textLength);
          if (annotation) writer.annotation(annotation);
        }
        return;
      case "thinking":
        this.detail({ type: "thinking", thinking: block.thinking, signature: block.signature }, writer);
        return;
      case "call":
        if (!block.hasArguments) writer.callArguments(block.at, JSON.stringify(block.input ?? {}));
    }
  }

  private text(text: unknown, writer: ChunkWriter): void {
    if (typeof text !== "string") return;
    this.textLength += text.length;
    writer.text(text);
  }

  private think(index: number, thinking: unknown, writer: ChunkWriter): void {
    if (typeof thinking !== "string") return;
    const block = this.blocks.get(index);
    if (block?.kind === "thinking") block.thinking += thinking;
    writer.reasoning(thinking);
  }

  private detail(block: JsonObject, writer: ChunkWriter): void {
    const detail = detailOf(block, this.detailCount);
    if (!detail) return;
    this.detailCount += 1;
    writer.detail(detail);
  }

  private finish(said: JsonObject, writer: ChunkWriter): void {
    const { stop_reason: reason } = said;
    if (typeof reason !== "string") return;
    writer.refusal(refusalOf(reason, said.stop_details) ?? "");
    writer.finish(finishOf(reason), reason);
  }

  private count(usage: unknown, writer: ChunkWriter): void {
    if (!isObject(usage)) return;
    this.tally.add(usage);
    writer.usage = this.tally.usage;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : [];
}
