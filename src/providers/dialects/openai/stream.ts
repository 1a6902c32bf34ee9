import { type Fault, fault } from "../../../core/faults.ts";
import { type JsonObject, isObject, parseJson } from "../../../core/json.ts";
import { NANO_PER_USD } from "../../../core/money.ts";
import type { Usage } from "../../../core/usage.ts";
import type { Piece, StreamOptions, StreamReader } from "../../contract.ts";
import { DONE_EVENT, Frames, MAX_EVENT_BYTES, dataEvent, dataOf } from "../../frames.ts";
import { contentBytesOf, deltaHasContent, quickContentBytes } from "./content.ts";
import { embeddedFault } from "./faults.ts";
import { ModelRenamer } from "./model-name.ts";
import { ToolDeltas } from "./tool-deltas.ts";
import { readUsage } from "./usage.ts";

/**
 * Relays an OpenAI stream as the provider's own bytes and watches it: only the first events, and those that look as
 * if they carry usage, a finish reason, an error or tool calls, are parsed; only those that break OpenAI's contract
 * are written anew. All text is latin1, one character a byte, also inside parsed JSON: what is written back is the
 * same UTF-8.
 */
export class OpenAiStream implements StreamReader {
  hasContent = false;
  doneEvent: string | null = null;
  eventCount = 0;
  usage: Usage | null = null;
  finishReason: string | null = null;
  contentBytes = 0;
  private readonly frames = new Frames();
  private readonly options: StreamOptions;
  private readonly renamer: ModelRenamer;
  private readonly toolDeltas = new Map<number, ToolDeltas>();
  private failure: Fault | null = null;

  constructor(options: StreamOptions) {
    this.options = options;
    this.renamer = new ModelRenamer(options.model);
  }

  read(latin1: string): Piece {
    if (this.doneEvent !== null || this.failure) return { out: latin1.trim() === "" ? latin1 : "", fault: null };
    const events = this.frames.push(latin1);
    let out = "";
    for (let i = 0; i < events.length; i++) {
      out += this.handle(events[i] ?? "");
      if (this.failure) return { out, fault: this.failure };
      if (this.isDone()) {
        this.endWith(blankOnly(events.slice(i + 1).join("") + this.frames.takeRest()));
        return { out, fault: null };
      }
    }
    if (this.frames.pendingBytes > MAX_EVENT_BYTES) this.fail(fault("malformed", "one event is over 8 MiB"));
    return { out, fault: this.failure };
  }

  private isDone(): boolean {
    return this.doneEvent !== null;
  }

  private endWith(blankLines: string): void {
    if (this.doneEvent !== null) this.doneEvent += blankLines;
  }

  close(): Piece {
    if (this.failure) return { out: "", fault: null };
    const rest = this.frames.takeRest();
    const out = !this.isDone() && rest.trim() !== "" ? this.handle(`${rest.replace(/[\r\n]+$/, "")}\n\n`) : "";
    if (!this.isDone() && this.finishReason === null && !this.failure) {
      const empty = this.eventCount === 0;
      this.fail(fault(empty ? "malformed" : "interrupted", empty ? "a stream without events" : "the stream ended before it was finished"));
    }
    return { out, fault: this.failure };
  }

  private fail(cause: Fault): "" {
    this.failure = cause;
    return "";
  }

  private handle(event: string): string {
    if (event.length > MAX_EVENT_BYTES) return this.fail(fault("malformed", "one event is over 8 MiB"));
    const found = dataOf(event);
    if (!found) return event;
    const { data, joined } = found;
    if (data.startsWith("[DONE]")) {
      this.doneEvent = data === "[DONE]" ? event : DONE_EVENT;
      return "";
    }
    this.eventCount += 1;
    if (this.hasContent && !joined && isPlain(data)) {
      this.contentBytes += quickContentBytes(data);
      return this.renamer.rename(event);
    }
    const chunk = parseJson(data);
    if (!isObject(chunk)) return this.fail(fault("malformed", `an event of ${data.length} characters is no JSON object`));
    const changed = this.inspect(chunk);
    if (this.failure || changed === "drop") return "";
    if (changed === "rewrite" || joined) {
      if (typeof chunk.model === "string") chunk.model = this.options.model;
      return dataEvent(JSON.stringify(chunk));
    }
    return this.renamer.rename(event);
  }

  /** Learns what the event tells; says whether its bytes may stay. */
  private inspect(chunk: JsonObject): "keep" | "rewrite" | "drop" {
    const choices = Array.isArray(chunk.choices) ? chunk.choices : null;
    const told = chunk.usage ?? (isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined);
    if (isObject(told)) this.usage = readUsage(told) ?? this.usage;
    let rewrite = false;
    for (const choice of choices ?? []) {
      if (isObject(choice) && this.inspectChoice(choice, chunk)) rewrite = true;
    }
    if (chunk.error !== undefined && chunk.error !== null) {
      this.fail(embeddedFault(chunk.error));
      return "drop";
    }
    if (isObject(chunk.usage)) {
      if (!this.options.showUsage && choices?.length === 0) return "drop";
      if (this.options.costOf && this.usage) {
        const cost = this.options.costOf(this.usage);
        chunk.usage.cost = cost === null ? null : cost / NANO_PER_USD;
        rewrite = true;
      }
    }
    return rewrite ? "rewrite" : "keep";
  }

  private inspectChoice(choice: JsonObject, chunk: JsonObject): boolean {
    let rewrite = false;
    if (choice.finish_reason === "") {
      choice.finish_reason = null;
      rewrite = true;
    }
    if (typeof choice.finish_reason === "string") this.finishReason = choice.finish_reason;
    const delta = isObject(choice.delta) ? choice.delta : null;
    if (!delta) {
      if (typeof choice.text === "string") this.hasContent ||= choice.text !== "";
      return rewrite;
    }
    this.hasContent ||= deltaHasContent(delta);
    this.contentBytes += contentBytesOf(delta);
    if (Array.isArray(delta.tool_calls)) {
      const repaired = this.toolsOf(choice, chunk).repair(delta.tool_calls);
      if (repaired) {
        delta.tool_calls = repaired;
        rewrite = true;
      }
    }
    return rewrite;
  }

  private toolsOf(choice: JsonObject, chunk: JsonObject): ToolDeltas {
    const index = typeof choice.index === "number" ? choice.index : 0;
    let tools = this.toolDeltas.get(index);
    if (!tools) {
      const stem = typeof chunk.id === "string" ? chunk.id.replace(/[^A-Za-z0-9]/g, "").slice(-20) : "";
      tools = new ToolDeltas(`${stem}${index}`);
      this.toolDeltas.set(index, tools);
    }
    return tools;
  }
}

function blankOnly(text: string): string {
  return text.trim() === "" ? text : "";
}

/**
 * True for an event that can only be more text: nothing in it ends the stream, bills it, breaks it or calls a tool.
 * A quote inside JSON text is escaped, so none of these keys can be matched inside generated content.
 */
function isPlain(data: string): boolean {
  const finish = data.indexOf('"finish_reason":');
  if (finish !== -1) {
    if (!data.startsWith("null", finish + 16)) return false;
    if (data.indexOf('"finish_reason"', finish + 16) !== -1) return false;
  } else if (data.includes('"finish_reason"')) return false;
  const usage = data.indexOf('"usage"');
  if (usage !== -1 && !data.startsWith(":null", usage + 7)) return false;
  return !data.includes('"tool_calls"') && !data.includes('"error"') && data.endsWith("}");
}
