import { costOf as priceUsage } from "../catalog/cost.ts";
import type { Deployment } from "../core/deployment.ts";
import type { ApiError } from "../core/errors.ts";
import {
  addUsage,
  completionTokens,
  NO_USAGE,
  promptTokens,
  type Usage,
  type UsageSource,
} from "../core/usage.ts";
import type { RequestBodies } from "../ledger/bodies.ts";
import type { LedgerRow, RowStatus } from "../ledger/row.ts";
import type { Plan } from "../routing/decision.ts";
import type { Outcome } from "./attempt.ts";
import { decisionJson, refusalJson } from "./decision-record.ts";
import { isFallback } from "./fallback.ts";
import type { Gateway, Incoming, Snapshot } from "./gateway.ts";
import type { ParsedRequest } from "./parse.ts";
import { routeReason } from "./reason.ts";

/** Everything known of a request when it ends. Null = it did not get that far. */
export interface Ending {
  request: ParsedRequest | null;
  plan: Plan | null;
  /** The rule that applied to a request without a plan; absent = none. */
  rule?: string;
  outcome: Outcome | null;
  status: RowStatus;
  httpStatus: number;
  errorCode: string | null;
  spent: Spent;
  ttftMs: number | null;
  /** The whole answer, or the error that stands in for it; null = it was a stream, or nothing was said. */
  told: ApiError | string | null;
}

/** What was processed, who says so, and what it cost. */
export interface Spent {
  usage: Usage | null;
  source: UsageSource;
  costNanoUsd: number | null;
}

/** Nothing was processed, and that is known. */
export const NOTHING_SPENT: Spent = Object.freeze({ usage: NO_USAGE, source: "none", costNanoUsd: 0 });

const BYTES_PER_TOKEN = 4;

/** What is known of an answer where its provider does not tell. */
export interface Delivered {
  promptTokens: number;
  contentBytes: number;
  /** How many of them came behind the usage that the provider told, in an answer that broke off; absent = none. */
  untoldBytes?: number;
  /** Tokens the upstream was told to write at most; null = it was not told. */
  outputTokens: number | null;
}

/**
 * The provider's own figures, else a count of what went in and what was delivered: at most what the upstream was told,
 * so that what is guessed costs no more than was put aside for it. An answer that broke off may have told its prompt
 * only, as Claude's do in their first event: what came behind that is counted.
 */
export function spentOn(deployment: Deployment, told: Usage | null, delivered: Delivered): Spent {
  const isWhole = told !== null && (delivered.untoldBytes ?? 0) === 0;
  const usage = told === null ? countedUsage(delivered) : isWhole ? told : withUntold(told, delivered);
  return { usage, source: isWhole ? "provider" : "counted", costNanoUsd: costAt(deployment, usage) };
}

function countedUsage({ promptTokens: input, contentBytes, outputTokens }: Delivered): Usage {
  const output = Math.ceil(contentBytes / BYTES_PER_TOKEN);
  return { ...NO_USAGE, input, output: Math.min(output, outputTokens ?? output) };
}

function withUntold(told: Usage, { untoldBytes = 0, outputTokens }: Delivered): Usage {
  const more = Math.ceil(untoldBytes / BYTES_PER_TOKEN);
  const most = outputTokens === null ? more : Math.max(0, outputTokens - completionTokens(told));
  return { ...told, output: told.output + Math.min(more, most) };
}

/** With what failed attempts were billed: a row is the sum of its attempts. */
export function withFailedAttempts(spent: Spent, outcome: Outcome): Spent {
  let { usage, costNanoUsd } = spent;
  let isMore = false;
  for (const { usage: failed } of outcome.tried) {
    if (!failed) continue;
    isMore = true;
    usage = usage && addUsage(usage, failed);
  }
  if (!isMore) return spent;
  costNanoUsd = costNanoUsd === null ? outcome.billedNanoUsd || null : costNanoUsd + outcome.billedNanoUsd;
  return { usage, source: spent.source === "none" ? "provider" : spent.source, costNanoUsd };
}

