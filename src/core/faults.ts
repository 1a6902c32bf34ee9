/**
 * Everything that can go wrong with one attempt, and what follows from it: the brain of fallback.
 * A new kind does not compile until its row exists; `docs/errors.md` is tested against this table both ways.
 */
export type FaultKind =
  | "bad_request"
  | "content_refused"
  | "context_too_long"
  | "upstream_auth"
  | "model_missing"
  | "rate_limited"
  | "overloaded"
  | "network"
  | "timeout"
  | "malformed"
  | "interrupted"
  | "canceled";

export interface FaultRule {
  /** What the client sees when no candidate is left. `caller` faults keep the upstream's own status where it sent one. */
  status: number;
  /** Whose fault it is: the caller's is passed back, ours is only told as `all_candidates_failed`. */
  blame: "caller" | "upstream" | "client_gone";
  /** Try the same candidate once more, if the connection ended before any byte of a response. */
  retrySame: boolean;
  /** Whether the next candidate is tried. */
  next: "no" | "yes" | "larger_window";
  /** How long the deployment rests: until `retry-after`, a fixed while, only when faults repeat, or not at all. */
  rest: "none" | "retry_after" | "long" | "repeated";
}

export const FAULTS: Record<FaultKind, FaultRule> = {
  bad_request: { status: 400, blame: "caller", retrySame: false, next: "no", rest: "none" },
  content_refused: { status: 400, blame: "caller", retrySame: false, next: "no", rest: "none" },
  context_too_long: { status: 400, blame: "caller", retrySame: false, next: "larger_window", rest: "none" },
  upstream_auth: { status: 502, blame: "upstream", retrySame: false, next: "yes", rest: "long" },
  model_missing: { status: 502, blame: "upstream", retrySame: false, next: "yes", rest: "long" },
  rate_limited: { status: 429, blame: "upstream", retrySame: false, next: "yes", rest: "retry_after" },
  overloaded: { status: 503, blame: "upstream", retrySame: false, next: "yes", rest: "repeated" },
  network: { status: 502, blame: "upstream", retrySame: true, next: "yes", rest: "repeated" },
  timeout: { status: 504, blame: "upstream", retrySame: false, next: "yes", rest: "repeated" },
  malformed: { status: 502, blame: "upstream", retrySame: false, next: "yes", rest: "repeated" },
  interrupted: { status: 502, blame: "upstream", retrySame: false, next: "yes", rest: "repeated" },
  canceled: { status: 499, blame: "client_gone", retrySame: false, next: "no", rest: "none" },
};

/** What an upstream said about its refusal, as it may be shown to the caller once redacted. */
export interface UpstreamError {
  message: string;
  type: string | null;
  param: string | null;
  code: string | null;
}

/** One attempt's fault. A value, not an exception: callers switch on `kind`. */
export interface Fault {
  kind: FaultKind;
  /** The upstream's HTTP status; null when there was no response. */
  status: number | null;
  /** For our log only: may hold addresses and upstream text. Never sent to a client. */
  cause: string;
  /** Milliseconds the upstream asked us to wait; null when it did not say. */
  retryAfterMs: number | null;
  /** The upstream's own words; null when there were none or they could not be read. */
  error: UpstreamError | null;
  /** True only if the connection ended before any byte of a response arrived. */
  beforeResponse: boolean;
}

export function fault(
  kind: FaultKind,
  cause: string,
  rest: Partial<Omit<Fault, "kind" | "cause">> = {},
): Fault {
  return { kind, cause, status: null, retryAfterMs: null, error: null, beforeResponse: false, ...rest };
}
