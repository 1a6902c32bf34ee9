import { createParser } from "eventsource-parser";
import type { Fault } from "../core/faults.ts";
import type { StreamReader } from "../providers/contract.ts";

export interface Relayed {
  /** All that the client is sent, the end included, one latin1 character a byte. */
  out: string;
  fault: Fault | null;
  reader: StreamReader;
}

/** Feeds `latin1` to the reader, cut at the given places (rising). */
export function relay(reader: StreamReader, latin1: string, cuts: Iterable<number> = []): Relayed {
  let out = "";
  let wasDone = false;
  let from = 0;
  for (const to of [...cuts, latin1.length]) {
    const piece = reader.read(latin1.slice(from, to));
    out += piece.out;
    if (reader.doneEvent !== null && !wasDone) {
      out += reader.doneEvent;
      wasDone = true;
    }
    if (piece.fault) return { out, fault: piece.fault, reader };
    from = to;
  }
  const piece = reader.close();
  const end = reader.doneEvent !== null && !wasDone ? reader.doneEvent : "";
  return { out: out + piece.out + end, fault: piece.fault, reader };
}

/** What a client understands of an answer. */
export interface Understood {
  content: string;
  reasoning: string;
  refusal: string;
  toolCalls: { id: string; name: string; arguments: string }[];
  finishReason: string | null;
  isDone: boolean;
}

export type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
/** Mistral's parts: `text` is content, `thinking` is not. */
const partsOf = (value: unknown): string =>
  Array.isArray(value)
    ? listOf(value)
        .map((part) => textOf(part.text))
        .join("")
    : textOf(value);

/** The data of each event, by an independent parser. */
export function dataOf(latin1: string): string[] {
  const found: string[] = [];
  const parser = createParser({ onEvent: (event) => found.push(event.data), maxBufferSize: undefined });
  const text = Buffer.from(latin1, "latin1").toString("utf8");
  /** The parser waits for what follows a CR. */
  parser.feed(text.endsWith("\r") ? `${text}\n` : text);
  return found;
}

/** Adds up the first choice as a client would that takes every delta at its word. */
export function understand(latin1: string): Understood {
  const sum: Understood = {
    content: "",
    reasoning: "",
    refusal: "",
    toolCalls: [],
    finishReason: null,
    isDone: false,
  };
  for (const data of dataOf(latin1)) {
    if (data === "[DONE]") sum.isDone = true;
    else
      for (const choice of listOf(JSON.parse(data).choices))
        if (choice.index === 0) addChoice(sum, choice, choice.delta);
  }
  return sum;
}

/** The same of an answer that was not streamed. */
export function understandReply(reply: unknown): Understood {
  const sum: Understood = {
    content: "",
    reasoning: "",
    refusal: "",
    toolCalls: [],
    finishReason: null,
    isDone: true,
  };
  for (const choice of listOf(fieldsOf(reply).choices))
    if (choice.index === 0) addChoice(sum, choice, choice.message);
  return sum;
}

function addChoice(sum: Understood, choice: Fields, told: unknown): void {
  const delta = fieldsOf(told);
  sum.content += partsOf(delta.content);
  sum.reasoning += textOf(delta.reasoning_content) || textOf(delta.reasoning);
  sum.refusal += textOf(delta.refusal);
  listOf(delta.tool_calls).forEach((call, position) => {
    const index = typeof call.index === "number" ? call.index : position;
    sum.toolCalls[index] ??= { id: "", name: "", arguments: "" };
    const known = sum.toolCalls[index];
    const called = fieldsOf(call.function);
    known.id ||= textOf(call.id);
    known.name ||= textOf(called.name);
    known.arguments += textOf(called.arguments);
  });
  if (typeof choice.finish_reason === "string") sum.finishReason = choice.finish_reason;
}

/** The events of a stream with their bytes, cut at blank lines by a rule of its own. */
export function eventsOf(latin1: string): string[] {
  return latin1.match(/(?:(?!\r\n\r\n|\n\n|\r\r)[\s\S])+(?:\r\n\r\n|\n\n|\r\r|$)/g) ?? [];
}
