import type { Usage } from "./usage.ts";

/**
 * Everything that can go wrong with one attempt, and what follows from it: the brain of fallback.
 * A new kind does not compile until its row exists; `docs/errors.md` is tested against this table both ways.
 */
export type FaultKind =
  | "bad_request"
  | "content_refused"
  | "context_too_long"
  | "unsupported"
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
  /**
   * What it speaks of besides the deployment; absent = nothing. After a fault of the whole `provider` its other
   * deployments are put off: always, only where no connection opens (`unreached`), or where the `credential` as a
   * whole is refused, which a 403 need not mean.
   */
  scope?: "provider" | "unreached" | "credential";
}

export const FAULTS: Record<FaultKind, FaultRule> = {
  bad_request: { status: 400, blame: "caller", retrySame: false, next: "no", rest: "none" },
  content_refused: { status: 400, blame: "caller", retrySame: false, next: "no", rest: "none" },
  context_too_long: { status: 400, blame: "caller", retrySame: false, next: "larger_window", rest: "none" },
  unsupported: { status: 400, blame: "caller", retrySame: false, next: "yes", rest: "none" },
  upstream_auth: {
    status: 502,
    blame: "upstream",
    retrySame: false,
    next: "yes",
    rest: "long",
    scope: "credential",
  },
  model_missing: { status: 502, blame: "upstream", retrySame: false, next: "yes", rest: "long" },
  rate_limited: { status: 429, blame: "upstream", retrySame: false, next: "yes", rest: "retry_after" },
  overloaded: { status: 503, blame: "upstream", retrySame: false, next: "yes", rest: "repeated" },
  network: {
    status: 502,
    blame: "upstream",
    retrySame: true,
    next: "yes",
    rest: "repeated",
    scope: "provider",
  },
  timeout: {
    status: 504,
    blame: "upstream",
    retrySame: false,
    next: "yes",
    rest: "repeated",
    scope: "unreached",
  },
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
  /** True only if the connection ended before any byte of a response arrived, or the login failed before the call. */
  beforeResponse: boolean;
  /** True only if a timeout found that no connection to the provider opens. */
  unreached: boolean;
  /** The window that the upstream said a prompt did not fit; absent = it did not say. */
  windowTokens?: number;
  /** What a failed answer says was worked, and so is billed; absent = it does not say. */
  usage?: Usage;
}

const UNTOLD = { status: null, retryAfterMs: null, error: null, beforeResponse: false, unreached: false };

export function fault(
  kind: FaultKind,
  cause: string,
  rest: Partial<Omit<Fault, "kind" | "cause">> = {},
): Fault {
  return { kind, cause, ...UNTOLD, ...rest };
}

/** Whether the provider's other deployments would most likely fail likewise. */
export function isOfWholeProvider({ kind, status, unreached, beforeResponse }: Fault): boolean {
  const { scope } = FAULTS[kind];
  switch (scope) {
    case undefined:
      return false;
    case "provider":
      return true;
    case "unreached":
      return unreached;
    case "credential":
      // An error inside a 200 may be a 403 in disguise. Without a response it was our own login that failed.
      return status === null ? beforeResponse : status >= 400 && status !== 403;
  }
}
