import type { Deployment } from "../core/deployment.ts";
import { FAULTS, type Fault } from "../core/faults.ts";
import type { Usage } from "../core/usage.ts";
import type { AttemptRecord } from "../ledger/row.ts";
import type { Candidate, Plan } from "../routing/decision.ts";
import { Attachments } from "./attachments.ts";
import type { Called, CallInput } from "./call.ts";
import { callInBatches } from "./embedding-batches.ts";
import type { Gateway, Incoming, Snapshot, Upstream } from "./gateway.ts";
import { learn } from "./learn.ts";
import type { BrokenBy } from "./open-requests.ts";
import type { ParsedRequest } from "./parse.ts";
import { type Funded, Purse, type Unfunded } from "./purse.ts";
import { paramsSetBy } from "./set-params.ts";
import { WaitingLine } from "./waiting-line.ts";

/** One call to one candidate, for the headers, the row and the error's metadata. */
export interface Tried {
  candidate: Candidate;
  record: AttemptRecord;
  /** Null = it answered, or the call was broken off from outside. */
  fault: Fault | null;
  /** Something of a response had arrived, so the provider may have worked. */
  heard: boolean;
  /** What a failed call says it did; null = nothing. */
  usage: Usage | null;
}

/** A candidate that was not called because of money. */
export type LeftOut = Unfunded & { candidate: Candidate };

export type Won = Exclude<Called, { kind: "fault" }>;

export interface Outcome {
  /** Null = no candidate answered. */
  won: { candidate: Candidate; called: Won; serial: number; funded: Funded } | null;
  /**
   * Every call in order; a candidate called again after its connection ended early stands here twice, and one that
   * the request cannot be written for stands here without a call.
   */
  tried: Tried[];
  /** How many of them were calls. */
  calls: number;
  /** Candidates resting for a 429 that were left uncalled: the shortest wait, ms; null = none. */
  restingForMs: number | null;
  /** Candidates that were left uncalled because of money, in order. */
  leftOut: LeftOut[];
  /** What failed calls were billed, nano-USD. */
  billedNanoUsd: number;
  /** What was put aside for the call that was broken off; null = none was. */
  broken: Funded | null;
  /** Why the calls ended early; null = they did not. */
  brokenBy: BrokenBy | null;
  dropped: readonly string[];
  added: readonly string[];
}

export interface AttemptInput {
  gateway: Gateway;
  incoming: Incoming;
  snapshot: Snapshot;
  plan: Plan;
  request: ParsedRequest;
  costOf: (deployment: Deployment, usage: Usage) => number | null;
}

/** What all attempts of one request share. */
interface Trying extends AttemptInput {
  attachments: Attachments;
  line: WaitingLine<Candidate>;
  purse: Purse;
}

/** Nobody was tried yet. */
export function newOutcome(): Outcome {
  return {
    won: null,
    tried: [],
    calls: 0,
    restingForMs: null,
    leftOut: [],
    billedNanoUsd: 0,
    broken: null,
    brokenBy: null,
    dropped: [],
    added: [],
  };
}

/**
 * Tries the candidates in order; the fault table alone decides what follows from each failure. `outcome` is kept up on
 * the way, so that it tells what was done also where this throws.
 */
export async function attempt(input: AttemptInput, outcome: Outcome): Promise<void> {
  const { gateway, incoming, snapshot, plan } = input;
  const line = new WaitingLine(plan.candidates, {
    health: gateway.health,
    maxAttempts: snapshot.maxAttempts,
    promptTokens: input.request.route.promptTokens,
  });
  const trying: Trying = {
    ...input,
    attachments: new Attachments(gateway.sender, incoming.open),
    line,
    purse: new Purse(input),
  };
  for (let candidate = line.next(0); candidate; candidate = line.next(outcome.calls)) {
    const { deployment } = candidate;
    const upstream = snapshot.upstreams.get(deployment.providerId);
    if (!upstream) continue;
    const restingMs = rateLimitedFor(gateway, deployment);
    if (restingMs !== null) {
      outcome.restingForMs = Math.min(outcome.restingForMs ?? Number.POSITIVE_INFINITY, restingMs);
      continue;
    }
    const funded = await trying.purse.fund(upstream, deployment, outcome.billedNanoUsd);
    if (incoming.open.brokenBy) {
      outcome.brokenBy = incoming.open.brokenBy;
      break;
    }
    if ("refusal" in funded) {
      outcome.leftOut.push({ ...funded, candidate });
      continue;
    }
    const fault = await tryCandidate(trying, upstream, candidate, funded, outcome);
    if (fault === null) break;
    line.failed(candidate, fault);
  }
}

/** What remains of a 429's `retry-after`, or of the wait for a free slot; null = may be called. */
function rateLimitedFor(gateway: Gateway, deployment: Deployment): number | null {
  const rest = gateway.health.rest(deployment.id);
  if (rest?.reason === "rate_limited") return Math.max(1, rest.untilMs - gateway.clock.monotonic());
  const full =
    deployment.maxParallel !== null && gateway.health.inFlight(deployment.id) >= deployment.maxParallel;
  return full ? 1000 : null;
}

