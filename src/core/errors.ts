/**
 * Every error a client can be given: code → status and OpenAI's word for the class, in one typed table.
 * `docs/errors.md` is tested against it both ways.
 */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "budget_error"
  | "rate_limit_error"
  | "upstream_error"
  | "server_error";

export type ErrorCode =
  | "invalid_request"
  | "invalid_api_key"
  | "not_signed_in"
  | "wrong_credentials"
  | "budget_exceeded"
  | "model_not_allowed"
  | "insufficient_scope"
  | "cross_site"
  | "denied_by_rule"
  | "model_not_found"
  | "not_found"
  | "method_not_allowed"
  | "request_timeout"
  | "conflict"
  | "link_ended"
  | "request_too_large"
  | "idempotency_key_used"
  | "idempotency_mismatch"
  | "rate_limit_exceeded"
  | "all_candidates_failed"
  | "internal_error"
  | "no_candidate"
  | "shutting_down";

export interface ErrorRule {
  /** `all_candidates_failed` may also be 429, 503 or 504; see `statusOfFailures` in the gateway. */
  status: number;
  /** Whether an SDK's own retry can help. False is sent as `x-should-retry: false`. */
  retry: boolean;
}

export const ERRORS: Record<ErrorCode, ErrorRule> = {
  invalid_request: { status: 400, retry: false },
  invalid_api_key: { status: 401, retry: false },
  not_signed_in: { status: 401, retry: false },
  wrong_credentials: { status: 401, retry: false },
  budget_exceeded: { status: 402, retry: false },
  model_not_allowed: { status: 403, retry: false },
  insufficient_scope: { status: 403, retry: false },
  cross_site: { status: 403, retry: false },
  denied_by_rule: { status: 403, retry: false },
  model_not_found: { status: 404, retry: false },
  not_found: { status: 404, retry: false },
  method_not_allowed: { status: 405, retry: false },
  request_timeout: { status: 408, retry: true },
  conflict: { status: 409, retry: false },
  link_ended: { status: 410, retry: false },
  request_too_large: { status: 413, retry: false },
  idempotency_key_used: { status: 409, retry: false },
  idempotency_mismatch: { status: 422, retry: false },
  rate_limit_exceeded: { status: 429, retry: true },
  all_candidates_failed: { status: 502, retry: false },
  internal_error: { status: 500, retry: false },
  no_candidate: { status: 503, retry: false },
  shutting_down: { status: 503, retry: true },
};

/** OpenAI's class word for a status; the SDKs pick their exception by status, people read this. */
export function errorTypeOf(status: number): ErrorType {
  if (status === 401) return "authentication_error";
  if (status === 402) return "budget_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  if (status === 500) return "server_error";
  return status > 500 ? "upstream_error" : "invalid_request_error";
}

/** A refusal as a value: everything the reply needs, nothing private. */
export interface ApiError {
  status: number;
  code: string;
  message: string;
  /** The field of the request that is wrong, as a path (`messages[2].role`); null when it is no single field. */
  param: string | null;
  retry: boolean;
  metadata?: Record<string, unknown>;
  /** Overrides `errorTypeOf(status)`, where an upstream named its own class. */
  type?: string;
  headers?: Record<string, string>;
}

export function apiError(
  code: ErrorCode,
  message: string,
  rest: Partial<Omit<ApiError, "code" | "message">> = {},
): ApiError {
  const rule = ERRORS[code];
  return { status: rule.status, retry: rule.retry, param: null, code, message, ...rest };
}

/** The body OpenAI would send: all four keys present, `metadata` only where there is some. */
export function errorBody(error: ApiError): string {
  return JSON.stringify({
    error: {
      message: error.message,
      type: error.type ?? errorTypeOf(error.status),
      param: error.param,
      code: error.code,
      ...(error.metadata ? { metadata: error.metadata } : {}),
    },
  });
}

/** 400 for one field of the request; null = no single field. */
export function invalidField(param: string | null, message: string): ApiError {
  return apiError("invalid_request", message, { param });
}
