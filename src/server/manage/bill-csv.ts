import { csvLine } from "../../core/csv.ts";
import type { BillDocument, BillLine } from "../../ledger/bill.ts";

const COLUMNS = [
  ...["org_id", "month", "closed", "dimension", "name", "key_name"],
  ...["requests", "prompt_tokens", "completion_tokens", "cost_usd", "unpriced_requests"],
];

/**
 * A bill as a table: a line for the total, one for each name of each dimension, and one for the adjustments among them.
 * The lines of any one dimension add up to the total's.
 */
export function billCsv(bill: BillDocument): string {
  const { org_id, month, closed } = bill;
  const line = (
    dimension: string,
    it: Omit<BillLine, "name"> & { name?: string | null; key_name?: string | null },
  ) =>
    csvLine([
      ...[org_id, month, closed, dimension, it.name ?? null, it.key_name ?? null],
      ...[it.requests, it.prompt_tokens, it.completion_tokens, it.cost_usd, it.unpriced_requests],
    ]);
  const { total_usd: cost_usd, requests, prompt_tokens, completion_tokens, unpriced_requests } = bill;
  return [
    csvLine(COLUMNS),
    line("total", { requests, prompt_tokens, completion_tokens, cost_usd, unpriced_requests }),
    ...bill.by_provider.map((it) => line("provider", it)),
    ...bill.by_model.map((it) => line("model", it)),
    ...bill.by_key.map((it) => line("key", it)),
    ...bill.by_industry.map((it) => line("industry", it)),
    line("adjustments", bill.adjustments),
  ].join("");
}
