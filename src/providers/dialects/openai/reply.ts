import { isObject, type JsonObject } from "../../../core/json.ts";
import type { DecodeOptions } from "../../contract.ts";
import { flattenContent } from "./content.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { argumentsText, idStem } from "./tool-deltas.ts";

/**
 * Puts right what servers get wrong in whole answers: identity, content in parts, tool calls, finish reasons. Changes
 * the parsed reply; true where something was changed, so that others keep their bytes.
 */
export function repairReply(
  reply: JsonObject,
  choices: JsonObject[],
  options: Partial<Pick<DecodeOptions, "id" | "createdS">>,
): boolean {
  const isText = choices.some(({ text }) => typeof text === "string");
  let changed = fill(reply, "id", options.id === undefined ? undefined : `chatcmpl-${options.id}`);
  changed = fill(reply, "object", isText ? "text_completion" : "chat.completion") || changed;
  changed = fill(reply, "created", options.createdS) || changed;
  choices.forEach((choice, index) => {
    changed = fill(choice, "index", index) || changed;
    if (isObject(choice.message)) changed = repairMessage(choice.message) || changed;
    const calls = isObject(choice.message) ? choice.message.tool_calls : undefined;
    if (Array.isArray(calls)) changed = repairCalls(calls, reply.id, index) || changed;
    changed = repairFinish(choice, Array.isArray(calls) && calls.length > 0) || changed;
  });
  return changed;
}

/** Puts the value where there is none; true where it did. */
export function fill(object: JsonObject, field: string, value: unknown): boolean {
  const told = object[field];
  if ((told !== undefined && told !== null && told !== "") || value === undefined || value === "")
    return false;
  object[field] = value;
  return true;
}

function repairMessage(message: JsonObject): boolean {
  let changed = flattenContent(message);
  changed = fill(message, "role", "assistant") || changed;
  if (message.content === undefined) {
    message.content = null;
    changed = true;
  }
  if (!Array.isArray(message.tool_calls) || message.tool_calls.every(isObject)) return changed;
  message.tool_calls = message.tool_calls.filter(isObject);
  return true;
}

function repairCalls(calls: JsonObject[], replyId: unknown, choice: number): boolean {
  let changed = false;
  calls.forEach((call, index) => {
    if ((call.id ?? "") === "") {
      call.id = `call_${idStem(typeof replyId === "string" ? replyId : "")}${choice}_${index}`;
      changed = true;
    }
    changed = fill(call, "type", isObject(call.custom) ? "custom" : "function") || changed;
    if (isObject(call.function)) changed = repairArguments(call.function) || changed;
  });
  return changed;
}

/** Clients parse the arguments: no arguments are an empty object. */
function repairArguments(called: JsonObject): boolean {
  if (typeof called.arguments === "string" && called.arguments !== "") return false;
  called.arguments = argumentsText(called.arguments) || "{}";
  return true;
}

/** A whole answer that does not say why it ended is whole. */
function repairFinish(choice: JsonObject, hasCalls: boolean): boolean {
  const told = typeof choice.finish_reason === "string" ? choice.finish_reason : "";
  const right = finishReasonOf(told, hasCalls);
  if (right === choice.finish_reason) return false;
  choice.finish_reason = right;
  if (told !== "") choice.native_finish_reason ??= told;
  return true;
}
