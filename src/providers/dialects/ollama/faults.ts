import { type Fault, type FaultKind, fault, type UpstreamError } from "../../../core/faults.ts";
import { parseJson } from "../../../core/json.ts";
import { kindOf, kindOfEmbedded, readError, retryAfterMs } from "../../refusals.ts";

/** https://github.com/ollama/ollama/blob/main/llm/llama_server.go, and what 0.12 to 0.40 were seen to answer. */
const CONTEXT = /exceeds the (available )?context|longer than the context|exceeds maximum context/i;
/** What this model cannot do, and another one may. */
const INCAPABLE =
  /does not support (tools|thinking|chat|generate|insert|embeddings|multimodal)|only supports one image|missing data required for image|(invalid|parse|parsing|load).{0,30}(grammar|schema in format)|invalid format: /i;
const MODEL = /^(this server cannot run this remote model|invalid model name|no compatible manifest)/i;
const IMAGE = /illegal base64|failed to (load|process|decode) image|unknown (image )?format/i;

const JUDGED_CHARACTERS = 400;

/** Ollama's words where they say more than its status: it answers 500 to much that is not its own failure. */
function kindOfWords(error: UpstreamError | null): FaultKind | null {
  const words = error?.message.slice(0, JUDGED_CHARACTERS) ?? "";
  if (CONTEXT.test(words)) return "context_too_long";
  if (INCAPABLE.test(words)) return "unsupported";
  if (MODEL.test(words)) return "model_missing";
  return IMAGE.test(words) ? "bad_request" : null;
}

/** `{"error": "…"}`; since 0.30 the text may be llama-server's own error, a JSON object itself. */
function readOllamaError(raw: unknown): UpstreamError | null {
  const inner = typeof raw === "string" && raw.startsWith("{") ? parseJson(raw) : undefined;
  return (inner === undefined ? null : readError(inner)) ?? readError({ error: raw });
}

/** An error told inside a 200, streaming or not. */
export function toldFault(raw: unknown): Fault {
  const error = readOllamaError(raw);
  const kind = kindOfWords(error) ?? kindOfEmbedded({}, error).kind;
  return withWindow(fault(kind, "an error inside a 200", { error }));
}

/** The window that the model runs with is in the words, and often far below what it was made for. */
function withWindow(found: Fault): Fault {
  const told = /context size \((\d{1,9}) tokens\)/.exec(found.error?.message ?? "");
  return found.kind === "context_too_long" && told ? { ...found, windowTokens: Number(told[1]) } : found;
}

export function ollamaFault(status: number, headers: Headers, body: string, nowMs: number): Fault {
  const told = parseJson(body);
  const raw = typeof told === "object" && told !== null && "error" in told ? told.error : undefined;
  const error = raw === undefined ? readError(told) : readOllamaError(raw);
  const isJudged = status >= 400 && status !== 401 && status !== 403 && status !== 429;
  const kind = (isJudged ? kindOfWords(error) : null) ?? kindOf(status, error);
  return withWindow(
    fault(kind, `HTTP ${status}`, { status, error, retryAfterMs: retryAfterMs(headers, nowMs) }),
  );
}
