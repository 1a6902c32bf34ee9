import { isObject, type JsonObject, lookUp } from "../../../core/json.ts";
import type { FinishReason } from "../../translate/completion.ts";
import type { ReasoningDetail } from "../../translate/parts.ts";
import { CLAUDE_ISSUER, OPENAI_ISSUER } from "./models.ts";

const FINISHES: Readonly<Record<string, FinishReason | "malformed">> = {
  end_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
  refusal: "content_filter",
  malformed_model_output: "malformed",
  malformed_tool_use: "malformed",
};

/** A reason we do not know ends an answer like any other. */
export function finishOf(stopReason: string): FinishReason | "malformed" {
  return lookUp(FINISHES, stopReason) ?? "stop";
}

/** OpenAI's open models leave marks of their prompt format: `json<|channel|>commentary`. */
export function toolName(name: unknown): string {
  return typeof name === "string" ? name.split("<|", 1).join() : "";
}

/** A call that the provider's own server answers is no call for the client. */
export function isServerCall(toolUse: JsonObject): boolean {
  return toolUse.type === "server_tool_use";
}

/** Signed reasoning, which has to come back as it is; what is not signed is only for reading. */
export function signedDetail(text: string, signature: string, index: number): ReasoningDetail {
  return { type: "reasoning.text", text, signature, format: CLAUDE_ISSUER, index };
}

/** "rsn_" in base64: how OpenAI's encrypted reasoning begins on Bedrock. Claude's does not. */
const OPENAI_PREFIX = "cnNuX";

export function encryptedDetail(data: string, index: number): ReasoningDetail {
  const format = data.startsWith(OPENAI_PREFIX) ? OPENAI_ISSUER : CLAUDE_ISSUER;
  return { type: "reasoning.encrypted", data, format, index };
}

/** OpenAI's `url_citation` of a piece of text; null where the source is no web page, which OpenAI has no shape for. */
export function urlCitation(citation: JsonObject, start: number, end: number): JsonObject | null {
  const location = isObject(citation.location) ? citation.location : {};
  const web = isObject(location.web) ? location.web : {};
  if (typeof web.url !== "string") return null;
  const title = typeof citation.title === "string" ? citation.title : "";
  return {
    type: "url_citation",
    url_citation: { url: web.url, title, start_index: start, end_index: end },
  };
}
