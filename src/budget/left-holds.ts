import type { Write } from "../store/group-commit.ts";
import type { HoldRecord } from "../store/hold-record.ts";
import { findCost } from "../store/requests-spend.ts";
import type { RequestRow } from "../store/tables.ts";

/**
 * Ends a hold that nobody lives to end: its request becomes a row that was interrupted and cost all that was held. Where
 * the request has a row already, nothing happens, so doing it twice does no more than once. At the start all that
 * the journal has `left` is settled so, before any balance is read.
 */
export function settleHold(hold: HoldRecord, insertRow: (row: RequestRow) => Write): Write {
  return (db) => {
    if (!findCost(db, hold.sequence)) insertRow(interruptedRow(hold))(db);
  };
}

/** What is not known of it is null; what a row cannot leave open says the least. */
export function interruptedRow(hold: HoldRecord): RequestRow {
  const { provider, model } = hold;
  return {
    sequence: hold.sequence,
    time_ms: hold.timeMs,
    org_id: hold.orgId,
    key_id: hold.keyId,
    operation: hold.operation,
    requested_model: hold.requestedModel,
    model,
    provider,
    upstream_model: null,
    status: "interrupted",
    http_status: 500,
    error_code: "interrupted",
    stream: hold.stream ? 1 : 0,
    input_tokens: null,
    cached_read_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    usage_source: "held",
    price: null,
    cost_nano_usd: hold.amountNanoUsd,
    latency_ms: 0,
    ttft_ms: null,
    fallback_used: 0,
    cache: "none",
    industry: null,
    task: null,
    route_reason: null,
    attempts: JSON.stringify([{ provider, model, outcome: "interrupted", ms: 0 }]),
    decision: null,
  };
}
