import { isObject, type JsonObject } from "../../../core/json.ts";
import type { ContentTally } from "../../content-tally.ts";
import { stringEnd } from "./model-name.ts";

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

/**
 * Makes a text of content that came in parts (Mistral's `text` and `thinking`:
 * https://docs.mistral.ai/capabilities/reasoning/); what is neither goes on in `content_parts`. Changes the message or
 * delta; true where it did.
 */
export function flattenContent(message: JsonObject): boolean {
  if (!Array.isArray(message.content)) return false;
  let text = "";
  let thinking = "";
  const others: unknown[] = [];
  for (const part of message.content) {
    if (typeof part === "string") text += part;
    else if (isObject(part) && typeof part.text === "string") text += part.text;
    else if (isObject(part) && part.type === "thinking") thinking += textOf(part.thinking);
    else others.push(part);
  }
  message.content = text;
  if (thinking !== "") message.reasoning_content = thinking;
  if (others.length > 0) message.content_parts = others;
  return true;
}

function textOf(parts: unknown): string {
  if (!Array.isArray(parts)) return typeof parts === "string" ? parts : "";
  return parts.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

/** The generated text in a message or delta; tool calls count by name and arguments. */
export function generatedIn(message: JsonObject): string[] {
  const texts: unknown[] = [];
  for (const field of TEXT_FIELDS) {
    const value = message[field];
    texts.push(Array.isArray(value) ? JSON.stringify(value) : value);
  }
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  for (const call of [...calls, { function: message.function_call }]) {
    if (!isObject(call)) continue;
    if (isObject(call.function)) texts.push(call.function.name, call.function.arguments);
    if (isObject(call.custom)) texts.push(call.custom.name, call.custom.input);
  }
  return texts.filter((text) => typeof text === "string");
}

/** UTF-8 bytes of generated text in a message. */
export function contentBytesOf(message: JsonObject): number {
  return generatedIn(message).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** `content` also ends `reasoning_content`. */
const QUICK_KEYS = ['content":"', 'reasoning":"', 'refusal":"'] as const;

/** Adds the same of an event's unparsed latin1 JSON; false = there is none. */
export function addQuickly(data: string, content: ContentTally): boolean {
  const before = content.bytes;
  for (const key of QUICK_KEYS) {
    for (let start = data.indexOf(key); start !== -1; start = data.indexOf(key, start)) {
      const from = start + key.length;
      start = stringEnd(data, from - 1);
      content.addWritten(data, from, start - 1);
    }
  }
  return content.bytes > before;
}
