import type { Caller } from "../core/caller.ts";
import type { CatalogView } from "../core/deployment.ts";
import type { ApiError } from "../core/errors.ts";
import { errorBody } from "../core/errors.ts";
import type { Fault } from "../core/faults.ts";
import type { Plan } from "../routing/plan.ts";
import { plan as planRoute } from "../routing/plan.ts";
import { attempt, type Outcome, type Won } from "./attempt.ts";
import { failureOf, streamErrorOf } from "./failure.ts";
import type { Gateway, Incoming, Snapshot, Upstream } from "./gateway.ts";
import { type ParsedRequest, parseChat, parseEmbeddings } from "./parse.ts";
import { costAt, type Ending, NOTHING_SPENT, record, spentOn } from "./record.ts";
import { Relay, type StreamEnd } from "./relay.ts";
import { answerReply, errorReply, headersOf, streamReply } from "./reply.ts";

type Parse = (text: string, caller: Caller, catalog: CatalogView) => ParsedRequest | ApiError;
const PARSERS: Record<Incoming["operation"], Parse> = { chat: parseChat, embeddings: parseEmbeddings };

/** One request on its way: fixed once it was planned. */
export interface Exchange {
  gateway: Gateway;
  incoming: Incoming;
  snapshot: Snapshot;
  request: ParsedRequest;
  plan: Plan;
}

/** The story of one request, from its body to its response: parse, plan, attempt, record, reply. */
export async function answer(gateway: Gateway, incoming: Incoming, text: string): Promise<Response> {
  const snapshot = gateway.snapshot();
  const request = PARSERS[incoming.operation](text, incoming.caller, snapshot.catalog);
  if ("code" in request) return refuse(gateway, incoming, request, null);
  const plan = planRoute(request.route, snapshot.catalog, gateway.health);
  if ("code" in plan) return refuse(gateway, incoming, plan, request);
  const exchange: Exchange = { gateway, incoming, snapshot, request, plan };
  let breakOff: (() => void) | null = null;
  const leave = () => breakOff?.();
  incoming.signal.addEventListener("abort", leave);
  const outcome = await attempt({
    gateway,
    snapshot,
    plan,
    request,
    operation: incoming.operation,
    costOf: costAt,
    clientGone: () => incoming.signal.aborted,
    onClientGone: (abort) => {
      breakOff = abort;
      if (incoming.signal.aborted) abort?.();
    },
  });
  if (outcome.canceled || (incoming.signal.aborted && !outcome.won)) return canceled(exchange, outcome);
  if (!outcome.won) return failed(exchange, outcome);
  const { called } = outcome.won;
  if (called.kind === "answer") return answered(exchange, outcome, called);
  return streaming(exchange, outcome, called, (relay) => {
    breakOff = () => void relay.clientGone().catch(() => {});
    if (incoming.signal.aborted) leave();
  });
}

/** We said no before anybody was called. Leaves a row like every request of a known key. */
export async function refuse(
  gateway: Gateway,
  incoming: Incoming,
  error: ApiError,
  request: ParsedRequest | null,
): Promise<Response> {
  const headers = headersOf(gateway, incoming, null, null);
  headers["x-nyuro-fallback-used"] = "false";
  await record(
    gateway,
    incoming,
    {
      ...ended(request, null, null),
      status: "refused",
      httpStatus: error.status,
      errorCode: error.code,
    },
    gateway.snapshot(),
  );
  incoming.beforeEnd();
  return errorReply(error, headers);
}

function ended(
  request: ParsedRequest | null,
  plan: Plan | null,
  outcome: Outcome | null,
): Omit<Ending, "status" | "httpStatus" | "errorCode"> {
  return { request, plan, outcome, spent: NOTHING_SPENT, ttftMs: null };
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
    },
    snapshot,
  );
  incoming.beforeEnd();
  return errorReply(error, headersOf(gateway, incoming, plan, outcome));
}

const CLIENT_GONE = { status: "canceled", httpStatus: 499, errorCode: "canceled" } as const;

/** Nobody reads this response; the row is what matters. */
async function canceled(
  { gateway, incoming, snapshot, request, plan }: Exchange,
  outcome: Outcome,
): Promise<Response> {
  await record(gateway, incoming, { ...ended(request, plan, outcome), ...CLIENT_GONE }, snapshot);
  return new Response(null, { status: 499 });
}

async function answered(
  exchange: Exchange,
  outcome: Outcome,
  won: Extract<Won, { kind: "answer" }>,
): Promise<Response> {
  const { gateway, incoming, snapshot, request, plan } = exchange;
  const { deployment } = outcome.won?.candidate ?? plan.preferred;
  gateway.health.ended(deployment.id);
  gateway.health.succeeded(deployment.id, won.ttftMs);
  const { decoded } = won;
  const spent = spentOn(deployment, decoded.usage, request.route.promptTokens, decoded.contentBytes);
  const gone = incoming.signal.aborted;
  const ending = gone ? CLIENT_GONE : ({ status: "ok", httpStatus: 200, errorCode: null } as const);
  await record(
    gateway,
    incoming,
    { ...ended(request, plan, outcome), ...ending, spent, ttftMs: won.ttftMs },
    snapshot,
  );
  incoming.beforeEnd();
  return answerReply(decoded.text, headersOf(gateway, incoming, plan, outcome), spent.costNanoUsd);
}

function streaming(
  exchange: Exchange,
  outcome: Outcome,
  won: Extract<Won, { kind: "stream" }>,
  onRelay: (relay: Relay) => void,
): Response {
  const { gateway, incoming, plan } = exchange;
  const upstream = exchange.snapshot.upstreams.get(
    (outcome.won?.candidate ?? plan.preferred).deployment.providerId,
  );
  const relay = new Relay(won.open, {
    finish: (end) => streamEnded(exchange, outcome, won, end),
    errorEvent: (fault) => streamError(fault, upstream),
    beforeEnd: incoming.beforeEnd,
  });
  won.open.timer.onGiveUp(() => relay.expired());
  onRelay(relay);
  return streamReply(relay.body(), headersOf(gateway, incoming, plan, outcome));
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
  const spent = spentOn(deployment, reader.usage, request.route.promptTokens, reader.contentBytes);
  gateway.health.ended(deployment.id);
  if (end.kind === "interrupted") {
    gateway.health.failed(deployment.id, end.fault.kind, end.fault.retryAfterMs);
    const tried = outcome.tried.at(-1);
    if (tried) tried.record = { ...tried.record, outcome: end.fault.kind };
    gateway.log.warn(
      { request: incoming.id, deployment: deployment.id, fault: end.fault.kind, cause: end.fault.cause },
      "stream interrupted",
    );
  } else if (end.kind === "complete") gateway.health.succeeded(deployment.id, won.ttftMs);
  await record(
    gateway,
    incoming,
    { ...ended(request, plan, outcome), ...STREAM_ENDINGS[end.kind], spent, ttftMs: won.ttftMs },
    snapshot,
  );
}

const STREAM_ENDINGS = {
  complete: { status: "ok", httpStatus: 200, errorCode: null },
  interrupted: { status: "interrupted", httpStatus: 200, errorCode: "interrupted" },
  canceled: CLIENT_GONE,
} as const;