/** Nano-USD; null = the price is unknown. */
export function costAt(deployment: Deployment, usage: Usage): number | null {
  return deployment.price ? priceUsage(usage, deployment.price) : null;
}

/**
 * The one exit: every request ends here, once, whatever happened to it. Resolves when the row is durable, so what
 * tells the client that it has everything waits for it.
 */
export async function record(
  gateway: Gateway,
  incoming: Incoming,
  ending: Ending,
  snapshot: Snapshot,
): Promise<void> {
  try {
    const { outcome } = ending;
    const spent = outcome ? withFailedAttempts(ending.spent, outcome) : ending.spent;
    const row = rowOf(gateway, incoming, spent === ending.spent ? ending : { ...ending, spent }, snapshot);
    incoming.open.isRecorded = true;
    await gateway.write(row, incoming.transcript && saidIn(gateway, incoming, ending));
    gateway.observe(row);
  } finally {
    incoming.open.admission?.settle(tokensIn(ending.spent));
    incoming.open.end();
  }
}

/** Null = its organization does not want it any more, or we have a bug: no row is lost for what was said. */
function saidIn(
  gateway: Gateway,
  { id, caller, transcript }: Incoming,
  { told }: Ending,
): RequestBodies | null {
  try {
    return transcript && gateway.storesBodies(caller.orgId) ? transcript.whole(told) : null;
  } catch (bug) {
    gateway.log.error({ request: id, error: String(bug) }, "what was said in the request is not kept");
    return null;
  }
}

function tokensIn({ usage }: Spent): number | null {
  return usage && promptTokens(usage) + completionTokens(usage);
}

function rowOf(gateway: Gateway, incoming: Incoming, ending: Ending, snapshot: Snapshot): LedgerRow {
  const { request, plan, outcome, spent } = ending;
  const answered = outcome?.won?.candidate ?? outcome?.tried.at(-1)?.candidate ?? null;
  const deployment = answered?.deployment ?? null;
  return {
    sequence: incoming.sequence,
    timeMs: incoming.timeMs,
    orgId: incoming.caller.orgId,
    keyId: incoming.caller.keyId,
    operation: incoming.operation,
    requestedModel: request?.requestedModel ?? null,
    model: deployment?.model ?? null,
    provider: deployment?.providerId ?? null,
    upstreamModel: deployment?.upstream ?? null,
    status: ending.status,
    httpStatus: ending.httpStatus,
    errorCode: ending.errorCode,
    stream: request?.stream ?? false,
    usage: spent.usage,
    usageSource: spent.source,
    price: deployment?.price ? priceJson(deployment) : null,
    costNanoUsd: spent.costNanoUsd,
    latencyMs: Math.round(gateway.clock.monotonic() - incoming.startedMs),
    ttftMs: ending.ttftMs === null ? null : Math.round(ending.ttftMs),
    fallbackUsed: plan && outcome ? isFallback(plan, outcome) : false,
    cache: "none",
    industry: plan?.industry ?? request?.industry ?? null,
    task: plan?.task ?? null,
    routeReason: plan ? routeReason(plan, outcome) : null,
    attempts: outcome ? outcome.tried.map(({ record: tried }) => tried) : [],
    decision: decisionOf(ending, snapshot),
  };
}

function decisionOf({ plan, rule, outcome, request }: Ending, snapshot: Snapshot): string | null {
  const route = request?.route ?? null;
  if (plan) return decisionJson(plan, outcome, snapshot, route);
  return rule === undefined ? null : refusalJson(rule, snapshot, route);
}

/** Prices do not change within a snapshot, so each is written as JSON once. */
const pricesWritten = new WeakMap<Deployment, string>();

function priceJson(deployment: Deployment): string {
  let json = pricesWritten.get(deployment);
  if (json === undefined) {
    json = JSON.stringify(deployment.price);
    pricesWritten.set(deployment, json);
  }
  return json;
}
