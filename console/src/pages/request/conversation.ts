import { createParser } from "eventsource-parser";

/** Anything that JSON can hold, looked into with care: it came from outside. */
type Json = unknown;
type Fields = Record<string, Json>;

export interface Part {
  kind: "text" | "reasoning" | "tool call" | "other";
  /** Of a tool call: what is called. */
  name?: string;
  text: string;
}

export interface Message {
  /** `user`, `assistant`, `tool`, `error`, … as it was written. */
  role: string;
  /** What came with it: which tool's result it is, why it ended. */
  about: string | null;
  parts: Part[];
}

/** A body as somebody would read it; null = it is in no form that we know. */
export interface Conversation {
  messages: Message[];
  /** All other fields. */
  rest: Fields;
}

const isFields = (value: Json): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: Json): Json[] => (Array.isArray(value) ? value : []);
const textOf = (value: Json): string =>
  typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");

export function parsed(text: string): Fields | null {
  try {
    const value: Json = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

/** What was asked: messages of a chat, or the inputs of embeddings. */
export function readRequest(text: string): Conversation | null {
  const body = parsed(text);
  if (!body) return null;
  const { messages, input, ...rest } = body;
  if (Array.isArray(messages)) return { messages: messages.map(messageOf), rest };
  if (input === undefined) return null;
  const inputs = Array.isArray(input) && typeof input[0] === "string" ? input : [input];
  return {
    messages: inputs.map((it) => ({
      role: "input",
      about: null,
      parts: [{ kind: "text", text: textOf(it) }],
    })),
    rest,
  };
}

/** What was answered, a stream's events put together. */
export function readResponse(text: string): Conversation | null {
  if (/^\s*(?:data|event|:|id|retry)/.test(text)) return readStream(text);
  const body = parsed(text);
  if (!body) return null;
  const { choices, error, ...rest } = body;
  if (isFields(error)) return { messages: [errorOf(error)], rest };
  if (!Array.isArray(choices)) return null;
  return {
    messages: choices.map((it) => (isFields(it) ? choiceOf(it.message, it.finish_reason) : unknownOf(it))),
    rest,
  };
}

function messageOf(message: Json): Message {
  if (!isFields(message)) return unknownOf(message);
  const { role, tool_call_id, name } = message;
  const about = [tool_call_id, name].filter((it) => typeof it === "string").join(", ");
  return { role: typeof role === "string" ? role : "no role", about: about || null, parts: partsOf(message) };
}

function choiceOf(message: Json, finish: Json): Message {
  const read = messageOf(isFields(message) ? message : { role: "assistant", content: message });
  return { ...read, about: typeof finish === "string" ? `ended: ${finish}` : read.about };
}

function unknownOf(value: Json): Message {
  return { role: "unknown", about: null, parts: [{ kind: "other", text: textOf(value) }] };
}

function errorOf({ message, code, ...more }: Fields): Message {
  const details = Object.values(more).some((it) => it !== null) ? textOf(more) : null;
  return {
    ...{ role: "error", about: typeof code === "string" ? code : null },
    parts: [
      { kind: "text", text: textOf(message) },
      ...(details === null ? [] : [{ kind: "other", text: details } as const]),
    ],
  };
}

/** In the order in which a model says them: what it thought, what it says, what it calls. */
function partsOf(message: Fields): Part[] {
  const { content, refusal, tool_calls } = message;
  const reasoning = message.reasoning_content ?? message.reasoning;
  const parts: Part[] = [];
  if (typeof reasoning === "string" && reasoning !== "") parts.push({ kind: "reasoning", text: reasoning });
  if (typeof content === "string") {
    if (content !== "") parts.push({ kind: "text", text: content });
  } else parts.push(...listOf(content).map(contentPart));
  if (typeof refusal === "string" && refusal !== "") parts.push({ kind: "text", text: refusal });
  for (const call of listOf(tool_calls)) parts.push(toolCall(call));
  return parts;
}

function contentPart(part: Json): Part {
  if (!isFields(part)) return { kind: "other", text: textOf(part) };
  if (typeof part.text === "string") return { kind: "text", text: part.text };
  const { type, ...rest } = part;
  return { kind: "other", name: typeof type === "string" ? type : "part", text: textOf(rest) };
}

function toolCall(call: Json): Part {
  const of = isFields(call) && isFields(call.function) ? call.function : null;
  if (!of) return { kind: "other", text: textOf(call) };
  return { kind: "tool call", name: textOf(of.name), text: pretty(textOf(of.arguments)) };
}

/** JSON on lines of its own; any other text as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

interface Growing {
  message: Fields & { content: string; reasoning: string; refusal: string; tool_calls: Fields[] };
  finish: Json;
}

function readStream(text: string): Conversation | null {
  const growing = new Map<number, Growing>();
  const errors: Message[] = [];
  let rest: Fields = {};
  const parser = createParser({
    onEvent({ data }) {
      const chunk = parsed(data);
      if (!chunk) return;
      const { choices, error, ...more } = chunk;
      if (isFields(error)) errors.push(errorOf(error));
      rest = { ...rest, ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null)) };
      for (const choice of listOf(choices)) if (isFields(choice)) grow(growing, choice);
    },
  });
  parser.feed(text);
  if (growing.size === 0 && errors.length === 0) return null;
  const whole = [...growing.entries()].sort(([a], [b]) => a - b);
  return {
    messages: [...whole.map(([, { message, finish }]) => choiceOf(message, finish)), ...errors],
    rest,
  };
}

function grow(growing: Map<number, Growing>, { index, delta, finish_reason }: Fields): void {
  const place = typeof index === "number" ? index : 0;
  const choice = growing.get(place) ?? {
    message: { role: "assistant", content: "", reasoning: "", refusal: "", tool_calls: [] },
    finish: null,
  };
  growing.set(place, choice);
  if (finish_reason) choice.finish = finish_reason;
  if (!isFields(delta)) return;
  const { message } = choice;
  const more = (value: Json) => (typeof value === "string" ? value : "");
  message.content += more(delta.content);
  message.reasoning += more(delta.reasoning_content ?? delta.reasoning);
  message.refusal += more(delta.refusal);
  for (const call of listOf(delta.tool_calls)) if (isFields(call)) growCall(message.tool_calls, call);
}

/** Calls come in pieces that name their place; places may come in any order. */
function growCall(calls: Fields[], piece: Fields): void {
  const key = piece.index ?? calls.length;
  const found = calls.find((it) => it.index === key);
  const call = found ?? { index: key, function: { name: "", arguments: "" } };
  if (!found) calls.push(call);
  const known = call.function as { name: string; arguments: string };
  const said = isFields(piece.function) ? piece.function : {};
  if (typeof said.name === "string") known.name += said.name;
  if (typeof said.arguments === "string") known.arguments += said.arguments;
}
