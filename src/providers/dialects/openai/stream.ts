import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJson } from "../../../core/json.ts";
import { NANO_PER_USD } from "../../../core/money.ts";
import type { Usage } from "../../../core/usage.ts";
import type { Piece, StreamOptions, StreamReader } from "../../contract.ts";
import {
  DONE_EVENT,
  dataEvent,
  type EventFields,
  Frames,
  fieldsOf,
  fromLatin1,
  MAX_EVENT_BYTES,
  toLatin1,
} from "../../frames.ts";
import { contentBytesOf, deltaHasContent, quickContentBytes } from "./content.ts";
import { embeddedFault } from "./faults.ts";
import { ModelRenamer } from "./model-name.ts";
import { ToolDeltas } from "./tool-deltas.ts";
import { readUsage } from "./usage.ts";

/** What may become of an event's bytes. */
type Verdict = "keep" | "rewrite" | "drop";

/**
 * Relays an OpenAI stream as the provider's own bytes and watches it: only the first events, and those that look as
 * if they carry usage, a finish reason, an error or tool calls, are parsed; only those that break OpenAI's contract
 * are written anew. Relayed text is latin1, one character a byte; what is parsed is decoded first, so that an escape
 * such as `\u4e2d` is never taken for a byte.
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
  private hasRole = false;
  private failure: Fault | null = null;
  /** Something else than blank lines followed the end; nothing of it is relayed. */
  private hasJunkAfterEnd = false;

  constructor(options: StreamOptions) {
    this.options = options;
    this.renamer = new ModelRenamer(options.model);
  }

  read(latin1: string): Piece {
    if (this.failure) return { out: "", fault: null };
    if (this.doneEvent !== null) return { out: this.blankLines(latin1), fault: null };
    const events = this.frames.push(latin1);
    let out = "";
    for (let i = 0; i < events.length; i++) {
      out += this.handle(events[i] ?? "");
      if (this.failure) return { out, fault: this.failure };
      if (this.isDone()) {
        this.endWith(this.blankLines(events.slice(i + 1).join("") + this.frames.takeRest()));
        return { out, fault: null };
      }
    }
    if (this.frames.pendingBytes > MAX_EVENT_BYTES) this.failTooLarge();
    return { out, fault: this.failure };
  }

  close(): Piece {
    if (this.failure || this.isDone()) return { out: "", fault: null };
    const rest = this.frames.takeRest();
    const out = this.handleRest(rest);
    if (!this.failure && !this.isDone() && this.finishReason === null) this.failUnfinished(rest);
    return { out, fault: this.failure };
  }

  private isDone(): boolean {
    return this.doneEvent !== null;
  }

  private endWith(blankLines: string): void {
    if (this.doneEvent !== null) this.doneEvent += blankLines;
  }

  /** The blank lines that follow `[DONE]`, up to anything else. */
  private blankLines(text: string): string {
    if (this.hasJunkAfterEnd) return "";
    const blank = text.length - text.trimStart().length;
    this.hasJunkAfterEnd = blank < text.length;
    return text.slice(0, blank);
  }

  private fail(cause: Fault): "" {
    this.failure = cause;
    return "";
  }

  private failTooLarge(): "" {
    return this.fail(fault("malformed", "one event is over 8 MiB"));
  }

  /** What came last has no blank line: either the server leaves it out at the end, or the event was cut. */
  private handleRest(rest: string): string {
    if (rest.trim() === "") return rest;
    const found = fieldsOf(rest);
    if (!found) return rest;
    const isWhole = found.data.startsWith("[DONE]") || isObject(parseJson(fromLatin1(found.data)));
    return isWhole ? this.handle(`${rest.replace(/[\r\n]+$/, "")}\n\n`, true) : "";
  }

  private failUnfinished(rest: string): void {
    if (this.eventCount > 0 || fieldsOf(rest)) {
      this.fail(fault("interrupted", "the stream ended before it was finished"));
      return;
    }
    const body = parseJson(fromLatin1(rest));
    if (isObject(body) && body.error) this.fail(embeddedFault(body.error));
    else this.fail(fault("malformed", "a stream without events"));
  }

  private handle(event: string, isLast = false): string {
    if (event.length > MAX_EVENT_BYTES) return this.failTooLarge();
    const found = fieldsOf(event);
    if (!found) return event;
    const { data, joined, isError } = found;
    if (data.startsWith("[DONE]")) {
      this.doneEvent = data === "[DONE]" ? event : DONE_EVENT;
      return "";
    }
    this.eventCount += 1;
    if (this.hasContent && !joined && !isError && !isLast && isPlain(data)) {
      const bytes = quickContentBytes(data);
      if (bytes > 0) {
        this.contentBytes += bytes;
        return this.renamer.rename(event);
      }
    }
    return this.handleParsed(event, found);
  }

  private handleParsed(event: string, { data, joined, isError }: EventFields): string {
    const text = fromLatin1(data);
    const chunk = parseJson(text);
    if (isError) return this.fail(embeddedFault(isObject(chunk) ? (chunk.error ?? chunk) : text));
    if (!isObject(chunk)) {
      if (text.trim() === "") return "";
      return this.fail(fault("malformed", `an event of ${data.length} characters is no JSON object`));
    }
    const verdict = this.inspect(chunk);
    if (this.failure || verdict === "drop") return "";
    if (verdict === "keep" && !joined) return this.renamer.rename(event);
    if (typeof chunk.model === "string") chunk.model = this.options.model;
    return toLatin1(dataEvent(JSON.stringify(chunk)));
  }

  /** Learns what the event tells; says whether its bytes may stay. */
  private inspect(chunk: JsonObject): Verdict {
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    const told = chunk.usage ?? (isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined);
    if (isObject(told)) this.usage = readUsage(told) ?? this.usage;
    if (chunk.error) {
      this.fail(embeddedFault(chunk.error));
      return "drop";
    }
    let verdict: Verdict = "keep";
    for (const choice of choices) {
      if (isObject(choice) && this.inspectChoice(choice, chunk)) verdict = "rewrite";
    }
    if (!isObject(chunk.usage)) return verdict;
    if (!this.options.showUsage && choices.length === 0) return "drop";
    if (!this.options.costOf || !this.usage) return verdict;
    const cost = this.options.costOf(this.usage);
    chunk.usage.cost = cost === null ? null : cost / NANO_PER_USD;
    return "rewrite";
  }

  /** True where the choice had to be changed. */
  private inspectChoice(choice: JsonObject, chunk: JsonObject): boolean {
    let changed = false;
    if (choice.finish_reason === "") {
      choice.finish_reason = null;
      changed = true;
    }
    if (choice.finish_reason === "error") this.fail(embeddedFault(choice.error ?? "the provider broke off"));
    if (typeof choice.finish_reason === "string") this.finishReason = choice.finish_reason;
    if (typeof choice.text === "string" && choice.text !== "") this.hasContent = true;
    if (!isObject(choice.delta)) return changed;
    const { delta } = choice;
    this.hasRole ||= typeof delta.role === "string";
    if (deltaHasContent(delta)) {
      changed ||= this.addRole(delta);
      this.hasContent = true;
    }
    this.contentBytes += contentBytesOf(delta);
    const repaired = Array.isArray(delta.tool_calls)
      ? this.toolsOf(choice, chunk).repair(delta.tool_calls)
      : null;
    if (repaired) delta.tool_calls = repaired;
    return changed || repaired !== null;
  }

  /** The SDKs refuse an answer that never named its role; true where it had to be added. */
  private addRole(delta: JsonObject): boolean {
    if (this.hasRole || this.hasContent) return false;
    this.hasRole = true;
    delta.role = "assistant";
    return true;
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

/**
 * True for an event that can only be more text: nothing in it ends the stream, bills it, breaks it or calls a tool.
 * A quote inside JSON text is escaped, so none of these keys can be matched inside generated content.
 */
function isPlain(data: string): boolean {
  const finish = data.indexOf('"finish_reason"');
  if (finish !== -1) {
    if (!data.startsWith(":null", finish + 15)) return false;
    if (data.indexOf('"finish_reason"', finish + 15) !== -1) return false;
  }
  const usage = data.indexOf('"usage"');
  if (usage !== -1 && !data.startsWith(":null", usage + 7)) return false;
  const tools = data.indexOf('"tool_calls"');
  if (tools !== -1 && !data.startsWith(":null", tools + 12)) return false;
  return !data.includes('"error"') && data.endsWith("}");
}
