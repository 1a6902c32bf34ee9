import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJsonExactly } from "../../../core/json.ts";
import type { Decoded, DecodeOptions } from "../../contract.ts";
import { type Answer, type AnsweredCall, completionOf, NO_ANSWER } from "../../translate/completion.ts";
import type { ReasoningDetail } from "../../translate/parts.ts";
import {
  encryptedDetail,
  finishOf,
  isServerCall,
  signedDetail,
  toolName,
  urlCitation,
} from "./answer-parts.ts";
import { readUsage } from "./usage.ts";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
export function decodeChat(text: string, options: DecodeOptions): Decoded | Fault {
  const reply = parseJsonExactly(text);
  const output = isObject(reply) && isObject(reply.output) ? reply.output : {};
  const message = output.message;
  if (!isObject(reply) || !isObject(message) || !Array.isArray(message.content))
    return fault("malformed", `no answer in ${text.length} characters`);
  const rawFinish = typeof reply.stopReason === "string" ? reply.stopReason : null;
  const finish = rawFinish === null ? null : finishOf(rawFinish);
  if (finish === "malformed") return malformedAnswer(rawFinish);
  const tier = isObject(reply.serviceTier) ? reply.serviceTier.type : undefined;
  return completionOf(
    {
      id: null,
      answers: [{ ...readContent(message.content), finish, rawFinish }],
      usage: readUsage(reply.usage),
      serviceTier: typeof tier === "string" ? tier : null,
    },
    options,
  );
}

/** The model wrote what Bedrock could not read: another may do better. */
export function malformedAnswer(stopReason: string | null): Fault {
  return fault("malformed", `the answer ended with ${stopReason}`);
}

function readContent(content: readonly unknown[]): Answer {
  let text = "";
  let reasoning = "";
  const calls: AnsweredCall[] = [];
  const details: ReasoningDetail[] = [];
  const annotations: JsonObject[] = [];
  for (const block of content) {
    if (!isObject(block)) continue;
    if (typeof block.text === "string") text += block.text;
    if (isObject(block.citationsContent)) {
      const cited = readCited(block.citationsContent, text.length);
      text += cited.text;
      annotations.push(...cited.annotations);
    }
    if (isObject(block.reasoningContent)) {
      const found = readReasoning(block.reasoningContent, details.length);
      reasoning += found.text;
      if (found.detail) details.push(found.detail);
    }
    if (isObject(block.toolUse) && !isServerCall(block.toolUse)) calls.push(readCall(block.toolUse));
  }
  return { ...NO_ANSWER, text, reasoning, details, calls, annotations };
}

function readCited({ content, citations }: JsonObject, start: number) {
  const pieces: unknown[] = Array.isArray(content) ? content : [];
  const text = pieces.map((it) => (isObject(it) && typeof it.text === "string" ? it.text : "")).join("");
  const sources: unknown[] = Array.isArray(citations) ? citations : [];
  const annotations = sources.flatMap((it) => {
    const found = isObject(it) ? urlCitation(it, start, start + text.length) : null;
    return found ? [found] : [];
  });
  return { text, annotations };
}

function readReasoning(content: JsonObject, index: number): { text: string; detail: ReasoningDetail | null } {
  if (typeof content.redactedContent === "string")
    return { text: "", detail: encryptedDetail(content.redactedContent, index) };
  const told = isObject(content.reasoningText) ? content.reasoningText : {};
  const text = typeof told.text === "string" ? told.text : "";
  const isSigned = typeof told.signature === "string" && told.signature !== "";
  return { text, detail: isSigned ? signedDetail(text, String(told.signature), index) : null };
}

/** Some models give their arguments as text already. */
function readCall({ toolUseId, name, input }: JsonObject): AnsweredCall {
  return {
    id: typeof toolUseId === "string" && toolUseId !== "" ? toolUseId : null,
    name: toolName(name),
    arguments: typeof input === "string" ? input : JSON.stringify(input ?? {}),
  };
}
