import { isObject, type JsonObject, parseJsonExactly } from "../../core/json.ts";
import type { Usage } from "../../core/usage.ts";
import type { Decoded, DecodeOptions, Reading } from "../contract.ts";
import type { ReasoningDetail } from "./parts.ts";
import { usageShape } from "./usage-shape.ts";

/** OpenAI's words for why an answer ended. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

export interface AnsweredCall {
  /** Null = the upstream gave none; one is made of the request's id. */
  id: string | null;
  name: string;
  /** JSON text; empty = no arguments. */
  arguments: string;
  /** Google's thought signature, which has to come back with the call. */
  signature?: string | null;
}

/** One choice of a whole answer, as a dialect understood it. */
export interface Answer {
  text: string;
  refusal: string | null;
  /** What the client may read of the reasoning. */
  reasoning: string;
  /** What has to come back unchanged in the next turn, signatures included. */
  details: readonly ReasoningDetail[];
  calls: readonly AnsweredCall[];
  /** OpenAI's `url_citation` objects. */
  annotations: readonly JsonObject[];
  /** URLs of the images in it, mostly `data:`; absent = none. */
  images?: readonly string[];
  /** OpenAI's `{content, refusal}`; null = none. */
  logprobs: JsonObject | null;
  /** Null = the upstream did not say. */
  finish: FinishReason | null;
  /** The upstream's own word. */
  rawFinish: string | null;
}

export const NO_ANSWER: Answer = Object.freeze({
  text: "",
  refusal: null,
  reasoning: "",
  details: [],
  calls: [],
  annotations: [],
  logprobs: null,
  finish: null,
  rawFinish: null,
});

export interface Completion {
  /** Null = the upstream gave none. */
  id: string | null;
  answers: readonly Answer[];
  usage: Usage | null;
  serviceTier?: string | null;
  /** Unix seconds; absent = the upstream did not say. */
  createdS?: number | null;
}

/** A whole answer in OpenAI's shape. */
export function completionOf(completion: Completion, options: DecodeOptions): Decoded {
  const { usage, answers } = completion;
  const read = answers.map((answer) => asRead(answer, options));
  const choices = read.map((answer, index) => choiceOf(answer, index, options));
  const body = {
    id: completion.id ?? `chatcmpl-${options.id}`,
    object: "chat.completion",
    created: completion.createdS ?? options.createdS,
    model: options.model,
    choices,
    ...(usage ? { usage: usageShape(usage, options.costOf) } : {}),
    ...(completion.serviceTier ? { service_tier: completion.serviceTier } : {}),
  };
  return {
    text: JSON.stringify(body),
    usage,
    finishReason: choices[0]?.finish_reason ?? null,
    contentBytes: read.reduce((sum, answer) => sum + bytesOf(answer), 0),
  };
}

/** Undoes what was sent instead of what was asked: see `Reading`. */
function asRead(answer: Answer, { reading }: DecodeOptions): Answer {
  const schemaTool = reading?.toolAsContent;
  const stand = schemaTool === undefined ? undefined : answer.calls.find(({ name }) => name === schemaTool);
  if (stand) {
    const calls = answer.calls.filter(({ name }) => name !== schemaTool);
    const finish = answer.finish === "tool_calls" && calls.length === 0 ? "stop" : answer.finish;
    return { ...answer, text: stand.arguments === "" ? "{}" : stand.arguments, calls, finish };
  }
  const forced = reading?.contentAsTool;
  if (!forced || answer.calls.length > 0 || answer.text.trim() === "") return answer;
  const call = callIn(answer.text, forced);
  return call ? { ...answer, text: "", calls: [call], finish: finishWithCalls(answer.finish) } : answer;
}

/**
 * A tool call written as text: the arguments alone where the tool is `name` (cut ones too, as of any call that ran out
 * of tokens), else `{name, arguments}`. Null where the text is no such thing.
 */
export function callIn(
  text: string,
  { name, among }: NonNullable<Reading["contentAsTool"]>,
): AnsweredCall | null {
  if (name !== null) return /^\s*\{/.test(text) ? { id: null, name, arguments: text.trim() } : null;
  const told = parseJsonExactly(text);
  if (!isObject(told)) return null;
  const { name: called, arguments: input = {}, ...rest } = told;
  if (typeof called !== "string" || !isObject(input) || Object.keys(rest).length > 0) return null;
  if (among && !among.includes(called)) return null;
  return { id: null, name: called, arguments: JSON.stringify(input) };
}

function finishWithCalls(finish: FinishReason | null): FinishReason | null {
  return finish === "stop" || finish === null ? "tool_calls" : finish;
}

function choiceOf(answer: Answer, index: number, options: DecodeOptions) {
  const { calls } = answer;
  const finish = calls.length > 0 ? finishWithCalls(answer.finish) : answer.finish;
  return {
    index,
    message: {
      role: "assistant",
      content: answer.text === "" && (calls.length > 0 || answer.refusal !== null) ? null : answer.text,
      refusal: answer.refusal,
      ...(answer.reasoning === "" || options.reading?.hideReasoning
        ? {}
        : { reasoning_content: answer.reasoning }),
      ...(answer.details.length === 0 ? {} : { reasoning_details: answer.details }),
      ...(calls.length === 0
        ? {}
        : { tool_calls: calls.map((call, at) => callShape(call, at, index, options)) }),
      ...(answer.annotations.length === 0 ? {} : { annotations: answer.annotations }),
      ...(answer.images ? { images: answer.images.map(imageShape) } : {}),
    },
    logprobs: answer.logprobs,
    finish_reason: finish ?? "stop",
    ...(answer.rawFinish === null ? {} : { native_finish_reason: answer.rawFinish }),
  };
}

function callShape(call: AnsweredCall, at: number, choice: number, options: DecodeOptions) {
  return {
    id: call.id ?? madeCallId(options, choice, at),
    type: "function",
    function: { name: call.name, arguments: call.arguments === "" ? "{}" : call.arguments },
    ...(call.signature ? { extra_content: signatureShape(call.signature) } : {}),
  };
}

/** Where Google's own OpenAI endpoint puts it too. */
export function signatureShape(signature: string) {
  return { google: { thought_signature: signature } };
}

/** As OpenRouter shows images: https://openrouter.ai/docs/features/multimodal/image-generation */
export function imageShape(url: string) {
  return { type: "image_url", image_url: { url } };
}

/** Unique over requests, so that it stays unique in a conversation of several turns. */
export function madeCallId({ id }: DecodeOptions, choice: number, at: number): string {
  return `call_${id.replace(/^req_/, "")}_${choice}_${at}`;
}

function bytesOf({ text, reasoning, refusal, calls }: Answer): number {
  const called = calls.reduce((sum, call) => sum + Buffer.byteLength(call.name + call.arguments), 0);
  return Buffer.byteLength(text) + Buffer.byteLength(reasoning) + Buffer.byteLength(refusal ?? "") + called;
}
