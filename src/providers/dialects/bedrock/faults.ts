import { type Fault, type FaultKind, fault, type UpstreamError } from "../../../core/faults.ts";
import { isObject, type JsonObject, lookUp, numberOf, parseJson } from "../../../core/json.ts";
import { kindOf, retryAfterMs, wordsToJudge } from "../../refusals.ts";

/**
 * What an exception means where its name says it; the other names are judged by their words and status.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
const KINDS: Readonly<Record<string, FaultKind>> = {
  ThrottlingException: "rate_limited",
  TooManyRequestsException: "rate_limited",
  ServiceQuotaExceededException: "rate_limited",
  ServiceUnavailableException: "overloaded",
  ServiceUnavailable: "overloaded",
  InternalServerException: "overloaded",
  InternalFailure: "overloaded",
  ModelNotReadyException: "overloaded",
  ModelTimeoutException: "timeout",
  AccessDeniedException: "upstream_auth",
  UnrecognizedClientException: "upstream_auth",
  InvalidSignatureException: "upstream_auth",
  SignatureDoesNotMatch: "upstream_auth",
  IncompleteSignature: "upstream_auth",
  IncompleteSignatureException: "upstream_auth",
  ExpiredTokenException: "upstream_auth",
  RequestExpired: "upstream_auth",
  MissingAuthenticationTokenException: "upstream_auth",
  InvalidClientTokenId: "upstream_auth",
  NotAuthorized: "upstream_auth",
  OptInRequired: "upstream_auth",
  ResourceNotFoundException: "model_missing",
  FTUFormNotFilled: "model_missing",
};

const CONTEXT = /input is too long|too many input tokens|expected maxLength|maximum number of input tokens/i;
/** More output than the model can write is the caller's mistake: a larger window does not help. */
const OUTPUT = /maximum tokens.{0,30}exceeds the model limit/i;
const MODEL =
  /model identifier is invalid|on-demand throughput|doesn.t support the model|model version has reached the end/i;
const ACCOUNT = /operation not allowed|not authorized|account is not|access denied/i;

/** A refused call: the exception's name is in a header, or in the body. */
export function bedrockFault(status: number, headers: Headers, body: string, nowMs: number): Fault {
  const told = parseJson(body);
  const type = nameOf(headers.get("x-amzn-errortype")) ?? typeIn(told);
  const error = errorOf(type, told);
  return fault(kindFor(type, status, error, told), `HTTP ${status}${wordOf(type)}`, {
    status,
    error,
    retryAfterMs: retryAfterMs(headers, nowMs),
  });
}

/** An exception inside a stream: the same, named in lower camel case and without a status. */
export function exceptionFault(name: string, payload: JsonObject): Fault {
  const type = name === "" ? null : name.charAt(0).toUpperCase() + name.slice(1);
  const error = errorOf(type, payload);
  const status = lookUp(STATUSES, type ?? "") ?? 500;
  return fault(kindFor(type, status, error, payload), `an exception in the stream${wordOf(type)}`, { error });
}

/** What the same exceptions have as their status outside a stream. */
const STATUSES: Readonly<Record<string, number>> = {
  ValidationException: 400,
  ModelStreamErrorException: 424,
};

function kindFor(type: string | null, status: number, error: UpstreamError | null, told: unknown): FaultKind {
  const known = lookUp(KINDS, type ?? "");
  if (known) return known;
  if (type === "ModelErrorException" || type === "ModelStreamErrorException" || status === 424)
    return modelErrorKind(error, told);
  const words = wordsToJudge(error);
  if (status === 400 || type === "ValidationException") {
    if (OUTPUT.test(words)) return "bad_request";
    if (CONTEXT.test(words)) return "context_too_long";
    if (MODEL.test(words)) return "model_missing";
    if (ACCOUNT.test(words)) return "upstream_auth";
  }
  return kindOf(status, error);
}

/** The model's own failure: its own status says whose fault it was, where it is told. */
function modelErrorKind(error: UpstreamError | null, told: unknown): FaultKind {
  const original = isObject(told) ? numberOf(told.originalStatusCode) : Number.NaN;
  if (CONTEXT.test(wordsToJudge(error))) return "context_too_long";
  return original >= 400 && original < 500 ? kindOf(original, error) : "overloaded";
}

/** "ValidationException:http://internal.amazon.com/coral/…" and "com.amazon.coral.service#UnknownOperationException". */
function nameOf(told: string | null): string | null {
  const name = told?.split(":")[0]?.split("#").at(-1)?.trim() ?? "";
  return name === "" ? null : name;
}

function typeIn(told: unknown): string | null {
  const body = isObject(told) ? told : {};
  const inner = isObject(body.Output) ? body.Output : body;
  const type = inner.__type ?? body.type ?? body.code;
  return typeof type === "string" ? nameOf(type) : null;
}

/** The exception's name is no word of OpenAI's: it stays in our log. */
function errorOf(type: string | null, told: unknown): UpstreamError | null {
  const body = isObject(told) ? told : {};
  const message = [body.originalMessage, body.message, body.Message].find(
    (text): text is string => typeof text === "string" && text !== "",
  );
  if (message === undefined && type === null) return null;
  return { message: message ?? "the provider gave no message", type: null, param: null, code: null };
}

/** For our log: the name of an exception is no more than letters. */
function wordOf(type: string | null): string {
  return type === null ? "" : ` ${type.replace(/[^a-zA-Z]/g, "").slice(0, 60)}`;
}
