import { isObject } from "../../core/json.ts";
import { estimateTokens } from "./tokens.ts";

/** What is read of a conversation, whatever its length. */
export interface Turns {
  /** The last user message: it decides. Cut to `READ_LIMIT` from both ends. */
  last: string;
  /** The user messages before it, nearest first, at most two. */
  earlier: readonly string[];
  /** What the assistant said just before `last`; empty if nothing. */
  answered: string;
  /** The system or developer message; empty if none. */
  system: string;
  /** Estimated tokens of the longest single message. */
  longestTokens: number;
  /** Estimated tokens of all messages together. */
  totalTokens: number;
  /** True if the last user message itself was longer than what was read of it. */
  cut: boolean;
}

/** Characters read of a message; of a longer one its two ends. */
export const READ_LIMIT = 8192;
const EARLIER_LIMIT = 1500;
const MOST_EARLIER = 2;
/** Messages looked at for their text; of the others only the length counts. */
const MOST_MESSAGES = 512;
const MOST_PARTS = 64;

/** Reads messages of any shape without trusting one: what is not text counts as none. */
export function readTurns(messages: readonly unknown[]): Turns {
  const turns = { last: "", answered: "", system: "", longestTokens: 0, totalTokens: 0, cut: false };
  const earlier: string[] = [];
  let found = false;
  const oldest = Math.max(0, messages.length - MOST_MESSAGES);
  for (let index = messages.length - 1; index >= oldest; index--) {
    const message = messages[index];
    const text = textOf(message);
    if (text === "") continue;
    const tokens = estimateTokens(text);
    turns.totalTokens += tokens;
    if (tokens > turns.longestTokens) turns.longestTokens = tokens;
    const role = isObject(message) ? message.role : null;
    if (role === "system" || role === "developer") turns.system = text.slice(0, EARLIER_LIMIT);
    else if (role === "assistant" && found && turns.answered === "")
      turns.answered = ends(text, EARLIER_LIMIT);
    else if (role === "user" && !found) {
      turns.last = ends(text, READ_LIMIT);
      turns.cut = text.length > READ_LIMIT;
      found = true;
    } else if (role === "user" && earlier.length < MOST_EARLIER) earlier.push(ends(text, EARLIER_LIMIT));
  }
  return { ...turns, earlier };
}

/** The text of one message: a string, or its text parts joined. */
function textOf(message: unknown): string {
  if (!isObject(message)) return "";
  const { content } = message;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const texts: string[] = [];
  for (const part of content.slice(0, MOST_PARTS)) {
    if (isObject(part) && typeof part.text === "string") texts.push(part.text);
  }
  return texts.join("\n");
}

/** The first and the last half of what is longer than `limit`. */
export function ends(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = limit >> 1;
  return `${text.slice(0, half)}\n\n${text.slice(text.length - half)}`;
}
