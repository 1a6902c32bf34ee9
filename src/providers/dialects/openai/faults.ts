import { type Fault, type FaultKind, type UpstreamError, fault } from "../../../core/faults.ts";
import { type JsonObject, isObject, parseJson } from "../../../core/json.ts";

const CONTEXT = /context.{0,20}(length|window|size)|maximum.{0,20}tokens|prompt is too long|too many tokens|exceed_context/i;
const CONTENT = /content_policy|content_filter|responsibleai|moderation|flagged/i;
const QUOTA = /insufficient_quota|insufficient.{0,10}(credit|balance|funds)|billing|credit_balance|spend_limit|usage_limit|payment.?required/i;
const MODEL = /model_not_found|model_not_exist|unknown_model|deploymentnotfound|(model|deployment).{0,120}(does not exist|not found|not exist|not available)/i;
const OVERLOADED = /overloaded|capacity|unavailable|server_error|server is busy|internal/i;
const RATE = /rate.?limit|too many requests|slow_down/i;
const CREDENTIAL = /invalid_api_key|incorrect api key|invalid.{0,10}(api.?key|authentication|token)|unauthorized|authentication_error|permission/i;

/** The four fields of an OpenAI error from whatever shape a server of this dialect sends. */
export function readError(body: unknown): UpstreamError | null {
  const value = Array.isArray(body) ? body[0] : body;
  if (!isObject(value)) return typeof value === "string" && value !== "" ? bare(value) : null;
  const error = value.error ?? (typeof value.message === "string" || typeof value.detail === "string" ? value : undefined);
  if (typeof error === "string") return bare(error);
  if (!isObject(error)) return Array.isArray(value.detail) ? bare(JSON.stringify(value.detail)) : null;
  const message = text(error.message) ?? text(error.detail) ?? text(error.failed_generation);
  return {
    message: message ?? "the provider gave no message",
    type: text(error.type) ?? text(error.status),
    param: text(error.param),
    code: text(error.code) ?? (typeof error.code === "number" ? String(error.code) : null),
  };
}

function bare(message: string): UpstreamError {
  return { message, type: null, param: null, code: null };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Types a refusal by its status first and its words second; words decide only where a status has several meanings. */
export function kindOf(status: number, error: UpstreamError | null): FaultKind {
  const words = error ? `${error.code ?? ""} ${error.type ?? ""} ${error.message}` : "";
  if (status === 429) return QUOTA.test(words) ? "upstream_auth" : "rate_limited";
  if (status === 401 || status === 402) return "upstream_auth";
  if (status === 403) return CONTENT.test(words) ? "content_refused" : "upstream_auth";
  if (status === 404) return "model_missing";
  if (status === 408 || status === 504 || status === 524) return "timeout";
  if (status >= 498) return "overloaded";
  if (status >= 300 && status < 400) return "malformed";
  if (QUOTA.test(words)) return "upstream_auth";
  if (CONTEXT.test(words)) return "context_too_long";
  if (CONTENT.test(words)) return "content_refused";
  if (MODEL.test(words)) return "model_missing";
  return /invalid_api_key|api_key_invalid|API key not valid/i.test(words) ? "upstream_auth" : "bad_request";
}

/**
 * An error told inside a 200 has no status of its own: a numeric code is read as one (OpenRouter, vLLM, Groq's
 * `status_code`), else the words decide.
 */
export function kindOfEmbedded(raw: JsonObject, error: UpstreamError | null): { kind: FaultKind; status: number | null } {
  const told = Number(raw.status_code ?? raw.code);
  if (Number.isInteger(told) && told >= 400 && told < 600) return { kind: kindOf(told, error), status: told };
  const words = error ? `${error.code ?? ""} ${error.type ?? ""} ${error.message}` : "";
  if (QUOTA.test(words) || CREDENTIAL.test(words)) return { kind: "upstream_auth", status: null };
  if (RATE.test(words)) return { kind: "rate_limited", status: null };
  if (MODEL.test(words)) return { kind: "model_missing", status: null };
  if (CONTEXT.test(words)) return { kind: "context_too_long", status: null };
  if (CONTENT.test(words)) return { kind: "content_refused", status: null };
  if (OVERLOADED.test(words)) return { kind: "overloaded", status: null };
  return { kind: error?.type === "invalid_request_error" ? "bad_request" : "overloaded", status: null };
}

/** The fault of an `error` object found in a 200, streaming or not. */
export function embeddedFault(raw: unknown): Fault {
  const error = readError({ error: raw });
  const { kind, status } = kindOfEmbedded(isObject(raw) ? raw : {}, error);
  return fault(kind, `an error inside a 200${wordsOf(error)}`, { status, error });
}

/** The machine-readable words of an error for our log; its message may hold the prompt and stays out. */
function wordsOf(error: UpstreamError | null): string {
  return [error?.type, error?.code].map((word) => (word ? ` ${word.slice(0, 60)}` : "")).join("");
}

const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** `retry-after-ms`, else `retry-after` in seconds or as an HTTP date; null where it says nothing usable. */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const precise = headers.get("retry-after-ms");
  if (precise !== null && /^\d+(\.\d+)?$/.test(precise.trim())) return Math.min(MAX_WAIT_MS, Math.ceil(Number(precise)));
  const plain = headers.get("retry-after");
  if (plain === null) return null;
  if (/^\d+(\.\d+)?$/.test(plain.trim())) return Math.min(MAX_WAIT_MS, Math.ceil(Number(plain) * 1000));
  const date = Date.parse(plain);
  return Number.isNaN(date) ? null : Math.min(MAX_WAIT_MS, Math.max(0, date - nowMs));
}

export function openaiFault(status: number, headers: Headers, body: string, nowMs: number): Fault {
  const error = readError(parseJson(body));
  return fault(kindOf(status, error), `HTTP ${status}${wordsOf(error)}`, {
    status,
    error,
    retryAfterMs: retryAfterMs(headers, nowMs),
  });
}
