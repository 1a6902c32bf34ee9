import type { RequestRow } from "../store/tables.ts";
import type { LedgerRow } from "./row.ts";

/** As the table keeps it. Runs once per request. */
export function requestRowOf(row: LedgerRow): RequestRow {
  const { usage } = row;
  return {
    sequence: row.sequence,
    time_ms: row.timeMs,
    org_id: row.orgId,
    key_id: row.keyId,
    operation: row.operation,
    requested_model: row.requestedModel,
    model: row.model,
    provider: row.provider,
    upstream_model: row.upstreamModel,
    status: row.status,
    http_status: row.httpStatus,
    error_code: row.errorCode,
    stream: row.stream ? 1 : 0,
    input_tokens: usage === null ? null : usage.input,
    cached_read_tokens: usage === null ? null : usage.cachedRead,
    cache_write_tokens: usage === null ? null : usage.cacheWrite,
    output_tokens: usage === null ? null : usage.output,
    reasoning_tokens: usage === null ? null : usage.reasoning,
    usage_source: row.usageSource,
    price: row.price,
    cost_nano_usd: row.costNanoUsd,
    latency_ms: row.latencyMs,
    ttft_ms: row.ttftMs,
    fallback_used: row.fallbackUsed ? 1 : 0,
    cache: row.cache,
    industry: row.industry,
    task: row.task,
    route_reason: row.routeReason,
    attempts: JSON.stringify(row.attempts),
    decision: row.decision,
  };
}

/** Trusts the table: only `requestRowOf` ever wrote it. */
export function ledgerRowOf(row: RequestRow): LedgerRow {
  return {
    sequence: row.sequence,
    timeMs: row.time_ms,
    orgId: row.org_id,
    keyId: row.key_id,
    operation: row.operation as LedgerRow["operation"],
    requestedModel: row.requested_model,
    model: row.model,
    provider: row.provider,
    upstreamModel: row.upstream_model,
    status: row.status as LedgerRow["status"],
    httpStatus: row.http_status,
    errorCode: row.error_code,
    stream: row.stream === 1,
    usage:
      row.input_tokens === null
        ? null
        : {
            input: row.input_tokens,
            cachedRead: row.cached_read_tokens ?? 0,
            cacheWrite: row.cache_write_tokens ?? 0,
            output: row.output_tokens ?? 0,
            reasoning: row.reasoning_tokens ?? 0,
          },
    usageSource: row.usage_source as LedgerRow["usageSource"],
    price: row.price,
    costNanoUsd: row.cost_nano_usd,
    latencyMs: row.latency_ms,
    ttftMs: row.ttft_ms,
    fallbackUsed: row.fallback_used === 1,
    cache: row.cache as LedgerRow["cache"],
    industry: row.industry,
    task: row.task,
    routeReason: row.route_reason,
    attempts: JSON.parse(row.attempts),
    decision: row.decision,
  };
}
