import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import type { Conversation } from "../../translate/conversation.ts";
import { blocksOf, textBlocks, type Writing } from "./blocks.ts";

export interface Message {
  role: "user" | "assistant";
  content: JsonObject[];
}

export interface EncodedMessages {
  system: JsonObject[];
  /** Roles alternate, the user's is first, none is empty. Thinking blocks are in them: see `withoutThinking`. */
  messages: Message[];
  added: string[];
}

/** What stands where the user has said nothing: the API refuses an empty message and one of the assistant's as first. */
const NOTHING_SAID = ".";

/** Instructions alone are what the user asks; a conversation that the assistant begins gets a first word of the user's. */
export function encodeMessages(
  { system, turns }: Conversation,
  writing: Writing,
): EncodedMessages | Unsupported {
  const instructions = system.flatMap((part) => textBlocks(part, writing.marks));
  const messages: Message[] = [];
  for (const { role, parts } of turns) {
    const content: JsonObject[] = [];
    for (const part of parts) {
      const blocks = blocksOf(part, writing);
      if ("unsupported" in blocks) return blocks;
      content.push(...blocks);
    }
    addMessage(messages, { role, content });
  }
  const first = messages[0];
  if (!first) {
    if (instructions.length === 0)
      return { unsupported: "messages", why: "There must be a message that is not blank." };
    return { system: [], messages: [{ role: "user", content: instructions }], added: [] };
  }
  if (first.role === "user") return { system: instructions, messages, added: [] };
  messages.unshift({ role: "user", content: [{ type: "text", text: NOTHING_SAID }] });
  return { system: instructions, messages, added: ["messages"] };
}

/** Where blank messages fell away, neighbours of one role are one message. */
function addMessage(messages: Message[], message: Message): void {
  if (message.content.every(isThinking)) return;
  const last = messages.at(-1);
  if (last?.role === message.role) last.content.push(...message.content);
  else messages.push(message);
}

export function endsWithAssistant(messages: readonly Message[]): boolean {
  return messages.at(-1)?.role === "assistant";
}

/** An answer to be continued must not end with a blank: the API refuses it. */
export function trimEnd(messages: readonly Message[]): void {
  const last = messages.at(-1)?.content.at(-1);
  if (last?.type === "text" && typeof last.text === "string") last.text = last.text.trimEnd();
}

/**
 * Whether the tool loop that is under way, if one is, began without a thinking block. Only its first answer must have
 * one: without interleaved thinking Claude does not think again until the user speaks.
 */
export function loopLacksThinking(messages: readonly Message[]): boolean {
  let first: Message | undefined;
  for (let at = messages.length - 1; at > 0 && messages[at]?.content.some(isResult); at -= 2)
    first = messages[at - 1];
  return first !== undefined && !isThinking(first.content[0] ?? {});
}

export function withoutThinking(messages: readonly Message[]): Message[] {
  return messages.map(({ role, content }) => ({
    role,
    content: content.filter((block) => !isThinking(block)),
  }));
}

function isThinking({ type }: JsonObject): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

function isResult({ type }: JsonObject): boolean {
  return type === "tool_result";
}
