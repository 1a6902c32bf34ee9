import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import type { Conversation } from "../../translate/conversation.ts";
import { addTurn, type Turn } from "../../translate/parts.ts";
import { BlockWriter } from "./blocks.ts";
import type { BedrockModel } from "./models.ts";

export interface Message {
  role: "user" | "assistant";
  content: JsonObject[];
}

export interface Messages {
  system: JsonObject[];
  messages: Message[];
  /** The tools that were called before, by name. */
  calledTools: string[];
  /** The tool loop that is under way does not begin with reasoning that the model takes back. */
  loopLacksReasoning: boolean;
  dropped: string[];
  added: string[];
}

/** Stands where Bedrock insists on text and the caller sent none. */
const NOTHING = ".";

/**
 * The conversation as Converse takes it: it begins with the user, no text is blank, and a document has text beside it.
 * Instructions alone are what the user asks.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
export function writeMessages(conversation: Conversation, model: BedrockModel): Messages | Unsupported {
  const writer = new BlockWriter(model);
  const system = conversation.system
    .filter(({ text }) => !isBlank(text))
    .flatMap(({ text, cache }) => [{ text }, ...writer.point(cache, "system")]);
  const messages: Message[] = [];
  const added = new Set<string>();
  for (const turn of turnsFor(conversation, model)) {
    const content = writer.write(turn.parts);
    if (!Array.isArray(content)) return content;
    const hasOnlyDocuments = content.some(({ document }) => document) && !content.some(({ text }) => text);
    if (hasOnlyDocuments) {
      content.push({ text: NOTHING });
      added.add("messages");
    }
    messages.push({ role: turn.role, content });
  }
  if (messages.length === 0 && system.length === 0)
    return { unsupported: "messages", why: "There must be a message that is not blank." };
  const isInstructionsOnly = messages.length === 0;
  if (isInstructionsOnly) messages.push({ role: "user", content: system });
  if (messages[0]?.role !== "user") {
    messages.unshift({ role: "user", content: [{ text: NOTHING }] });
    added.add("messages");
  }
  return {
    system: isInstructionsOnly ? [] : system,
    messages,
    calledTools: writer.calledTools,
    loopLacksReasoning: loopLacksReasoning(messages),
    dropped: [...writer.lostMarks],
    added: [...added],
  };
}

/** Without blank texts and without reasoning that this model does not take back; neighbours that then meet are one. */
function turnsFor({ turns }: Conversation, model: BedrockModel): Turn[] {
  const kept: Turn[] = [];
  for (const { role, parts } of turns) {
    const some = parts.filter((part) => part.kind !== "text" || !isBlank(part.text));
    const isReasoningOnly = some.every(({ kind }) => kind === "reasoning");
    if (!isReasoningOnly) addTurn(kept, { role, parts: some });
  }
  return model.issuer === null ? kept.map(withoutReasoning) : kept;
}

function withoutReasoning({ role, parts }: Turn): Turn {
  return { role, parts: parts.filter(({ kind }) => kind !== "reasoning") };
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

export function endsWithAssistant(messages: readonly Message[]): boolean {
  return messages.at(-1)?.role === "assistant";
}

/** An answer to be continued must not end with a blank: Claude refuses it. */
export function trimEnd(messages: readonly Message[]): void {
  const block = messages.at(-1)?.content.findLast(({ cachePoint }) => cachePoint === undefined);
  if (typeof block?.text === "string") block.text = block.text.trimEnd();
}

export function withoutReasoningBlocks(messages: readonly Message[]): Message[] {
  return messages.map(({ role, content }) => ({
    role,
    content: content.filter(({ reasoningContent }) => reasoningContent === undefined),
  }));
}

/** A loop is what follows the user's last words of their own. */
function loopLacksReasoning(messages: readonly Message[]): boolean {
  const hasResults = (message: Message) => message.content.some(({ toolResult }) => toolResult);
  const last = messages.at(-1);
  if (last?.role !== "user" || !hasResults(last)) return false;
  const asked = messages.findLastIndex((message) => message.role === "user" && !hasResults(message));
  return messages[asked + 1]?.content[0]?.reasoningContent === undefined;
}
