import type { Write } from "../store/group-commit.ts";
import { deleteHold } from "../store/holds-table.ts";
import { findCost } from "../store/requests-spend.ts";
import type { HoldRow, RequestRow } from "../store/tables.ts";

/**
 * Ends a hold that nobody lives to end: its request becomes a row that was interrupted and cost all that was held. Where
 * the request has a row already, only the hold goes. Doing it twice does no more than once. At the start each of
 * `allHolds` is settled so, before any balance is read.
 */
export function settleHold(hold: HoldRow, insertRow: (row: RequestRow) => Write): Write {
  return (db) => {
    if (!findCost(db, hold.sequence)) insertRow(interruptedRow(hold))(db);
    deleteHold(hold.sequence)(db);
  };
}

/** What is not known of it is null; what a row cannot leave open says the least. */
export function interruptedRow(hold: HoldRow): RequestRow {
  const { provider, model } = hold;
  return {
    sequence: hold.sequence,
    time_ms: hold.time_ms,
    org_id: hold.org_id,
    key_id: hold.key_id,
    operation: hold.operation,
    requested_model: hold.requested_model,
    model,
    provider,
    upstream_model: null,
    status: "interrupted",
    http_status: 500,
    error_code: "interrupted",
    stream: hold.stream,
    input_tokens: null,
    cached_read_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    usage_source: "held",
    price: null,
    cost_nano_usd: hold.amount_nano_usd,
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
