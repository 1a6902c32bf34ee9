import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseAnswer } from "../../../core/json.ts";
import { NANO_PER_USD } from "../../../core/money.ts";
import type { Usage } from "../../../core/usage.ts";
import { ContentTally } from "../../content-tally.ts";
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
import { embeddedFault } from "../../refusals.ts";
import { addQuickly } from "./content.ts";
import { keepArgumentsExact } from "./exact-arguments.ts";
import { isFailure } from "./finish-reason.ts";
import { ModelRenamer } from "./model-name.ts";
import { type Identified, StreamIdentity } from "./stream-identity.ts";
import { type Repaired, StreamedChoice } from "./streamed-choice.ts";
import { idStem } from "./tool-deltas.ts";
import { usageIn } from "./usage.ts";

type Watched = Pick<StreamOptions, "model" | "showUsage" | "costOf"> & Identified;

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
  readonly content = new ContentTally();
  private readonly frames = new Frames();
  private readonly options: Watched;
  private readonly renamer: ModelRenamer;
  private readonly choices = new Map<number, StreamedChoice>();
  private readonly identity: StreamIdentity;
  /** From the first content on, where events lack nothing: then most are only more text and need no parsing. */
  private mayBePlain = false;
  private failure: Fault | null = null;
  /** Something else than blank lines followed the end; nothing of it is relayed. */
  private hasJunkAfterEnd = false;

  constructor(options: Watched) {
    this.options = options;
    this.renamer = new ModelRenamer(options.model);
    this.identity = new StreamIdentity(options);
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
    const isWhole = found.data.startsWith("[DONE]") || isObject(parseAnswer(fromLatin1(found.data)));
    return isWhole ? this.handle(`${rest.replace(/[\r\n]+$/, "")}\n\n`, true) : "";
  }

  private failUnfinished(rest: string): void {
    if (this.eventCount > 0 || fieldsOf(rest)) {
      this.fail(fault("interrupted", "the stream ended before it was finished"));
      return;
    }
    const body = parseAnswer(fromLatin1(rest));
    if (isObject(body) && body.error) this.fail(embeddedFault(body.error));
    else this.fail(fault("malformed", "a stream without events"));
  }

  private handle(event: string, isLast = false): string {
    if (event.length > MAX_EVENT_BYTES) return this.failTooLarge();
    const found = fieldsOf(event);
    if (!found) return event;
    const { data, joined, isError } = found;
    if (data.startsWith("[DONE]")) {
      if (this.choices.size === 0) return this.fail(fault("malformed", "a stream without an answer"));
      this.doneEvent = data === "[DONE]" ? event : DONE_EVENT;
      return this.ends();
    }
    this.eventCount += 1;
    if (this.mayBePlain && !joined && !isError && !isLast && isPlain(data)) {
      if (addQuickly(data, this.content)) {
        this.content.eventRead(false);
        return this.renamer.rename(event);
      }
    }
    return this.handleParsed(event, found);
  }

  private handleParsed(event: string, { data, joined, isError }: EventFields): string {
    const text = fromLatin1(data);
    const chunk = parseAnswer(text);
    if (isError) return this.fail(embeddedFault(isObject(chunk) ? (chunk.error ?? chunk) : text));
    if (!isObject(chunk)) {
      if (text.trim() === "") return "";
      return this.fail(fault("malformed", `an event of ${data.length} characters is no JSON object`));
    }
    keepArgumentsExact(chunk, text);
    const verdict = this.inspect(chunk);
    this.mayBePlain = this.hasContent && !this.identity.isMissing;
    if (this.failure || verdict === "drop") return "";
    if (verdict === "keep" && !joined) return this.renamer.rename(event);
    chunk.model = this.options.model;
    return toLatin1(dataEvent(JSON.stringify(chunk)));
  }

  /** Learns what the event tells; says whether its bytes may stay. */
  private inspect(chunk: JsonObject): Verdict {
    const told: unknown[] | null = Array.isArray(chunk.choices) ? chunk.choices : null;
    const choices = told ?? [];
    const usage = usageIn(chunk, choices);
    this.usage = usage ?? this.usage;
    if (chunk.error) {
      this.fail(embeddedFault(chunk.error));
      return "drop";
    }
    chunk.choices = choices;
    let changed = this.identity.repair(chunk, choices) || told === null;
    let repeats = 0;
    for (let at = 0; at < choices.length; at++) {
      const choice = choices[at];
      if (!isObject(choice)) continue;
      const repaired = this.inspectChoice(choice, at);
      changed ||= repaired.changed;
      if (repaired.isRepeat) repeats += 1;
    }
    this.content.eventRead(usage !== null);
    if (repeats > 0 && repeats === choices.length && isEnvelope(chunk)) return "drop";
    const verdict = changed ? "rewrite" : "keep";
    if (!isObject(chunk.usage)) return verdict;
    if (!this.options.showUsage && choices.length === 0) return "drop";
    if (!this.options.costOf || !this.usage) return verdict;
    const cost = this.options.costOf(this.usage);
    chunk.usage.cost = cost === null ? null : cost / NANO_PER_USD;
    return "rewrite";
  }

  private inspectChoice(choice: JsonObject, position: number): Repaired {
    if (isFailure(choice.finish_reason)) {
      this.fail(embeddedFault(choice.error ?? "the provider broke off"));
      return NOTHING;
    }
    const isPlaced = typeof choice.index === "number";
    if (!isPlaced) choice.index = position;
    const state = this.choiceAt(choice.index as number);
    const repaired = state.repair(choice);
    this.hasContent ||= repaired.hasContent;
    for (const text of repaired.generated) this.content.add(text);
    this.finishReason ??= state.finishReason;
    return isPlaced ? repaired : { ...repaired, changed: true };
  }

  private choiceAt(index: number): StreamedChoice {
    let choice = this.choices.get(index);
    if (!choice) {
      choice = new StreamedChoice(`${idStem(this.identity.id ?? "")}${index}`);
      this.choices.set(index, choice);
    }
    return choice;
  }

  /** `[DONE]` says that the answer is whole; the choices that did not say so themselves get their finish reason. */
  private ends(): string {
    const choices = [...this.choices].map(([index, choice]) => choice.end(index)).filter(isObject);
    if (choices.length === 0) return "";
    this.finishReason ??= choices[0]?.finish_reason as string;
    const chunk: JsonObject = { choices };
    this.identity.repair(chunk, choices);
    return toLatin1(dataEvent(JSON.stringify(chunk)));
  }
}

const NOTHING: Repaired = { changed: false, isRepeat: false, hasContent: false, generated: [] };

/** What is in every event and says nothing by itself. */
const ENVELOPE = new Set([
  "id",
  "object",
  "created",
  "model",
  "choices",
  "system_fingerprint",
  "service_tier",
  "provider",
  "obfuscation",
]);

function isEnvelope(chunk: JsonObject): boolean {
  for (const field in chunk) if (!ENVELOPE.has(field) && (chunk[field] ?? null) !== null) return false;
  return true;
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
