import type { RateKind, RateRefusal } from "../budget/rate-limits.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { Plan } from "../routing/decision.ts";
import { retryHeaders } from "./failure.ts";
import type { Gateway, Incoming } from "./gateway.ts";
import type { ParsedRequest } from "./parse.ts";
import { goDuration, rateHeaders } from "./rate-headers.ts";
import { tokensOf } from "./token-estimate.ts";

/**
 * Holds a planned request to the rate limits of its key and organization. Null = it may go on, and what it takes of
 * them is taken until its row is recorded.
 */
export function admit(
  { limits }: Pick<Gateway, "limits">,
  { caller, open }: Incoming,
  request: ParsedRequest,
  plan: Plan,
): ApiError | null {
  if (caller.rateLimits === null) return null;
  const admitted = limits.admit(caller, caller.rateLimits, tokensOf(request, plan));
  if ("waitMs" in admitted) return rateLimited(admitted);
  open.admission = admitted;
  return null;
}

const WHOSE = { key: "this key", org: "this organization" } as const;
const WHAT: Record<RateKind, string> = {
  rpm: "requests per minute",
  tpm: "tokens per minute",
  max_parallel: "requests at once",
};

/** The limit is ours: no provider was asked. */
export function rateLimited(refusal: RateRefusal): ApiError {
  const { scope, kind, limit, waitMs, standing } = refusal;
  return apiError("rate_limit_exceeded", sentenceOf(refusal), {
    // Asked again, what can never pass is refused again.
    retry: waitMs !== null,
    metadata: { scope, kind, limit },
    headers: { ...rateHeaders(standing), ...(waitMs === null ? {} : retryHeaders(waitMs)) },
  });
}

function sentenceOf({ scope, kind, limit, tokens, waitMs }: RateRefusal): string {
  const whole = `The rate limit of ${WHOSE[scope]}, ${kind} ${limit} (${WHAT[kind]}),`;
  const counts = kind === "tpm" ? ` This request counts as ${tokens} tokens, prompt and answer.` : "";
  if (waitMs === null) return `${whole} does not let this request pass at any time.${counts}`;
  return `${whole} is reached.${counts} Try again in ${goDuration(waitMs)}.`;
}
