import type { Deployment } from "../core/deployment.ts";
import { FAULTS, type Fault } from "../core/faults.ts";
import type { Usage } from "../core/usage.ts";
import type { AttemptRecord } from "../ledger/row.ts";
import type { Candidate, Plan } from "../routing/plan.ts";
import { type Called, type CallInput, call } from "./call.ts";
import type { Gateway, Snapshot } from "./gateway.ts";
import type { ParsedRequest } from "./parse.ts";

/** One try of one candidate, for the headers, the row and the error's metadata. */
export interface Tried {
  candidate: Candidate;
  record: AttemptRecord;
  /** Null = it answered. */
  fault: Fault | null;
}

export type Won = Exclude<Called, { kind: "fault" }>;

export interface Outcome {
  /** Null = no candidate answered. */
  won: { candidate: Candidate; called: Won } | null;
  tried: Tried[];
  /** Candidates resting for a 429 that were left uncalled: the shortest wait, ms; null = none. */
  restingForMs: number | null;
  canceled: boolean;
  dropped: readonly string[];
  added: readonly string[];
}

export interface AttemptInput {
  gateway: Gateway;
  snapshot: Snapshot;
  plan: Plan;
  request: ParsedRequest;
  operation: "chat" | "embeddings";
  costOf: (deployment: Deployment, usage: Usage) => number | null;
  clientGone: () => boolean;
  onClientGone: (abort: (() => void) | null) => void;
}

/** Tries the candidates in order; the fault table alone decides what follows from each failure. */
export async function attempt(input: AttemptInput): Promise<Outcome> {
  const { gateway, snapshot, plan } = input;
  const outcome: Outcome = {
    won: null,
    tried: [],
    restingForMs: null,
    canceled: false,
    dropped: [],
    added: [],
  };
  /** After a context overflow only larger windows are tried; 0 = any. */
  let largerThan = 0;
  for (const candidate of plan.candidates) {
    if (outcome.tried.length >= snapshot.maxAttempts) break;
    const { deployment } = candidate;
    const upstream = snapshot.upstreams.get(deployment.providerId);
    if (!upstream || (largerThan > 0 && (deployment.contextLength ?? 0) <= largerThan)) continue;
    const restingMs = rateLimitedFor(gateway, deployment);
    if (restingMs !== null) {
      outcome.restingForMs = Math.min(outcome.restingForMs ?? Number.POSITIVE_INFINITY, restingMs);
      continue;
    }
    const startedMs = gateway.clock.monotonic();
    gateway.health.began(deployment.id);
    const called = await callWithRetry(input, upstream, deployment);
    const ms = Math.round(gateway.clock.monotonic() - startedMs);
    outcome.dropped = called.wire.dropped;
    outcome.added = called.wire.added;
    if (called.kind !== "fault") {
      outcome.tried.push({ candidate, record: recordOf(deployment, "ok", ms, called.status), fault: null });
      outcome.won = { candidate, called };
      return outcome;
    }
    gateway.health.ended(deployment.id);
    if (input.clientGone()) {
      outcome.tried.push({ candidate, record: recordOf(deployment, "canceled", ms, null), fault: null });
      outcome.canceled = true;
      return outcome;
    }
    const { fault } = called;
    outcome.tried.push({ candidate, record: recordOf(deployment, fault.kind, ms, fault.status), fault });
    note(input, deployment, fault);
    const rule = FAULTS[fault.kind];
    if (rule.next === "no") return outcome;
    if (rule.next === "larger_window")
      largerThan = deployment.contextLength ?? input.request.route.promptTokens;
  }
  return outcome;
}

/** What remains of a 429's `retry-after`, or of the wait for a free slot; null = may be called. */
function rateLimitedFor(gateway: Gateway, deployment: Deployment): number | null {
  const rest = gateway.health.rest(deployment.id);
  if (rest?.reason === "rate_limited") return Math.max(1, rest.untilMs - gateway.clock.monotonic());
  const full =
    deployment.maxParallel !== null && gateway.health.inFlight(deployment.id) >= deployment.maxParallel;
  return full ? 1000 : null;
}

async function callWithRetry(
  input: AttemptInput,
  upstream: Parameters<typeof call>[1],
  deployment: Deployment,
): Promise<Called> {
  const callInput: CallInput = {
    gateway: input.gateway,
    request: input.request,
    operation: input.operation,
    costOf: (usage) => input.costOf(deployment, usage),
    onClientGone: input.onClientGone,
  };
  const first = await call(callInput, upstream, deployment);
  const again = first.kind === "fault" && first.fault.beforeResponse && FAULTS[first.fault.kind].retrySame;
  return again && !input.clientGone() ? await call(callInput, upstream, deployment) : first;
}

function recordOf(deployment: Deployment, outcome: string, ms: number, status: number | null): AttemptRecord {
  const record: AttemptRecord = { provider: deployment.providerId, model: deployment.model, outcome, ms };
  return status === null ? record : { ...record, status };
}

/** Health learns, and the operator is told what only an operator can mend. */
function note({ gateway }: AttemptInput, deployment: Deployment, fault: Fault): void {
  const rest = gateway.health.failed(deployment.id, fault.kind, fault.retryAfterMs);
  const fields = { deployment: deployment.id, fault: fault.kind, status: fault.status, cause: fault.cause };
  if (FAULTS[fault.kind].rest === "long")
    gateway.log.error(fields, "the provider refuses us: check its key, its quota and the model's name");
  else if (rest)
    gateway.log.warn(
      { ...fields, restMs: Math.round(rest.untilMs - gateway.clock.monotonic()) },
      "deployment rests",
    );
}
