import { budgetError, unpricedError } from "../budget/refusal.ts";
import type { Caller } from "../core/caller.ts";
import type { CatalogView } from "../core/deployment.ts";
import type { ApiError } from "../core/errors.ts";
import { apiError, errorBody } from "../core/errors.ts";
import { type Fault, fault } from "../core/faults.ts";
import type { Plan } from "../routing/decision.ts";
import { plan as planRoute } from "../routing/plan.ts";
import { seedOf } from "../routing/seed.ts";
import { admit } from "./admit.ts";
import type { Asking } from "./asking.ts";
import { attempt, newOutcome, type Outcome, type Won } from "./attempt.ts";
import { failureOf, streamErrorOf, unfundedBy } from "./failure.ts";
import type { Gateway, Incoming, Snapshot, Upstream } from "./gateway.ts";
import type { BrokenBy } from "./open-requests.ts";
import { cutBy } from "./over-limit.ts";
import { embeddingTokensOf, type ParsedRequest, parseChat, parseEmbeddings } from "./parse.ts";
import type { Funded } from "./purse.ts";
import { costAt, type Delivered, type Ending, NOTHING_SPENT, record, spentOn } from "./record.ts";
import { Relay, type StreamEnd } from "./relay.ts";
import { answerReply, errorReply, headersOf, streamReply } from "./reply.ts";
import { withParamsOf } from "./set-params.ts";

type Parse = (text: string, caller: Caller, catalog: CatalogView, asking: Asking) => ParsedRequest | ApiError;
const PARSERS: Record<Incoming["operation"], Parse> = { chat: parseChat, embeddings: parseEmbeddings };

/** One request on its way: fixed once it was planned. */
export interface Exchange {
  gateway: Gateway;
  incoming: Incoming;
  snapshot: Snapshot;
  request: ParsedRequest;
  plan: Plan;
}

/**
 * The story of one request, from its body to its response: parse, plan, attempt, record, reply. Throws only where we
 * have a bug or the row cannot be written; then `brokeDown` is its end.
 */
export async function answer(gateway: Gateway, incoming: Incoming, text: string): Promise<Response> {
  const snapshot = gateway.snapshot();
  const { catalog, policy } = snapshot;
  const { maxCostUsd, sessionId } = incoming;
  const asking: Asking = { sticky: policy.sticky, maxCostUsd, sessionId, seed: seedOf(incoming.sequence) };
  const parsed = PARSERS[incoming.operation](text, incoming.caller, catalog, asking);
  if ("code" in parsed) return refuse(gateway, incoming, parsed, null);
  const plan = planRoute(parsed.route, { policy, catalog, health: gateway.health });
  if ("code" in plan) return refuse(gateway, incoming, plan, parsed);
  const request = withParamsOf(plan.rule, parsed);
  const limited = admit(gateway, incoming, request, plan);
  if (limited) return refuse(gateway, incoming, limited, parsed);
  const exchange: Exchange = { gateway, incoming, snapshot, request, plan };
  const outcome = newOutcome();
  try {
    await attempt({ gateway, incoming, snapshot, plan, request, costOf: costAt }, outcome);
  } catch (bug) {
    return brokeDown(gateway, incoming, bug, ended(request, plan, outcome));
  }
  const brokenBy = outcome.won ? null : incoming.open.brokenBy;
  if (brokenBy) return broken(exchange, outcome, brokenBy);
  if (!outcome.won) return outOfMoney(exchange, outcome) ?? failed(exchange, outcome);
  const { called } = outcome.won;
  return called.kind === "answer"
    ? answered(exchange, outcome, called)
    : streaming(exchange, outcome, called);
}

/** We said no before anybody was called. Leaves a row like every request of a known key. */
export async function refuse(
  gateway: Gateway,
  incoming: Incoming,
  error: ApiError,
  request: ParsedRequest | null,
): Promise<Response> {
  const gone = incoming.open.brokenBy === "client_gone";
  const ending = gone
    ? CLIENT_GONE
    : ({ status: "refused", httpStatus: error.status, errorCode: error.code, told: error } as const);
  const rule = error.metadata?.rule;
  const refusedBy = typeof rule === "string" ? { rule } : {};
  await record(
    gateway,
    incoming,
    { ...ended(request, null, null), ...ending, ...refusedBy },
    gateway.snapshot(),
  );
  incoming.beforeEnd();
  return errorReply(error, headersOf(gateway, incoming, null, null));
}

/**
 * A bug of ours, or a ledger that cannot be written. The client is told an id; what happened is in our log only. `known`
 * is what its row says of the request: what failed attempts were billed is not lost with it.
 */
