import { type ApiError, errorBody } from "../core/errors.ts";
import { formatUsd } from "../core/money.ts";
import type { Plan } from "../routing/decision.ts";
import type { Outcome } from "./attempt.ts";
import { isFallback } from "./fallback.ts";
import type { Gateway, Incoming } from "./gateway.ts";
import { rateHeaders } from "./rate-headers.ts";
import { routeReason } from "./reason.ts";

/** A chain longer than this ends in `+N`, so that header values stay bounded. */
const SHOWN_CANDIDATES = 16;
const JSON_TYPE = "application/json; charset=utf-8";

export type Headers = Record<string, string>;

/** What can be said of a request on its headers, as far as it got. */
export function headersOf(
  gateway: Gateway,
  incoming: Incoming,
  plan: Plan | null,
  outcome: Outcome | null,
): Headers {
  const headers: Headers = { "x-request-id": incoming.id };
  const { admission } = incoming.open;
  if (admission) Object.assign(headers, rateHeaders(admission.standing()));
  const totalMs = gateway.clock.monotonic() - incoming.startedMs;
  if (!plan) {
    headers["x-nyuro-fallback-used"] = "false";
    headers["server-timing"] = `gw;dur=${tenths(totalMs)}`;
    return headers;
  }
  const won = outcome?.won?.candidate.deployment;
  if (won) {
    headers["x-nyuro-model"] = ascii(won.model);
    headers["x-nyuro-provider"] = ascii(won.providerId);
  }
  headers["x-nyuro-route-reason"] = ascii(routeReason(plan, outcome));
  headers["x-nyuro-fallback-used"] = outcome && isFallback(plan, outcome) ? "true" : "false";
  headers["x-nyuro-candidates"] = ascii(chainOf(plan));
  let upstreamMs = 0;
  if (outcome && outcome.tried.length > 0) {
    let attempts = "";
    for (const { candidate, record } of outcome.tried) {
      upstreamMs += record.ms;
      attempts += `${attempts === "" ? "" : ", "}${candidate.deployment.id}=${record.outcome}@${record.ms}ms`;
    }
    headers["x-nyuro-attempts"] = ascii(attempts);
    if (outcome.dropped.length > 0) headers["x-nyuro-dropped-params"] = ascii(outcome.dropped.join(", "));
    if (outcome.added.length > 0) headers["x-nyuro-added-params"] = ascii(outcome.added.join(", "));
  }
  headers["server-timing"] =
    `gw;dur=${tenths(Math.max(0, totalMs - upstreamMs))}, upstream;dur=${upstreamMs}`;
  return headers;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function chainOf({ candidates }: Plan): string {
  let chain = candidates[0]?.deployment.id ?? "";
  for (let i = 1; i < candidates.length && i < SHOWN_CANDIDATES; i++)
    chain += `, ${candidates[i]?.deployment.id}`;
  return candidates.length > SHOWN_CANDIDATES ? `${chain}, +${candidates.length - SHOWN_CANDIDATES}` : chain;
}

const NOT_ASCII = /[^\x20-\x7e]/;
const EVERY_NOT_ASCII = /[^\x20-\x7e]/g;

/** Some proxies refuse a header line above 8 KiB; names are the operator's and the providers', so they are not trusted to be short. */
const LONGEST_VALUE = 4096;

function ascii(value: string): string {
  const short = value.length > LONGEST_VALUE ? value.slice(0, LONGEST_VALUE) : value;
  return NOT_ASCII.test(short) ? short.replace(EVERY_NOT_ASCII, "?") : short;
}

export function answerReply(text: string, headers: Headers, costNanoUsd: number | null): Response {
  headers["content-type"] = JSON_TYPE;
  if (costNanoUsd !== null) headers["x-nyuro-cost-usd"] = formatUsd(costNanoUsd);
  return new Response(text, { headers });
}

export function errorReply(error: ApiError, headers: Headers): Response {
  headers["content-type"] = JSON_TYPE;
  if (!error.retry) headers["x-should-retry"] = "false";
  return new Response(errorBody(error), { status: error.status, headers: { ...headers, ...error.headers } });
}

export function streamReply(body: ReadableStream, headers: Headers): Response {
  headers["content-type"] = "text/event-stream; charset=utf-8";
  headers["cache-control"] = "no-cache";
  headers["x-accel-buffering"] = "no";
  return new Response(body, { headers });
}
