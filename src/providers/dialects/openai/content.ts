import { type JsonObject, isObject } from "../../../core/json.ts";

/** The delta fields that are generated text; providers disagree on the name of reasoning. */
const TEXT_FIELDS = ["content", "reasoning_content", "reasoning", "refusal"] as const;

/** True for text, reasoning, refusal, a tool delta or audio; false for a role or an empty string. */
export function deltaHasContent(delta: JsonObject): boolean {
  for (const field of TEXT_FIELDS) {
    const value = delta[field];
    if (typeof value === "string" ? value !== "" : Array.isArray(value) && value.length > 0) return true;
  }
  if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 0) return true;
  return isObject(delta.audio) || isObject(delta.function_call);
}

/** UTF-8 bytes of generated text in a message or delta whose strings are latin1 bytes; tool calls count by name and arguments. */
export function contentBytesOf(message: JsonObject): number {
  let bytes = 0;
  for (const field of TEXT_FIELDS) {
    const value = message[field];
    if (typeof value === "string") bytes += value.length;
    else if (Array.isArray(value)) bytes += JSON.stringify(value).length;
  }
  if (Array.isArray(message.tool_calls)) {
    for (const call of message.tool_calls) {
      if (!isObject(call) || !isObject(call.function)) continue;
      const { name, arguments: text } = call.function;
      bytes += (typeof name === "string" ? name.length : 0) + (typeof text === "string" ? text.length : 0);
    }
  }
  return bytes;
}

/** The same from an event's unparsed JSON, close enough to count tokens by: escapes count as they are written. */
export function quickContentBytes(data: string): number {
  let bytes = 0;
  for (const key of ['content":"', 'reasoning":"', 'refusal":"']) {
    const start = data.indexOf(key);
    if (start === -1) continue;
    const from = start + key.length;
    let end = data.indexOf('"', from);
    while (end !== -1 && data.charCodeAt(end - 1) === 92) end = data.indexOf('"', end + 1);
    if (end !== -1) bytes += end - from;
  }
  return bytes;
}