export async function brokeDown(
  gateway: Gateway,
  incoming: Incoming,
  bug: unknown,
  known: Known = ended(null, null, null),
): Promise<Response> {
  gateway.log.error({ request: incoming.id, error: describe(bug) }, "internal error");
  const error = internalError(incoming.id);
  if (!incoming.open.isRecorded) {
    const ending = { status: "error", httpStatus: error.status, errorCode: error.code, told: error } as const;
    await record(gateway, incoming, { ...known, ...ending }, gateway.snapshot()).catch((unwritten) =>
      gateway.log.error({ request: incoming.id, error: describe(unwritten) }, "the row was not written"),
    );
  }
  incoming.beforeEnd();
  return errorReply(error, headersOf(gateway, incoming, null, null));
}

export function internalError(requestId: string): ApiError {
  return apiError("internal_error", `Internal error. Its id is ${requestId}.`);
}

/** For our log. */
export function describe(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}\n${error.stack ?? ""}`.slice(0, 2000)
    : String(error);
}

type Known = Omit<Ending, "status" | "httpStatus" | "errorCode">;

function ended(request: ParsedRequest | null, plan: Plan | null, outcome: Outcome | null): Known {
  return { request, plan, outcome, spent: NOTHING_SPENT, ttftMs: null, told: null };
}

/** No candidate fits the budgets, and nobody was called; null = that is not how the request ended. */
function outOfMoney(
  { gateway, incoming, snapshot, request, plan }: Exchange,
  outcome: Outcome,
): Promise<Response> | null {
  const left = unfundedBy(outcome);
  if (!left) return null;
  gateway.funds.refused(left.refusal);
  const error = left.reason === "over_budget" ? budgetError(left.refusal) : unpricedError(left.refusal);
  const ending = { status: "refused", httpStatus: error.status, errorCode: error.code, told: error } as const;
  const recorded = record(gateway, incoming, { ...ended(request, plan, outcome), ...ending }, snapshot);
  return recorded.then(() => {
    incoming.beforeEnd();
    return errorReply(error, headersOf(gateway, incoming, plan, outcome));
  });
}

async function failed(
  { gateway, incoming, snapshot, request, plan }: Exchange,
  outcome: Outcome,
): Promise<Response> {
  const error = failureOf(outcome, snapshot);
  await record(
    gateway,
    incoming,
    {
      ...ended(request, plan, outcome),
      status: "error",
      httpStatus: error.status,
      errorCode: error.code,
      told: error,
    },
    snapshot,
  );
  incoming.beforeEnd();
  return errorReply(error, headersOf(gateway, incoming, plan, outcome));
}

const CLIENT_GONE = { status: "canceled", httpStatus: 499, errorCode: "canceled" } as const;

/** Broken off from outside: a client that left reads nothing, one that we leave is told so. */
async function broken(
  { gateway, incoming, snapshot, request, plan }: Exchange,
  outcome: Outcome,
  by: BrokenBy,
): Promise<Response> {
  const error = apiError("shutting_down", "The gateway is stopping. Try again in a moment.");
  const ending =
    by === "client_gone"
      ? CLIENT_GONE
      : ({ status: "error", httpStatus: error.status, errorCode: error.code, told: error } as const);
  const last = outcome.tried.at(-1);
  // Without a fault it is the call that was broken off; what failed before says by itself what it was billed.
  const isUntold = last?.heard && last.fault === null && !last.usage;
  const delivered = deliveredOf(request, outcome.broken, 0);
  const spent = isUntold ? spentOn(last.candidate.deployment, null, delivered) : NOTHING_SPENT;
  await record(gateway, incoming, { ...ended(request, plan, outcome), ...ending, spent }, snapshot);
  incoming.beforeEnd();
  return by === "client_gone"
    ? new Response(null, { status: CLIENT_GONE.httpStatus })
    : errorReply(error, headersOf(gateway, incoming, plan, outcome));
}

async function answered(
  exchange: Exchange,
  outcome: Outcome,
  won: Extract<Won, { kind: "answer" }>,
): Promise<Response> {
  const { gateway, incoming, snapshot, request, plan } = exchange;
  const { deployment } = outcome.won?.candidate ?? plan.preferred;
  const serial = outcome.won?.serial;
  gateway.health.ended(deployment.id, serial);
  gateway.health.succeeded(deployment.id, null, serial);
  const { decoded } = won;
  const spent = spentOn(
    deployment,
    decoded.usage,
    deliveredOf(request, outcome.won?.funded, decoded.contentBytes),
  );
  const gone = incoming.open.brokenBy === "client_gone";
  const ending = gone ? CLIENT_GONE : ({ status: "ok", httpStatus: 200, errorCode: null } as const);
  await record(
    gateway,
    incoming,
    {
      ...ended(request, plan, outcome),
      ...ending,
      spent,
      ttftMs: won.ttftMs,
      told: gone ? null : decoded.text,
    },
    snapshot,
  );
  incoming.beforeEnd();
  return answerReply(decoded.text, headersOf(gateway, incoming, plan, outcome), spent.costNanoUsd);
}

/** `funded`: where a budget pays, no guess is above what it put aside. */
function deliveredOf(
  { route, body }: ParsedRequest,
  funded: Funded | null | undefined,
  contentBytes: number,
): Delivered {
  const guessed = route.kind === "embedding" ? embeddingTokensOf(body.input) : route.promptTokens;
  const promptTokens = Math.min(guessed, funded?.promptTokens ?? guessed);
  return { promptTokens, contentBytes, outputTokens: funded?.outputTokens ?? null };
}

/** What a stream is told that outlasts the time for stopping. */
const STOPPING = fault("interrupted", "the server is stopping", {
  error: {
    message: "The gateway is stopping; this answer is not complete.",
    type: null,
    param: null,
    code: "shutting_down",
  },
});

function streaming(exchange: Exchange, outcome: Outcome, won: Extract<Won, { kind: "stream" }>): Response {
  const { gateway, incoming, plan } = exchange;
  const upstream = exchange.snapshot.upstreams.get(
    (outcome.won?.candidate ?? plan.preferred).deployment.providerId,
  );
  const { funded } = outcome.won ?? {};
  const { transcript } = incoming;
  const relay = new Relay(won.open, {
    ...(transcript ? { sent: (latin1) => transcript.hear(latin1) } : {}),
    ...(funded?.isCut ? { cutBy: () => cutBy(won.open.reader, funded) } : {}),
    finish: (end) => streamEnded(exchange, outcome, won, end),
    errorEvent: (fault) => streamError(fault, upstream),
    beforeEnd: incoming.beforeEnd,
  });
  const reply = streamReply(relay.body(), headersOf(gateway, incoming, plan, outcome));
  won.open.timer.onGiveUp(() => relay.expired());
  incoming.open.whenBroken((by) => {
    if (by === "shutting_down") relay.stop(STOPPING);
    else relay.clientGone().catch(() => {});
  });
  return reply;
}

function streamError(fault: Fault, upstream: Upstream | undefined): string {
  return upstream
    ? errorBody(streamErrorOf(fault, upstream.provider))
    : errorBody({ status: 502, code: fault.kind, message: "interrupted", param: null, retry: false });
}

async function streamEnded(
  exchange: Exchange,
  outcome: Outcome,
  won: Extract<Won, { kind: "stream" }>,
  end: StreamEnd,
): Promise<void> {
  const { gateway, incoming, snapshot, request, plan } = exchange;
  const { deployment } = outcome.won?.candidate ?? plan.preferred;
  const { reader } = won.open;
  const delivered = deliveredOf(request, outcome.won?.funded, reader.content.bytes);
  const untoldBytes = end.kind === "complete" ? 0 : reader.content.untoldBytes;
  const spent = spentOn(deployment, reader.usage, { ...delivered, untoldBytes });
  const serial = outcome.won?.serial;
  gateway.health.ended(deployment.id, serial);
  if (end.kind === "interrupted") {
    const ours = incoming.open.brokenBy === "shutting_down";
    if (!ours) gateway.health.failed(deployment.id, end.fault.kind, end.fault.retryAfterMs, serial);
    const tried = outcome.tried.at(-1);
    if (tried) tried.record = { ...tried.record, outcome: end.fault.kind };
    gateway.log.warn(
      { request: incoming.id, deployment: deployment.id, fault: end.fault.kind, cause: end.fault.cause },
      "stream interrupted",
    );
  } else if (end.kind === "cut") {
    gateway.log.warn(
      { request: incoming.id, deployment: deployment.id, cause: end.fault.cause },
      "stream cut: its provider went on past the output limit that a budget pays for",
    );
  } else if (end.kind === "complete") gateway.health.succeeded(deployment.id, null, serial);
  await record(
    gateway,
    incoming,
    { ...ended(request, plan, outcome), ...STREAM_ENDINGS[end.kind], spent, ttftMs: won.ttftMs },
    snapshot,
  ).catch((error) => {
    gateway.log.error({ request: incoming.id, error: describe(error) }, "the row was not written");
    throw error;
  });
}

const STREAM_ENDINGS = {
  complete: { status: "ok", httpStatus: 200, errorCode: null },
  interrupted: { status: "interrupted", httpStatus: 200, errorCode: "interrupted" },
  cut: { status: "interrupted", httpStatus: 200, errorCode: "budget_exceeded" },
  canceled: CLIENT_GONE,
} as const;
