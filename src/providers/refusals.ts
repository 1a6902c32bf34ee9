import { type Fault, type FaultKind, fault, type UpstreamError } from "../core/faults.ts";
import { isObject, type JsonObject, numberOf, parseJson } from "../core/json.ts";

/**
 * Beside OpenAI's words those of xAI (https://github.com/cline/cline/issues/3120), Moonshot
 * (https://github.com/MoonshotAI/kimi-cli/issues/2011), Alibaba (https://github.com/QwenLM/qwen-code/issues/98) and Z.ai.
 */
const CONTEXT =
  /context.{0,20}(length|window|size)|maximum.{0,20}tokens|(prompt|input) is too long|too many tokens|exceed_context|tokens \+ .{0,20}must be <=|maximum prompt length|exceeded model token limit|range of input length|prompt exceeds max/i;
/** xAI's is a 403 like a refused key: https://github.com/UKGovernmentBEIS/inspect_ai/pull/2267 */
const CONTENT =
  /content_policy|content_filter|responsibleai|moderation|flagged|violates usage guidelines|content exists risk|considered high risk|data_?inspection_?failed/i;
/**
 * What this model or server cannot do with any request of this form, and another one may; told with whatever status:
 * OpenRouter's 404 (https://github.com/Routstr/routstr-core/issues/554), llama.cpp's 500
 * (https://github.com/ggml-org/llama.cpp/issues/13566), vLLM's 400 (https://github.com/vllm-project/vllm/issues/9986), Moonshot's
 * (https://github.com/can1357/oh-my-pi/issues/1077).
 */
const INCAPABLE =
  /no endpoints found that support|(image|audio|video) input is not supported|tool choice requires --|tools param requires --|unsupported param: tools|tool_choice .{0,20}incompatible with thinking/i;
/** Not the bare word billing: rate limit messages link to the billing page. */
const QUOTA =
  /insufficient_quota|insufficient.{0,10}(credit|balance|funds|quota)|exceeded_current_quota_error|arrearage|billing.{0,6}(limit|error|not)|credit.?balance|out of credits|spend_limit|organization_usage_limit|payment.?required/i;
const MODEL =
  /model_not_found|model_not_exist|unknown_model|deploymentnotfound|(model|deployment).{0,120}(does not exist|not found|not exist|not available|decommissioned)/i;
const OVERLOADED = /overloaded|capacity|unavailable|server_error|server is busy|internal/i;
const RATE = /rate.?limit|too many requests|slow_down/i;
const CREDENTIAL =
  /invalid_api_key|incorrect api key|invalid.{0,10}(api.?key|authentication|token)|unauthorized|authentication_error|permission/i;

/** The four fields of an OpenAI error from whatever shape a server of this dialect sends. */
export function readError(body: unknown): UpstreamError | null {
  const value = Array.isArray(body) ? body[0] : body;
  if (!isObject(value)) return typeof value === "string" && value !== "" ? bare(value) : null;
  const error =
    value.error ??
    (typeof value.message === "string" || typeof value.detail === "string" ? value : undefined);
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

/** What stands between quotes; an apostrophe inside a word is none. */
const QUOTED = /(?<!\w)'[^']*'(?!\w)|"[^"]*"|`[^`]*`/g;
const JUDGED_CHARACTERS = 4000;

/** The error's own words. What it quotes may be the caller's text, which must not be able to make a provider rest. */
export function wordsToJudge(error: UpstreamError | null): string {
  if (!error) return "";
  return `${error.code ?? ""} ${error.type ?? ""} ${error.message.slice(0, JUDGED_CHARACTERS).replace(QUOTED, "''")}`;
}

/** Types a refusal by its status first and its words second; words decide only where a status has several meanings. */
export function kindOf(status: number, error: UpstreamError | null): FaultKind {
  const words = wordsToJudge(error);
  if (status === 401 || status === 402 || QUOTA.test(words)) return "upstream_auth";
  if (status >= 400 && status !== 403 && status !== 429 && INCAPABLE.test(words)) return "unsupported";
  if (status === 403) return CONTENT.test(words) ? "content_refused" : "upstream_auth";
  if (status === 429 || (status === 413 && RATE.test(words))) return "rate_limited";
  if (status === 404 || status === 405 || status === 410) return "model_missing";
  if (status === 408 || status === 504 || status === 524) return "timeout";
  if (status >= 498) return "overloaded";
  if (status < 400) return "malformed";
  if (CONTEXT.test(words)) return "context_too_long";
  if (CONTENT.test(words)) return "content_refused";
  if (MODEL.test(words)) return "model_missing";
  return /invalid_api_key|api_key_invalid|API key not valid|incorrect API key/i.test(words)
    ? "upstream_auth"
    : "bad_request";
}

/**
 * An error told inside a 200 has no status of its own: a numeric code is read as one (OpenRouter, vLLM, Groq's
 * `status_code`), else the words decide.
 */
export function kindOfEmbedded(
  raw: JsonObject,
  error: UpstreamError | null,
): { kind: FaultKind; status: number | null } {
  const told = numberOf(raw.status_code ?? raw.code);
  if (Number.isInteger(told) && told >= 400 && told < 600) return { kind: kindOf(told, error), status: told };
  const words = wordsToJudge(error);
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
  if (precise !== null && /^\d+(\.\d+)?$/.test(precise.trim()))
    return Math.min(MAX_WAIT_MS, Math.ceil(Number(precise)));
  const plain = headers.get("retry-after");
  if (plain === null) return null;
  if (/^\d+(\.\d+)?$/.test(plain.trim())) return Math.min(MAX_WAIT_MS, Math.ceil(Number(plain) * 1000));
  if (!/^[a-z]{3,9},? .*\d{4}/i.test(plain.trim())) return null;
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
