import type { JsonObject } from "../core/json.ts";

export const LOG_COLUMNS = [
  ...["TIME", "ID", "STATUS", "HTTP", "MODEL", "PROVIDER", "IN", "OUT", "COST USD", "MS", "REASON"],
] as const;

/** Wide enough for nearly all values, for when they are not all known. */
export const LOG_WIDTHS = [24, 15, 11, 4, 24, 12, 7, 7, 12, 7, 0] as const;

/** One row of `GET /logs` under the columns. */
export function logCells(row: JsonObject): unknown[] {
  return [
    ...[row.time, row.id, row.status, row.http_status, row.model ?? row.requested_model, row.provider],
    ...[row.prompt_tokens, row.completion_tokens, row.cost_usd, row.latency_ms, row.route_reason],
  ];
}
