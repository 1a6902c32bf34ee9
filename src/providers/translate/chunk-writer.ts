import type { JsonObject } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import { ContentTally } from "../content-tally.ts";
import type { StreamOptions } from "../contract.ts";
import { DONE_EVENT, dataEvent, toLatin1 } from "../frames.ts";
import {
  type AnsweredCall,
  callIn,
  type FinishReason,
  imageShape,
  madeCallId,
  signatureShape,
} from "./completion.ts";
import type { ReasoningDetail } from "./parts.ts";
import { usageShape } from "./usage-shape.ts";

/** One choice while it is being streamed. */
class Choice {
  hasRole = false;
  /** By the order in which they began; the flag says whether arguments were sent. */
  readonly calls: { hasArguments: boolean }[] = [];
  readonly details: ReasoningDetail[] = [];
  finish: FinishReason | null = null;
  rawFinish: string | null = null;
  /** Text of which it is not known yet whether it is the answer. */
  held = "";
  /** The call that stands in for content had arguments. */
  hasAnswer = false;
}

/**
 * Writes an OpenAI stream from what a dialect understood, one call a finding: role first, dense tool indexes, one
 * finish reason a choice and last, usage once and behind it where it was asked for. What it wrote is taken with
 * `take`; everything is latin1, one character a byte.
 */
export class ChunkWriter {
  hasContent = false;
  usage: Usage | null = null;
  readonly content = new ContentTally();
  doneEvent: string | null = null;
  private id: string | null = null;
  private createdS: number | null = null;
  private out = "";
  private head: string | null = null;
  private readonly choices = new Map<number, Choice>();
  private readonly options: StreamOptions;
  /** The call that stands in for content: its arguments are the text. */
  private readonly contentCall: string | undefined;
  private readonly inContent = new Set<string>();

  constructor(options: StreamOptions) {
    this.options = options;
    this.contentCall = options.reading?.toolAsContent;
  }

  /** What was written since the last time. */
  take(): string {
    const { out } = this;
    this.out = "";
    return out;
  }

  /** The upstream's own id and time (Unix seconds); they count until the first chunk is written. */
  named(id: string | null, createdS: number | null = null): void {
    this.id ??= id;
    this.createdS ??= createdS;
  }

  text(text: string, index = 0): void {
    if (text === "") return;
    if (this.mustHold(index)) {
      this.choiceAt(index).held += text;
      this.generated(text);
      return;
    }
    this.delta(index, `"content":${JSON.stringify(text)}`, text);
  }

  reasoning(text: string, index = 0): void {
    if (this.options.reading?.hideReasoning) this.generated(text);
    else if (text !== "") this.delta(index, `"reasoning_content":${JSON.stringify(text)}`, text);
  }

  refusal(text: string, index = 0): void {
    if (text !== "") this.delta(index, `"refusal":${JSON.stringify(text)}`, text);
  }

  /** What must come back in the next turn; told to the client once, whole, before the answer ends. */
  detail(detail: ReasoningDetail, index = 0): void {
    this.choiceAt(index).details.push(detail);
  }

  annotation(annotation: JsonObject, index = 0): void {
    this.delta(index, `"annotations":${JSON.stringify([annotation])}`, "");
  }

  image(url: string, index = 0): void {
    this.delta(index, `"images":${JSON.stringify([imageShape(url)])}`, "");
    this.hasContent = true;
  }

  /** Begins a tool call; returns what its further arguments are given to. */
  call({ id, name, arguments: text, signature }: AnsweredCall, index = 0): number {
    const choice = this.choiceAt(index);
    if (name === this.contentCall) {
      if (this.inContent.has(`${index}/${CONTENT_CALL}`)) return SPARE_CALL;
      this.inContent.add(`${index}/${CONTENT_CALL}`);
      this.callArguments(CONTENT_CALL, text, index);
      return CONTENT_CALL;
    }
    const at = choice.calls.push({ hasArguments: text !== "" }) - 1;
    const extra = signature ? `,"extra_content":${JSON.stringify(signatureShape(signature))}` : "";
    const callId = JSON.stringify(id ?? madeCallId(this.options, index, at));
    const called = `{"name":${JSON.stringify(name)},"arguments":${JSON.stringify(text)}}`;
    this.delta(
      index,
      `"tool_calls":[{"index":${at},"id":${callId},"type":"function","function":${called}${extra}}]`,
      name + text,
    );
    return at;
  }

  callArguments(at: number, text: string, index = 0): void {
    if (text === "" || at === SPARE_CALL) return;
    const choice = this.choiceAt(index);
    if (at === CONTENT_CALL) {
      choice.hasAnswer = true;
      this.delta(index, `"content":${JSON.stringify(text)}`, text);
      return;
    }
    const call = choice.calls[at];
    if (call) call.hasArguments = true;
    const called = `{"index":${at},"function":{"arguments":${JSON.stringify(text)}}}`;
    this.delta(index, `"tool_calls":[${called}]`, text);
  }

