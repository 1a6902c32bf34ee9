import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJsonExactly } from "../../../core/json.ts";
import type { Decoded, DecodeOptions } from "../../contract.ts";
import { completionOf } from "../../translate/completion.ts";
import { Candidates } from "./candidates.ts";
import { embeddedFault } from "./faults.ts";
import { Answers } from "./findings.ts";
import { readUsage } from "./usage.ts";

export function decodeChat(text: string, options: DecodeOptions): Decoded | Fault {
  const reply = parseJsonExactly(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error) return embeddedFault(reply);
  const answers = new Answers();
  const broken = new Candidates().read(withoutCopies(reply), answers);
  if (broken) return broken;
  if (answers.list.length === 0) return notAnAnswer(text);
  return completionOf(
    {
      id: idOf(reply),
      answers: answers.list,
      usage: readUsage(reply.usageMetadata),
      createdS: createdOf(reply),
    },
    options,
  );
}

export function idOf({ responseId }: JsonObject): string | null {
  return typeof responseId === "string" && responseId !== "" ? responseId : null;
}

/** Vertex says when, in RFC 3339. */
export function createdOf({ createTime }: JsonObject): number | null {
  const ms = typeof createTime === "string" ? Date.parse(createTime) : Number.NaN;
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

export function notAnAnswer(text: string): Fault {
  const size = text.trim() === "" ? "an empty body" : `no answer in a body of ${text.length} characters`;
  return fault("malformed", size);
}

/**
 * With several candidates AI Studio writes all the others' parts behind those of the first one. They are taken off
 * where that is exactly what stands there: https://github.com/theopenco/llmgateway/pull/2630
 */
function withoutCopies(reply: JsonObject): JsonObject {
  const [first, ...others] = Array.isArray(reply.candidates) ? (reply.candidates as unknown[]) : [];
  const parts = partsOf(first);
  const copies = others.flatMap(partsOf);
  const kept = parts.length - copies.length;
  if (!isObject(first) || copies.length === 0 || kept < 1) return reply;
  if (JSON.stringify(parts.slice(kept)) !== JSON.stringify(copies)) return reply;
  const content = { ...(isObject(first.content) ? first.content : {}), parts: parts.slice(0, kept) };
  return { ...reply, candidates: [{ ...first, content }, ...others] };
}

function partsOf(candidate: unknown): unknown[] {
  const content = isObject(candidate) ? candidate.content : undefined;
  return isObject(content) && Array.isArray(content.parts) ? content.parts : [];
}
