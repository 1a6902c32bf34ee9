import { lookUp } from "../../../core/json.ts";
import type { FinishReason } from "../../translate/completion.ts";

/** https://ai.google.dev/api/generate-content#FinishReason, and what Vertex adds to it. */
const REASONS: Readonly<Record<string, FinishReason | "broken">> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  LANGUAGE: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  MODEL_ARMOR: "content_filter",
  JAILBREAK: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
  MALFORMED_FUNCTION_CALL: "broken",
  MALFORMED_RESPONSE: "broken",
  UNEXPECTED_TOOL_CALL: "broken",
  TOO_MANY_TOOL_CALLS: "broken",
  MISSING_THOUGHT_SIGNATURE: "broken",
};

/**
 * Why an answer ended; null = it has not. `broken`: the model wrote something that is no answer (a call that cannot be
 * read, a tool that is not there), and another try is worth more than what there is. Words not known here are `stop`.
 */
export function finishOf(raw: unknown): FinishReason | "broken" | null {
  if (typeof raw !== "string" || raw === "" || raw === "FINISH_REASON_UNSPECIFIED") return null;
  return lookUp(REASONS, raw) ?? "stop";
}
