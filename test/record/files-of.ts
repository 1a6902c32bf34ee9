import type { JsonObject } from "../../src/core/json.ts";
import { isObject, parseJson } from "../../src/core/json.ts";
import { CASE_TARGET } from "../../src/testing/dialect-case.ts";
import { type EventMessage, eventStream, messagesIn } from "../../src/testing/event-stream.ts";
import type { Asked } from "./ask.ts";
import type { BareCase } from "./expected-of.ts";
import type { Scrubber } from "./scrub.ts";
import type { Problem } from "./subject.ts";

/** A case as it is to be written, but for what is expected of it. */
export interface CaseFiles {
  /** By name: `upstream.sse`. */
  files: Record<string, Buffer>;
  /** The same as the tests will read it. */
  it: BareCase;
}

export const written = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Question and answer without what says who asked. */
export function filesOf(request: JsonObject, asked: Asked, scrubber: Scrubber): CaseFiles | Problem {
  const answer = answerFile(asked, scrubber);
  if ("problem" in answer) return answer;
  const requestText = scrubber.scrub(written(request));
  const target = targetFile(asked);
  const targetText = scrubber.scrub(written(target));
  const head = { status: asked.status, headers: asked.headers };
  const headText = scrubber.scrub(written(head));
  const { name, bytes, stream } = answer;
  return {
    files: {
      "request.json": Buffer.from(requestText),
      ...(Object.keys(target).length > 0 && { "target.json": Buffer.from(targetText) }),
      [name]: bytes,
      "upstream.head.json": Buffer.from(headText),
    },
    it: {
      request: JSON.parse(requestText),
      target: JSON.parse(targetText),
      stream,
      reply: stream === null ? bytes.toString("utf8") : null,
      head: JSON.parse(headText),
    },
  };
}

/** How the target differs from the usual one. */
function targetFile({ target }: Asked): JsonObject {
  const { attachments, ...rest } = target;
  const told: [string, unknown][] = Object.entries(rest).filter(
    ([name, value]) => written(value) !== written(CASE_TARGET[name as keyof typeof CASE_TARGET]),
  );
  if (attachments.size > 0) told.push(["attachments", Object.fromEntries(attachments)]);
  return Object.fromEntries(told);
}

interface AnswerFile {
  name: string;
  bytes: Buffer;
  /** One latin1 character a byte; null = the answer is none. */
  stream: string | null;
}

function answerFile(asked: Asked, scrubber: Scrubber): AnswerFile | Problem {
  const { headers, status, bytes, isCut } = asked;
  const type = status >= 200 && status < 300 ? (headers["content-type"] ?? "") : "";
  if (/amazon\.eventstream/i.test(type)) return eventsFile(bytes, scrubber);
  const kind = /event-stream/i.test(type) ? "sse" : /ndjson/i.test(type) ? "ndjson" : null;
  if (kind === null && isCut) return { problem: "the answer broke off before its end" };
  const read = textOf(bytes);
  if (read === null) return { problem: "the answer is no UTF-8" };
  const text = scrubber.scrub(read.text);
  if (kind !== null) {
    // A character that was cut is written as it came.
    const whole = Buffer.concat([Buffer.from(text), read.rest]);
    return { name: `upstream.${kind}`, bytes: whole, stream: whole.toString("latin1") };
  }
  const isJson = isObject(parseJson(text)) || Array.isArray(parseJson(text));
  return { name: isJson ? "upstream.json" : "upstream.txt", bytes: Buffer.from(text), stream: null };
}

/** AWS's binary stream, as the list of its messages: one a line, so that a difference is readable. */
function eventsFile(bytes: Buffer, scrubber: Scrubber): AnswerFile | Problem {
  try {
    const lines = messagesIn(bytes).messages.map((message) => scrubber.scrub(JSON.stringify(message)));
    const text = `[\n  ${lines.join(",\n  ")}\n]\n`;
    const messages: EventMessage[] = JSON.parse(text);
    return { name: "upstream.events.json", bytes: Buffer.from(text), stream: eventStream(messages) };
  } catch (error) {
    return {
      problem: `the event stream cannot be read: ${error instanceof Error ? error.message : "unknown"}`,
    };
  }
}

const LONGEST_CHARACTER_BYTES = 4;

/** UTF-8, and the bytes of a last character that is not whole; null = it is none. */
function textOf(bytes: Buffer): { text: string; rest: Buffer } | null {
  for (let rest = 0; rest < LONGEST_CHARACTER_BYTES && rest <= bytes.length; rest++) {
    const whole = bytes.subarray(0, bytes.length - rest);
    const text = whole.toString("utf8");
    if (Buffer.from(text).equals(whole)) return { text, rest: bytes.subarray(bytes.length - rest) };
  }
  return null;
}