/**
 * Calls one candidate, twice where its connection ended before any byte of a response. Null = there is nothing left
 * to try: it answered (`outcome.won`), or the request was broken off. Its slot stays taken while it answers.
 */
async function tryCandidate(
  input: Trying,
  upstream: Upstream,
  candidate: Candidate,
  funded: Funded,
  outcome: Outcome,
): Promise<Fault | null> {
  const { health } = input.gateway;
  const { id } = candidate.deployment;
  const serial = health.began(id);
  try {
    const once = () => callOnce(input, { upstream, candidate, funded, serial }, outcome);
    let fault = await once();
    if (fault && input.line.mayRetry(fault, outcome.calls)) fault = await once();
    if (fault && !isUncalled(fault)) note(input, candidate.deployment, fault, serial);
    return fault;
  } finally {
    if (!outcome.won) health.ended(id, serial);
  }
}

/** The request could not be written for it: nobody was called. */
function isUncalled({ kind, status }: Fault): boolean {
  return kind === "unsupported" && status === null;
}

/** A candidate, ready to be called. */
interface Ready {
  upstream: Upstream;
  candidate: Candidate;
  funded: Funded;
  serial: number;
}

async function callOnce(
  input: Trying,
  { upstream, candidate, funded, serial }: Ready,
  outcome: Outcome,
): Promise<Fault | null> {
  const { gateway, incoming } = input;
  const { deployment } = candidate;
  const callInput: CallInput = {
    gateway,
    request: funded.request,
    requestId: incoming.id,
    operation: incoming.operation,
    attachments: input.attachments,
    costOf: (usage) => input.costOf(deployment, usage),
    open: incoming.open,
  };
  const startedMs = gateway.clock.monotonic();
  const called = await callInBatches(callInput, upstream, deployment);
  const ms = Math.round(gateway.clock.monotonic() - startedMs);
  outcome.dropped = called.wire.dropped;
  const { rule } = input.plan;
  outcome.added =
    rule || funded.added.length > 0
      ? [...(rule ? paramsSetBy(rule) : []), ...funded.added, ...called.wire.added]
      : called.wire.added;
  const usage = called.kind === "fault" ? called.usage : null;
  const tried = (word: string, status: number | null, fault: Fault | null, heard: boolean) =>
    void outcome.tried.push({
      candidate,
      record: recordOf(deployment, word, ms, status),
      fault,
      heard,
      usage,
    });
  if (called.kind !== "fault" || !isUncalled(called.fault)) outcome.calls += 1;
  if (called.kind !== "fault") {
    tried("ok", called.status, null, true);
    gateway.health.answering(deployment.id, called.ttftMs);
    outcome.won = { candidate, called, serial, funded };
    return null;
  }
  const { fault, heard } = called;
  outcome.brokenBy = incoming.open.brokenBy;
  if (outcome.brokenBy) {
    outcome.broken = funded;
    tried(outcome.brokenBy === "client_gone" ? "canceled" : "interrupted", null, null, heard);
  } else tried(fault.kind, fault.status, fault, heard);
  if (usage) bill(input, deployment, usage, outcome);
  return outcome.brokenBy ? null : fault;
}

/** A call that failed, and that its provider says it worked on. */
function bill({ costOf }: Trying, deployment: Deployment, usage: Usage, outcome: Outcome): void {
  const costNanoUsd = costOf(deployment, usage) ?? 0;
  outcome.billedNanoUsd += costNanoUsd;
  const tried = outcome.tried.at(-1);
  if (tried && costNanoUsd > 0) tried.record = { ...tried.record, costNanoUsd };
}

function recordOf(deployment: Deployment, outcome: string, ms: number, status: number | null): AttemptRecord {
  const record: AttemptRecord = { provider: deployment.providerId, model: deployment.model, outcome, ms };
  return status === null ? record : { ...record, status };
}

/** Health learns, and the operator is told what only an operator can mend. */
function note(
  { gateway, incoming, snapshot }: AttemptInput,
  deployment: Deployment,
  fault: Fault,
  serial: number,
): void {
  const { rest, along } = learn(gateway.health, snapshot.catalog, deployment, fault, serial);
  const fields = {
    request: incoming.id,
    deployment: deployment.id,
    fault: fault.kind,
    status: fault.status,
    cause: fault.cause,
  };
  if (FAULTS[fault.kind].rest === "long")
    gateway.log.error(fields, "the provider refuses us: check its key, its quota and the model's name");
  else if (rest)
    gateway.log.warn(
      { ...fields, restMs: Math.round(rest.untilMs - gateway.clock.monotonic()), along },
      along > 0 ? "deployment rests, and the provider's others with it" : "deployment rests",
    );
  else if (FAULTS[fault.kind].blame === "upstream") gateway.log.warn(fields, "an attempt failed");
}
