import { toRfc3339 } from "../../core/clock.ts";
import { requestIdOf } from "../../core/ids.ts";
import { formatUsd } from "../../core/money.ts";
import { completionTokens, promptTokens } from "../../core/usage.ts";
import type { AttemptRecord, LedgerRow } from "../../ledger/row.ts";
import { z } from "./contract.ts";

const text = z.string().nullable();
const count = z.number().nullable();

export const STATUSES = ["ok", "error", "canceled", "interrupted", "refused"] as const;

const attemptSchema = z.object({
  provider: z.string(),
  model: z.string(),
  outcome: z.string(),
  ms: z.number(),
  status: z.number().optional(),
  cost_usd: z.string().optional(),
});

/** One row of the ledger. Null = unknown. */
export const logSchema = z
  .object({
    id: z.string(),
    time: z.string(),
    org_id: z.string(),
    key_id: z.string(),
    requested_model: text,
    model: text,
    provider: text,
    status: z.enum(STATUSES),
    http_status: z.number(),
    stream: z.boolean(),
    prompt_tokens: count,
    completion_tokens: count,
    cached_tokens: count,
    reasoning_tokens: count,
    usage_source: z.enum(["provider", "counted", "held", "none"]),
    cost_usd: text,
    latency_ms: z.number(),
    ttft_ms: count,
    fallback_used: z.boolean(),
    cache: z.string(),
    industry: text,
    task: text,
    route_reason: text,
    attempts: z.array(attemptSchema),
  })
  .openapi("Log");

export function showLog(row: LedgerRow): z.output<typeof logSchema> {
  const { usage } = row;
  return {
    id: requestIdOf(row.sequence),
    time: toRfc3339(row.timeMs),
    org_id: row.orgId,
    key_id: row.keyId,
    requested_model: row.requestedModel,
    model: row.model,
    provider: row.provider,
    status: row.status,
    http_status: row.httpStatus,
    stream: row.stream,
    prompt_tokens: usage && promptTokens(usage),
    completion_tokens: usage && completionTokens(usage),
    cached_tokens: usage && usage.cachedRead,
    reasoning_tokens: usage && usage.reasoning,
    usage_source: row.usageSource,
    cost_usd: row.costNanoUsd === null ? null : formatUsd(row.costNanoUsd),
    latency_ms: row.latencyMs,
    ttft_ms: row.ttftMs,
    fallback_used: row.fallbackUsed,
    cache: row.cache,
    industry: row.industry,
    task: row.task,
    route_reason: row.routeReason,
    attempts: row.attempts.map(showAttempt),
  };
}

function showAttempt({ provider, model, outcome, ms, status, costNanoUsd }: AttemptRecord) {
  return {
    provider,
    model,
    outcome,
    ms,
    ...(status === undefined ? {} : { status }),
    ...(costNanoUsd === undefined ? {} : { cost_usd: formatUsd(costNanoUsd) }),
  };
}
