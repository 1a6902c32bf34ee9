import { NANO_PER_USD } from "../../core/money.ts";
import { completionTokens, promptTokens, type Usage } from "../../core/usage.ts";
import type { DecodeOptions } from "../contract.ts";

/** Our buckets as OpenAI's `usage`: its totals include what the details name. */
export function usageShape(usage: Usage, costOf: DecodeOptions["costOf"]): Record<string, unknown> {
  const prompt = promptTokens(usage);
  const completion = completionTokens(usage);
  const cost = costOf ? costOf(usage) : undefined;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cachedRead, cache_write_tokens: usage.cacheWrite },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...(cost === undefined ? {} : { cost: cost === null ? null : cost / NANO_PER_USD }),
  };
}
