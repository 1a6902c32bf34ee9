import type { RequestRow } from "./tables.ts";

/** What the requests of a group came to. */
export interface RollupSums {
  requests: number;
  /** Requests whose cost is unknown; they are not in the cost. */
  unpriced: number;
  inputTokens: number;
  cachedReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  costNanoUsd: number;
  /** Whole microseconds: added up in any order they are the same. */
  latencyUs: number;
  ttftUs: number;
  /** Requests that had a first token. */
  ttftCount: number;
}

export function noSums(): RollupSums {
  return {
    requests: 0,
    unpriced: 0,
    inputTokens: 0,
    cachedReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costNanoUsd: 0,
    latencyUs: 0,
    ttftUs: 0,
    ttftCount: 0,
  };
}

/** What of a row is added up. */
export type SummedRow = Pick<
  RequestRow,
  | "time_ms"
  | "org_id"
  | "key_id"
  | "provider"
  | "model"
  | "industry"
  | "operation"
  | "status"
  | "fallback_used"
  | "usage_source"
  | "input_tokens"
  | "cached_read_tokens"
  | "cache_write_tokens"
  | "output_tokens"
  | "reasoning_tokens"
  | "cost_nano_usd"
  | "latency_ms"
  | "ttft_ms"
>;

/** Runs for every request. */
export function addRow(sums: RollupSums, row: SummedRow): void {
  sums.requests += 1;
  if (row.cost_nano_usd !== null) sums.costNanoUsd += row.cost_nano_usd;
  else if (row.usage_source !== "none") sums.unpriced += 1;
  if (row.input_tokens !== null) {
    sums.inputTokens += row.input_tokens;
    sums.cachedReadTokens += row.cached_read_tokens ?? 0;
    sums.cacheWriteTokens += row.cache_write_tokens ?? 0;
    sums.outputTokens += row.output_tokens ?? 0;
    sums.reasoningTokens += row.reasoning_tokens ?? 0;
  }
  sums.latencyUs += Math.round(row.latency_ms * 1000);
  if (row.ttft_ms !== null) {
    sums.ttftUs += Math.round(row.ttft_ms * 1000);
    sums.ttftCount += 1;
  }
}

/** Adds whatever sums there are. */
export function addSums(to: RollupSums, from: Partial<RollupSums>): void {
  to.requests += from.requests ?? 0;
  to.unpriced += from.unpriced ?? 0;
  to.inputTokens += from.inputTokens ?? 0;
  to.cachedReadTokens += from.cachedReadTokens ?? 0;
  to.cacheWriteTokens += from.cacheWriteTokens ?? 0;
  to.outputTokens += from.outputTokens ?? 0;
  to.reasoningTokens += from.reasoningTokens ?? 0;
  to.costNanoUsd += from.costNanoUsd ?? 0;
  to.latencyUs += from.latencyUs ?? 0;
  to.ttftUs += from.ttftUs ?? 0;
  to.ttftCount += from.ttftCount ?? 0;
}
