import type { RequestPosition } from "./requests-scan.ts";
import { positioned } from "./requests-scan.ts";
import type { Span } from "./rollup-tiers.ts";
import type { Queries, RequestRow } from "./tables.ts";

const COLUMNS = [
  ...(["sequence", "time_ms", "org_id", "key_id", "operation", "stream", "task", "decision"] as const),
  ...(["provider", "model", "status", "latency_ms", "cost_nano_usd"] as const),
  ...(["input_tokens", "cached_read_tokens", "cache_write_tokens"] as const),
  ...(["output_tokens", "reasoning_tokens"] as const),
] as const;

/** What of a request it takes to decide it again. */
export type DecisionRow = Pick<RequestRow, (typeof COLUMNS)[number]>;

/** Rows of the span older than `after` (null = the newest), newest first. */
export function findDecisions(queries: Queries, span: Span, after: RequestPosition | null, limit: number) {
  return positioned(queries, span, after)
    .select(COLUMNS)
    .orderBy("time_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(limit)
    .$castTo<DecisionRow>();
}