  /** Logprobs in OpenAI's shape, beside an empty delta. */
  logprobs(logprobs: JsonObject, index = 0): void {
    this.write(index, "{}", `,"logprobs":${JSON.stringify(logprobs)}`, null, null);
  }

  /** Remembered until `end`: some upstreams say it before their last words. */
  finish(finish: FinishReason, raw: string | null, index = 0): void {
    const choice = this.choiceAt(index);
    choice.finish = finish;
    choice.rawFinish = raw;
  }

  /** Unified; null = nothing has finished yet. */
  get finishReason(): FinishReason | null {
    for (const choice of this.choices.values())
      if (choice.finish) return finishOf(choice, this.inContent.size > 0);
    return null;
  }

  /** True once every choice that began has ended, and one did. */
  get isFinished(): boolean {
    for (const choice of this.choices.values()) if (!choice.finish) return false;
    return this.choices.size > 0;
  }

  /** The upstream is through: finish reasons, usage and the end of the stream. */
  end(): void {
    for (const [index, choice] of this.choices) this.endChoice(index, choice);
    if (this.options.showUsage && this.usage) {
      const usage = JSON.stringify(usageShape(this.usage, this.options.costOf));
      this.out += dataEvent(toLatin1(`${this.headText()}"choices":[],"usage":${usage}}`));
    }
    this.doneEvent = DONE_EVENT;
  }

  private endChoice(index: number, choice: Choice): void {
    this.releaseHeld(index, choice);
    choice.calls.forEach((call, at) => {
      if (!call.hasArguments) this.callArguments(at, "{}", index);
    });
    if (!choice.hasRole) this.delta(index, '"content":""', "");
    if (choice.details.length > 0)
      this.write(index, `{"reasoning_details":${JSON.stringify(choice.details)}}`, "", null, null);
    this.write(index, "{}", "", finishOf(choice, this.inContent.size > 0), choice.rawFinish);
  }

  /** Text may turn out to be a call, or words before the call that is the answer. */
  private mustHold(index: number): boolean {
    if (this.contentCall !== undefined) return true;
    return this.options.reading?.contentAsTool !== undefined && this.choiceAt(index).calls.length === 0;
  }

  private releaseHeld(index: number, choice: Choice): void {
    const { held } = choice;
    choice.held = "";
    // Counted when it came; what it turns out to be counts now.
    this.content.take(held);
    if (this.inContent.has(`${index}/${CONTENT_CALL}`)) {
      this.generated(held);
      if (!choice.hasAnswer) this.callArguments(CONTENT_CALL, "{}", index);
      return;
    }
    if (held === "") return;
    const forced = this.options.reading?.contentAsTool;
    const call = choice.calls.length === 0 && forced ? callIn(held, forced) : null;
    if (call) this.call(call, index);
    else this.delta(index, `"content":${JSON.stringify(held)}`, held);
  }

  private choiceAt(index: number): Choice {
    let choice = this.choices.get(index);
    if (!choice) {
      choice = new Choice();
      this.choices.set(index, choice);
    }
    return choice;
  }

  /** `generated`: the text to count by where no usage is told. */
  private delta(index: number, fields: string, generated: string): void {
    const choice = this.choiceAt(index);
    const role = choice.hasRole ? "" : '"role":"assistant",';
    choice.hasRole = true;
    if (generated !== "") this.generated(generated);
    this.write(index, `{${role}${fields}}`, "", null, null);
  }

  private generated(text: string): void {
    this.hasContent ||= text !== "";
    this.content.add(text);
  }

  private write(
    index: number,
    delta: string,
    extra: string,
    finish: string | null,
    raw: string | null,
  ): void {
    const native = raw === null ? "" : `,"native_finish_reason":${JSON.stringify(raw)}`;
    const reason = finish === null ? "null" : `"${finish}"`;
    const usage = this.options.showUsage ? ',"usage":null' : "";
    const choice = `{"index":${index},"delta":${delta}${extra},"finish_reason":${reason}${native}}`;
    this.out += dataEvent(toLatin1(`${this.headText()}"choices":[${choice}]${usage}}`));
  }

  private headText(): string {
    this.head ??= `{"id":${JSON.stringify(this.id ?? `chatcmpl-${this.options.id}`)},"object":"chat.completion.chunk","created":${this.createdS ?? this.options.createdS},"model":${JSON.stringify(this.options.model)},`;
    return this.head;
  }
}

/** No index a tool call can have. */
const CONTENT_CALL = -1;
/** A further call of the same: the answer is one. */
const SPARE_CALL = -2;

function finishOf({ finish, calls }: Choice, standsIn: boolean): FinishReason {
  if (calls.length > 0) return finish === "stop" || finish === null ? "tool_calls" : finish;
  return finish === "tool_calls" && standsIn ? "stop" : (finish ?? "stop");
}
