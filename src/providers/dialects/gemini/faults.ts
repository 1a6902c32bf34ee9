import { type Fault, type FaultKind, fault, type UpstreamError } from "../../../core/faults.ts";
import { isObject, type JsonObject, numberOf, parseJson } from "../../../core/json.ts";
import { kindOf, readError, retryAfterMs } from "../../refusals.ts";

/**
 * Google's RPC errors: `{error: {code, message, status, details}}`, on some routes in an array.
 * https://ai.google.dev/gemini-api/docs/troubleshooting, https://cloud.google.com/apis/design/errors
 */
export function geminiFault(status: number, headers: Headers, body: string, nowMs: number): Fault {
  const parsed = parseJson(body);
  return faultOf(status, Array.isArray(parsed) ? parsed[0] : parsed, `HTTP ${status}`, (details) => {
    return delayOf(details) ?? retryAfterMs(headers, nowMs);
  });
}

/** An error inside a 200, streaming or not. */
export function embeddedFault(reply: JsonObject): Fault {
  const code = isObject(reply.error) ? numberOf(reply.error.code) : Number.NaN;
  const status = code >= 400 && code < 600 ? code : 500;
  return faultOf(status, reply, "an error inside a 200", delayOf);
}

function faultOf(
  status: number,
  reply: unknown,
  where: string,
  delay: (details: readonly JsonObject[]) => number | null,
): Fault {
  const error = readError(reply);
  const raw = isObject(reply) && isObject(reply.error) ? reply.error : {};
  const details = Array.isArray(raw.details) ? raw.details.filter(isObject) : [];
  const reasons = details.flatMap(({ reason }) => (typeof reason === "string" ? [reason] : []));
  const words = [raw.status, ...reasons].filter((word) => typeof word === "string");
  const found = kindFor(status, error, reasons, details);
  return fault(found, [where, ...words.map(short)].join(" "), {
    status,
    // Google's words for a class and its number are none of OpenAI's.
    error: error && { ...error, type: null, code: null },
    retryAfterMs: delay(details),
    ...(found === "context_too_long" ? windowIn(error) : {}),
  });
}

/** "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." */
function windowIn(error: UpstreamError | null): { windowTokens?: number } {
  const told = /tokens allowed \(?(\d{1,9})\b/.exec(error?.message ?? "")?.[1];
  return told === undefined ? {} : { windowTokens: Number(told) };
}

function short(word: string): string {
  return word.slice(0, 60);
}

const JUDGED_CHARACTERS = 400;
/** What this model cannot do or does not understand, and another one may. */
const INCAPABLE =
  /(not (enabled|supported) (for|by) (this model|the (current )?model|models\/)|calling.{0,60} is unsupported|only one candidate|only works in thinking mode|thought signature|unsupported mime type)/i;

function kindFor(
  status: number,
  error: UpstreamError | null,
  reasons: readonly string[],
  details: readonly JsonObject[],
): FaultKind {
  // A key that is wrong or expired is a 400, and so is a project that may not be called from here or has no billing.
  if (reasons.some((reason) => /^API_KEY_|^SERVICE_DISABLED|^BILLING_DISABLED/.test(reason)))
    return "upstream_auth";
  if (status === 400 && error?.type === "FAILED_PRECONDITION") return "upstream_auth";
  if (status === 400 && INCAPABLE.test(error?.message.slice(0, JUDGED_CHARACTERS) ?? ""))
    return "unsupported";
  if (status === 429 && isSpent(details)) return "upstream_auth";
  // A file of somebody else's, or one that is gone.
  if (status === 403 && /^you do not have permission to access the file/i.test(error?.message ?? ""))
    return "bad_request";
  return kindOf(status, error);
}

/** A quota of the day, or one of nothing: waiting a minute, as `RetryInfo` says all the same, does not help. */
function isSpent(details: readonly JsonObject[]): boolean {
  return details
    .flatMap(({ violations }) => (Array.isArray(violations) ? violations.filter(isObject) : []))
    .some(
      ({ quotaId, quotaValue }) =>
        (typeof quotaId === "string" && /PerDay/i.test(quotaId)) || quotaValue === "0",
    );
}

const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/** `RetryInfo`: `{retryDelay: "34.4s"}`. */
function delayOf(details: readonly JsonObject[]): number | null {
  for (const { retryDelay } of details) {
    const seconds = typeof retryDelay === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(retryDelay)?.[1] : undefined;
    if (seconds !== undefined) return Math.min(MAX_WAIT_MS, Math.ceil(Number(seconds) * 1000));
  }
  return null;
}
