import { type Fault, type FaultKind, fault, type UpstreamError } from "../../../core/faults.ts";
import { type JsonObject, parseJson } from "../../../core/json.ts";
import { kindOf, readError, retryAfterMs, wordsToJudge } from "../../refusals.ts";

/** https://platform.claude.com/docs/en/api/errors: told inside a stream, an error has its type only. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** A spend limit of the operator's, or an account that is closed, comes as a 400 like any bad request. */
const ACCOUNT = /^you have reached your specified .{0,20}usage limits|organization has been disabled/i;
const WINDOW = /exceed context limit/i;
const FILTERED = /content filtering/i;

function kindFor(status: number, error: UpstreamError | null): FaultKind {
  // More bytes than the API reads at all; somebody else may. What stands before the API refuses them without its words.
  if (status === 413 || error?.type === "request_too_large") return "context_too_long";
  if (status !== 400) return kindOf(status, error);
  if (ACCOUNT.test(error?.message ?? "")) return "upstream_auth";
  const words = wordsToJudge(error);
  if (WINDOW.test(words)) return "context_too_long";
  return FILTERED.test(words) ? "content_refused" : kindOf(status, error);
}

export function anthropicFault(status: number, headers: Headers, body: string, nowMs: number): Fault {
  const error = readError(parseJson(body));
  return fault(kindFor(status, error), `HTTP ${status}${typeOf(error)}`, {
    status,
    error,
    retryAfterMs: retryAfterMs(headers, nowMs) ?? resetMs(headers, nowMs),
  });
}

/** An `error` object in a 200, streaming or not. A type that is not documented is the provider's trouble. */
export function errorInAnswer(raw: JsonObject): Fault {
  const error = readError({ error: raw });
  const status = STATUS[error?.type ?? ""] ?? 500;
  return fault(kindFor(status, error), `an error inside a 200${typeOf(error)}`, { status, error });
}

/** For our log; the message may hold the prompt and stays out. */
function typeOf(error: UpstreamError | null): string {
  return error?.type ? ` ${error.type.slice(0, 60)}` : "";
}

const LIMITS = ["requests", "tokens", "input-tokens", "output-tokens"];

/**
 * When the limits that are used up are full again; null where none says so.
 * https://platform.claude.com/docs/en/api/rate-limits#response-headers
 */
function resetMs(headers: Headers, nowMs: number): number | null {
  const waits = LIMITS.filter((limit) => headers.get(`anthropic-ratelimit-${limit}-remaining`) === "0")
    .map((limit) => Date.parse(headers.get(`anthropic-ratelimit-${limit}-reset`) ?? "") - nowMs)
    .filter((waitMs) => Number.isFinite(waitMs));
  return waits.length === 0 ? null : Math.min(MAX_WAIT_MS, Math.max(0, ...waits));
}

const MAX_WAIT_MS = 24 * 60 * 60 * 1000;
