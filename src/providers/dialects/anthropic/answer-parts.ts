import { isObject, type JsonObject, lookUp } from "../../../core/json.ts";
import type { FinishReason } from "../../translate/completion.ts";
import type { ReasoningDetail } from "../../translate/parts.ts";
import { REASONING_FORMAT } from "./blocks.ts";

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons; `pause_turn` is a server tool's pause. */
const FINISHES: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content_filter",
};

/** A reason that is new to us ends the answer like any other. */
export function finishOf(stopReason: string): FinishReason {
  return lookUp(FINISHES, stopReason) ?? "stop";
}

/** What is said of a refusal, which may be nothing; null = it was none. */
export function refusalOf(stopReason: unknown, details: unknown): string | null {
  if (stopReason !== "refusal") return null;
  const told = isObject(details) ? details.explanation : undefined;
  return typeof told === "string" && told !== "" ? told : "The model declined to answer.";
}

/**
 * What a thinking block has to come back as; null for one that could not: without a signature the API takes none back.
 * The index counts the answer's details.
 */
export function detailOf(block: JsonObject, index: number): ReasoningDetail | null {
  const { type, thinking, signature, data } = block;
  if (type === "redacted_thinking" && typeof data === "string")
    return { type: "reasoning.encrypted", data, format: REASONING_FORMAT, index };
  if (type !== "thinking" || typeof signature !== "string" || signature === "") return null;
  const text = typeof thinking === "string" ? thinking : "";
  return { type: "reasoning.text", text, signature, format: REASONING_FORMAT, index };
}

/** OpenAI's annotation of the text from `start` to `end` (UTF-16); null for a source that has no address. */
export function annotationOf(citation: unknown, start: number, end: number): JsonObject | null {
  if (!isObject(citation)) return null;
  const url = citation.url ?? citation.source;
  if (typeof url !== "string" || url === "") return null;
  const title = typeof citation.title === "string" && citation.title !== "" ? citation.title : url;
  return { type: "url_citation", url_citation: { start_index: start, end_index: end, url, title } };
}
