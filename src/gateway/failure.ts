import { type ApiError, apiError } from "../core/errors.ts";
import { FAULTS, type Fault } from "../core/faults.ts";
import type { Provider } from "../providers/contract.ts";
import type { LeftOut, Outcome, Tried } from "./attempt.ts";
import type { Snapshot } from "./gateway.ts";
import { redact } from "./redact.ts";

/**
 * The refusal of a request of which nobody was called, because of money; null = it is not that. Only where no price is
 * known at all it is that which is told.
 */
export function unfundedBy({ calls, restingForMs, leftOut }: Outcome): LeftOut | null {
  if (calls > 0 || restingForMs !== null) return null;
  return leftOut.find(({ reason }) => reason === "over_budget") ?? leftOut[0] ?? null;
}

/** What the client is told when no candidate answered. */
export function failureOf(outcome: Outcome, snapshot: Snapshot): ApiError {
  const last = toTell(outcome.tried);
  if (last?.fault && FAULTS[last.fault.kind].blame === "caller")
    return passedBack(last.fault, last, snapshot);
  return allFailed(outcome);
}

/** The last one; but that one provider has no form for the request tells nothing where another might have answered it. */
function toTell(tried: readonly Tried[]): Tried | undefined {
  return tried.findLast(({ fault }) => fault?.kind !== "unsupported") ?? tried.at(-1);
}

/** The caller's fault: the upstream's own status and words, without what is ours. */
function passedBack(fault: Fault, { candidate }: Tried, snapshot: Snapshot): ApiError {
  const rule = FAULTS[fault.kind];
  const provider = snapshot.upstreams.get(candidate.deployment.providerId)?.provider;
  const told = fault.error && provider ? redact(fault.error, provider) : null;
  const isCallers = fault.status !== null && fault.status >= 400 && fault.status < 500;
  return {
    status: isCallers && fault.status !== null ? fault.status : rule.status,
    code:
      wordIn(told?.code) ??
      (fault.kind === "context_too_long" ? "context_length_exceeded" : "invalid_request"),
    message: told?.message ?? "The provider refused the request.",
    param: told?.param ?? null,
    ...(told?.type ? { type: told.type } : {}),
    retry: false,
  };
}

/** Some servers repeat their status as the code: https://github.com/vllm-project/vllm, llama.cpp. */
function wordIn(code: string | null | undefined): string | null {
  return code && !/^\d+$/.test(code) ? code : null;
}

function allFailed(outcome: Outcome): ApiError {
  const faults = outcome.tried.flatMap(({ fault }) => (fault && fault.kind !== "unsupported" ? [fault] : []));
  const status = statusOfFailures(faults);
  const attempts = outcome.tried.map(({ record }) => record);
  const waitMs = status === 429 ? shortestWaitMs(faults, outcome.restingForMs) : null;
  const message =
    status === 429
      ? "Every provider of this model is rate limiting. Try again later."
      : "No provider could answer this request. See metadata.attempts.";
  return apiError("all_candidates_failed", message, {
    status,
    retry: status === 429,
    metadata: { attempts },
    ...(waitMs === null ? {} : { headers: retryHeaders(waitMs) }),
  });
}

/** 429 if every attempt was rate limited (or none was possible), else 504 if the last was a timeout, else 503 if any was overload, else 502. */
export function statusOfFailures(faults: readonly Fault[]): 429 | 502 | 503 | 504 {
  if (faults.every(({ kind }) => kind === "rate_limited")) return 429;
  if (faults.at(-1)?.kind === "timeout") return 504;
  return faults.some(({ kind }) => kind === "overloaded") ? 503 : 502;
}

const DEFAULT_WAIT_MS = 5_000;

function shortestWaitMs(faults: readonly Fault[], restingForMs: number | null): number {
  const waits = faults.map(({ retryAfterMs }) => retryAfterMs ?? DEFAULT_WAIT_MS);
  return Math.ceil(Math.min(...waits, restingForMs ?? Number.POSITIVE_INFINITY));
}

export function retryHeaders(waitMs: number): Record<string, string> {
  return {
    "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))),
    "retry-after-ms": String(Math.ceil(waitMs)),
  };
}

/** The `error` event that ends a stream which broke behind its first content. */
export function streamErrorOf(fault: Fault, provider: Provider): ApiError {
  const told = fault.error ? redact(fault.error, provider) : null;
  return {
    status: FAULTS[fault.kind].status,
    code: wordIn(told?.code) ?? fault.kind,
    type: told?.type ?? "upstream_error",
    param: told?.param ?? null,
    message: told?.message ?? "The provider's answer was interrupted before it was finished.",
    retry: false,
  };
}
