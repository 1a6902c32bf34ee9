import { formatUsd } from "../../core/money.ts";
import { EXCLUSIONS, type ExclusionReason } from "../../routing/exclusion.ts";
import type { ExplainedCandidate, Explanation } from "../../routing/explain.ts";
import { z } from "./contract.ts";

const text = z.string().nullable();
const count = z.number().nullable();
const REASONS = Object.keys(EXCLUSIONS) as [ExclusionReason, ...ExclusionReason[]];

const candidateSchema = z
  .object({
    provider: z.string(),
    model: z.string(),
    state: z.enum(["selected", "behind"]),
    reason: z.string(),
    resting: text.openapi({ description: "Why it stands at the end; null = it is ready." }),
    local: z.boolean(),
    quality: count,
    input_price_usd: text.openapi({ description: "Per million tokens." }),
    output_price_usd: text,
    expected_cost_usd: text.openapi({ description: "For this request." }),
    context_length: count,
    ttft_p50_ms: count,
    in_flight: z.number(),
  })
  .openapi("Candidate");

const exclusionSchema = z
  .object({
    provider: z.string(),
    model: z.string(),
    reason: z.enum(REASONS).openapi({ description: "docs/routing.md lists them." }),
    detail: z.string(),
  })
  .openapi("Exclusion");

/** Every deployment that was looked at, chosen or not. */
export const tableSchema = { candidates: z.array(candidateSchema), excluded: z.array(exclusionSchema) };

const usdOf = (nanoUsd: number | null) => (nanoUsd === null ? null : formatUsd(nanoUsd));

export function showTable({ candidates, excluded }: Explanation) {
  return { candidates: candidates.map(showCandidate), excluded: excluded.map((it) => ({ ...it })) };
}

function showCandidate(it: ExplainedCandidate): z.output<typeof candidateSchema> {
  return {
    provider: it.provider,
    model: it.model,
    state: it.state,
    reason: it.reason,
    resting: it.rest,
    local: it.local,
    quality: it.quality,
    input_price_usd: usdOf(it.inputPrice),
    output_price_usd: usdOf(it.outputPrice),
    expected_cost_usd: usdOf(it.expectedCostNanoUsd),
    context_length: it.contextLength,
    ttft_p50_ms: it.ttftP50Ms,
    in_flight: it.inFlight,
  };
}
