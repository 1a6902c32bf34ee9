import { isObject, type JsonObject } from "../../../core/json.ts";
import type { ReplayField } from "../../contract.ts";
import { note, type Written } from "./request-fields.ts";

const NOTHING_WANTED: readonly ReplayField[] = [];

/**
 * An earlier answer with as much of its reasoning as the target wants back. Clients return what they were given, by
 * whichever provider: strict ones refuse the fields of the others ("property 'reasoning_content' is unsupported",
 * https://github.com/janhq/jan/issues/8136).
 */
export function replayed(
  message: JsonObject,
  wanted: readonly ReplayField[] = NOTHING_WANTED,
  written: Written,
): JsonObject {
  let right = message;
  if (message.reasoning_content !== undefined && !wanted.includes("reasoning_content"))
    right = withoutText(right, "reasoning_content", "reasoning", wanted, written);
  if (message.reasoning !== undefined && !wanted.includes("reasoning"))
    right = withoutText(right, "reasoning", "reasoning_content", wanted, written);
  if (message.reasoning_details !== undefined && !wanted.includes("reasoning_details")) {
    const { reasoning_details: details, ...rest } = right;
    if (Array.isArray(details) && details.length > 0) note(written.dropped, "messages[].reasoning_details");
    right = rest;
  }
  if (!Array.isArray(message.tool_calls) || wanted.includes("extra_content")) return right;
  const calls = withoutExtraContent(message.tool_calls, written);
  return calls === message.tool_calls ? right : { ...right, tool_calls: calls };
}

/** The text goes under its other name where that is wanted and free. */
function withoutText(
  message: JsonObject,
  field: "reasoning_content" | "reasoning",
  other: "reasoning_content" | "reasoning",
  wanted: readonly ReplayField[],
  written: Written,
): JsonObject {
  const { [field]: text, ...rest } = message;
  if (typeof text !== "string" || text === "") return rest;
  if (!wanted.includes(other)) note(written.dropped, `messages[].${field}`);
  else if (typeof rest[other] !== "string" || rest[other] === "") return { ...rest, [other]: text };
  return rest;
}

function withoutExtraContent(calls: unknown[], written: Written): unknown[] {
  const hasExtra = (call: unknown) => isObject(call) && call.extra_content !== undefined;
  if (!calls.some(hasExtra)) return calls;
  note(written.dropped, "messages[].tool_calls[].extra_content");
  return calls.map((call) => {
    if (!isObject(call)) return call;
    const { extra_content: _extra, ...rest } = call;
    return rest;
  });
}

/**
 * An earlier answer that has reasoning, be it a space: providers that think by default refuse a tool loop in which an
 * answer has none, as those of other providers have. An empty text counts as none:
 * https://github.com/theopenco/llmgateway/pull/2093
 */
export function withReasoning(message: JsonObject, written: Written): JsonObject {
  if (typeof message.reasoning_content === "string" && message.reasoning_content !== "") return message;
  note(written.added, "messages[].reasoning_content");
  return { ...message, reasoning_content: " " };
}
