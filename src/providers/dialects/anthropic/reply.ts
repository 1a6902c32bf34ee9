import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJsonExactly } from "../../../core/json.ts";
import type { Decoded, DecodeOptions } from "../../contract.ts";
import { type Answer, type AnsweredCall, completionOf } from "../../translate/completion.ts";
import type { ReasoningDetail } from "../../translate/parts.ts";
import { annotationOf, detailOf, finishOf, refusalOf } from "./answer-parts.ts";
import { errorInAnswer } from "./faults.ts";
import { UsageTally } from "./usage.ts";

export function decodeChat(text: string, options: DecodeOptions): Decoded | Fault {
  const reply = parseJsonExactly(text);
  if (isObject(reply) && reply.error)
    return errorInAnswer(isObject(reply.error) ? reply.error : { message: reply.error });
  if (!isObject(reply) || !Array.isArray(reply.content))
    return fault(
      "malformed",
      text.trim() === "" ? "an empty body" : `no answer in ${text.length} characters`,
    );
  const tally = new UsageTally();
  tally.add(reply.usage);
  const { usage, serviceTier } = tally;
  const id = typeof reply.id === "string" ? reply.id : null;
  return completionOf({ id, answers: [answerOf(reply, reply.content)], usage, serviceTier }, options);
}

/** Blocks of other kinds are the tools' that run on Anthropic's side, and nothing that the client could answer. */
function answerOf(reply: JsonObject, content: readonly unknown[]): Answer {
  let text = "";
  let reasoning = "";
  const details: ReasoningDetail[] = [];
  const calls: AnsweredCall[] = [];
  const annotations: JsonObject[] = [];
  for (const block of content) {
    if (!isObject(block)) continue;
    if (block.type === "text" && typeof block.text === "string") {
      const start = text.length;
      text += block.text;
      for (const citation of Array.isArray(block.citations) ? block.citations : []) {
        const annotation = annotationOf(citation, start, text.length);
        if (annotation) annotations.push(annotation);
      }
    } else if (block.type === "tool_use") calls.push(callOf(block));
    else {
      if (block.type === "thinking" && typeof block.thinking === "string") reasoning += block.thinking;
      const detail = detailOf(block, details.length);
      if (detail) details.push(detail);
    }
  }
  const rawFinish = typeof reply.stop_reason === "string" ? reply.stop_reason : null;
  return {
    text,
    refusal: refusalOf(rawFinish, reply.stop_details),
    reasoning,
    details,
    calls,
    annotations,
    logprobs: null,
    finish: rawFinish === null ? null : finishOf(rawFinish),
    rawFinish,
  };
}

function callOf({ id, name, input }: JsonObject): AnsweredCall {
  return {
    id: typeof id === "string" && id !== "" ? id : null,
    name: typeof name === "string" ? name : "",
    arguments: JSON.stringify(input ?? {}),
  };
}
