import { isObject } from "../core/json.ts";

/** Every text of a conversation: contents and their text parts, and what tools were called with. */
export function textsOf(messages: unknown): string[] {
  if (!Array.isArray(messages)) return [];
  const texts: string[] = [];
  for (const message of messages) {
    if (!isObject(message)) continue;
    addContent(message.content, texts);
    if (Array.isArray(message.tool_calls)) for (const call of message.tool_calls) addArguments(call, texts);
  }
  return texts;
}

function addContent(content: unknown, texts: string[]): void {
  if (typeof content === "string") texts.push(content);
  else if (Array.isArray(content)) {
    for (const part of content) if (isObject(part) && typeof part.text === "string") texts.push(part.text);
  }
}

function addArguments(call: unknown, texts: string[]): void {
  if (!isObject(call) || !isObject(call.function)) return;
  if (typeof call.function.arguments === "string") texts.push(call.function.arguments);
}
