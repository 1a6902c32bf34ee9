import { isObject, type JsonObject, parseJsonExactly } from "../../core/json.ts";
import type { Attachment, Unsupported } from "../contract.ts";
import { readContent } from "./content-parts.ts";
import {
  addTurn,
  type CallPart,
  type Part,
  type ReasoningDetail,
  type TextPart,
  type Turn,
} from "./parts.ts";

/** An OpenAI chat as other dialects see it: instructions apart, turns that alternate, tool results with their call's name. */
export interface Conversation {
  /** What system and developer messages say, wherever they stood, in order; empty texts left out. */
  system: TextPart[];
  /** Neighbours of one role are one turn; none is empty. */
  turns: Turn[];
}

/**
 * Reads `messages` without changing them. What has no counterpart anywhere else is `Unsupported`; empty texts, and
 * messages that consist of nothing else, are left out: most APIs refuse them.
 */
export function readConversation(
  messages: unknown,
  attachments: ReadonlyMap<string, Attachment>,
): Conversation | Unsupported {
  const read = readMessages(messages, attachments);
  if ("unsupported" in read) return read;
  const found: Conversation = { system: [], turns: [] };
  for (const message of read) {
    if (message.role === "system") found.system.push(...message.parts.filter((part) => part.kind === "text"));
    else addTurn(found.turns, message);
  }
  return found;
}

/** The same with every message where it stood, empty ones too: for APIs that take instructions anywhere. */
export function readMessages(
  messages: unknown,
  attachments: ReadonlyMap<string, Attachment>,
): Message[] | Unsupported {
  const found: Message[] = [];
  const names = new ToolNames();
  const list = Array.isArray(messages) ? messages : [];
  for (let i = 0; i < list.length; i++) {
    const message: unknown = list[i];
    const path = `messages[${i}]`;
    if (!isObject(message)) return { unsupported: path, why: "A message must be an object." };
    const read = readMessage(message, path, attachments, names);
    if ("unsupported" in read) return read;
    found.push(read);
  }
  return found;
}

/** Results name their tool elsewhere, but not at OpenAI: the name is that of the first call of the id still open. */
class ToolNames {
  private readonly open = new Map<string, string[]>();
  private readonly last = new Map<string, string>();

  add(id: string, name: string): void {
    const open = this.open.get(id);
    if (open) open.push(name);
    else this.open.set(id, [name]);
  }

  of(id: string): string | null {
    const name = this.open.get(id)?.shift() ?? this.last.get(id);
    if (name === undefined) return null;
    this.last.set(id, name);
    return name;
  }
}

export type Message = Turn | { role: "system"; parts: Part[] };

function readMessage(
  message: JsonObject,
  path: string,
  attachments: ReadonlyMap<string, Attachment>,
  names: ToolNames,
): Message | Unsupported {
  const parts = readContent(message.content, `${path}.content`, attachments);
  if ("unsupported" in parts) return parts;
  markLast(parts, message.cache_control);
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", parts };
    case "user":
      return { role: "user", parts };
    case "assistant":
      return readAssistant(message, parts, path, names);
    case "tool":
      return { role: "user", parts: [toolResult(message, parts, names)] };
    default:
      return {
        unsupported: `${path}.role`,
        why: "Only OpenAI-compatible providers take messages of this role.",
      };
  }
}

function markLast(parts: Part[], cacheControl: unknown): void {
  const last = parts.at(-1);
  if (last && isObject(cacheControl))
    last.cache ??= { ttl: textOrNull(cacheControl.ttl), field: "cache_control" };
}

function toolResult(message: JsonObject, parts: Part[], names: ToolNames): Part {
  const callId = textOrNull(message.tool_call_id) ?? "";
  return {
    kind: "result",
    callId,
    name: names.of(callId) ?? textOrNull(message.name),
    parts,
    isError: message.is_error === true,
    cache: parts.findLast(({ cache }) => cache)?.cache ?? null,
  };
}

/** Reasoning stands before the text, the calls behind it. */
function readAssistant(
  message: JsonObject,
  content: Part[],
  path: string,
  names: ToolNames,
): Turn | Unsupported {
  if (isObject(message.function_call))
    return { unsupported: `${path}.function_call`, why: "Use `tool_calls`: `function_call` is deprecated." };
  const parts: Part[] = [];
  const details = readDetails(message);
  if (details.length > 0) parts.push({ kind: "reasoning", details, cache: null });
  parts.push(...content);
  if (typeof message.refusal === "string" && message.refusal !== "")
    parts.push({ kind: "text", text: message.refusal, cache: null });
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  for (let i = 0; i < calls.length; i++) {
    const call = readCall(calls[i], `${path}.tool_calls[${i}]`);
    if ("unsupported" in call) return call;
    names.add(call.id, call.name);
    parts.push(call);
  }
  return { role: "assistant", parts };
}

/** OpenRouter's `reasoning_details`, else the bare text, which no provider takes back but which is not lost on the way. */
function readDetails(message: JsonObject): ReasoningDetail[] {
  if (Array.isArray(message.reasoning_details)) return message.reasoning_details.filter(isObject);
  const text = message.reasoning_content ?? message.reasoning;
  return typeof text === "string" && text !== "" ? [{ type: "reasoning.text", text, format: "unknown" }] : [];
}

function readCall(raw: unknown, path: string): CallPart | Unsupported {
  const called = isObject(raw) ? raw.function : undefined;
  if (!isObject(raw) || !isObject(called) || typeof called.name !== "string")
    return { unsupported: path, why: "Only function calls can go to this provider." };
  const text =
    typeof called.arguments === "string" ? called.arguments : JSON.stringify(called.arguments ?? {});
  const google = isObject(raw.extra_content) ? raw.extra_content.google : undefined;
  return {
    kind: "call",
    id: textOrNull(raw.id) ?? "",
    name: called.name,
    input: inputOf(text),
    signature: isObject(google) ? textOrNull(google.thought_signature) : null,
    cache: null,
  };
}

/** Arguments that are no JSON object (cut off by a length limit, say) are kept as text: nothing else is lost with them. */
function inputOf(text: string): JsonObject {
  if (text.trim() === "") return {};
  const parsed = parseJsonExactly(text);
  if (parsed === undefined) return { arguments: text };
  return isObject(parsed) && text.trimStart().startsWith("{") ? parsed : { arguments: parsed };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
