import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DialectId } from "../../providers/contract.ts";
import { type EventMessage, eventStream } from "../event-stream.ts";
import { fixtureCases } from "../fixtures.ts";

/** A stream taken apart into its events, in a form that can be put together again. */
export interface WireStream {
  /** Messages of AWS's binary stream, whose headers lie in `head` as JSON. */
  isBinary: boolean;
  events: readonly WireEvent[];
}

export interface WireEvent {
  /** What is before its JSON. */
  head: string;
  /** Undefined where it has no JSON. */
  payload: unknown;
  /** What is after its JSON. */
  tail: string;
}

/** What providers of one dialect were seen to say. */
export interface WireCorpus {
  streams: readonly WireStream[];
  replies: readonly string[];
}

const DIALECTS = join(import.meta.dir, "../../providers/dialects");
/** What is longer says the same again, and costs time. */
const MOST_CHARACTERS = 6_000;

/** From the cases of the dialect's folder. */
export function wireCorpus(dialect: DialectId): WireCorpus {
  const folder = join(DIALECTS, dialect, "fixtures");
  const cases = fixtureCases(folder);
  const replies = cases.flatMap(({ reply }) => reply ?? []).filter((it) => it.length <= MOST_CHARACTERS);
  const streams = cases.flatMap(({ name, stream }) => {
    const messages = join(folder, name, "upstream.events.json");
    if (existsSync(messages))
      return { isBinary: true, events: messagesOf(JSON.parse(readFileSync(messages, "utf8"))) };
    if (stream === null || stream.length > MOST_CHARACTERS) return [];
    return { isBinary: false, events: eventsOfText(stream) };
  });
  return { streams, replies };
}

/** The bytes of the stream, one latin1 character each. */
export function textOf({ isBinary, events }: WireStream): string {
  if (isBinary) return eventStream(events.map(({ head, payload }) => [JSON.parse(head), payload]));
  return events.map(({ head, payload, tail }) => head + jsonOf(payload) + tail).join("");
}

function jsonOf(payload: unknown): string {
  return payload === undefined ? "" : Buffer.from(JSON.stringify(payload), "utf8").toString("latin1");
}

function messagesOf(messages: readonly EventMessage[]): WireEvent[] {
  return messages.map(([headers, payload]) => ({ head: JSON.stringify(headers), payload, tail: "" }));
}

const JSON_LINE = /^((?:[^\n]*\n)*?(?:data: ?)?)(\{.*\}|\[[^D].*\])(\s*)$/s;

/** Each line or block with JSON in it, and what lies between. */
function eventsOfText(stream: string): WireEvent[] {
  const blocks = stream.includes("\n\n") || stream.includes("\r\n\r\n") ? /(?<=\n\r?\n)/ : /(?<=\n)/;
  return stream.split(blocks).map((block) => {
    const [, head, json, tail] = JSON_LINE.exec(block) ?? [];
    const payload = json === undefined ? undefined : parsed(json);
    return payload === undefined
      ? { head: block, payload: undefined, tail: "" }
      : { head: head ?? "", payload, tail: tail ?? "" };
  });
}

function parsed(latin1Json: string): unknown {
  try {
    return JSON.parse(Buffer.from(latin1Json, "latin1").toString("utf8"));
  } catch {
    return undefined;
  }
}
