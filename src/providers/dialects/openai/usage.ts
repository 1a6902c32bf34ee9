import { isObject, type JsonObject, tokenCount } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";

/**
 * OpenAI's `usage` as disjoint buckets: `cached_tokens` and `cache_write_tokens` are part of `prompt_tokens`,
 * `reasoning_tokens` of `completion_tokens`. Some servers report details larger than their total (xAI leaves the
 * reasoning out of `completion_tokens` and only `total_tokens` includes it): then the total tells how much is missing.
 * What was written into the cache has Anthropic's name at Alibaba (https://github.com/epam/ai-dial-adapter-openai/pull/525)
 * and one of its own at LiteLLM.
 * Returns null unless both totals are there and make sense: a figure we cannot trust is not told.
 */
export function readUsage(raw: unknown): Usage | null {
  if (!isObject(raw)) return null;
  const prompt = tokenCount(raw.prompt_tokens);
  const completion = tokenCount(
    raw.completion_tokens ?? (raw.total_tokens === raw.prompt_tokens ? 0 : undefined),
  );
  if (prompt === null || completion === null) return null;
  const promptDetails = isObject(raw.prompt_tokens_details) ? raw.prompt_tokens_details : {};
  const completionDetails = isObject(raw.completion_tokens_details) ? raw.completion_tokens_details : {};
  const cachedRead = Math.min(
    prompt,
    tokenCount(promptDetails.cached_tokens) ??
      tokenCount(raw.prompt_cache_hit_tokens) ??
      tokenCount(raw.num_cached_tokens) ??
      tokenCount(raw.cached_tokens) ??
      0,
  );
  const cacheWrite = Math.min(
    prompt - cachedRead,
    tokenCount(promptDetails.cache_write_tokens) ??
      tokenCount(promptDetails.cache_creation_input_tokens) ??
      tokenCount(promptDetails.cache_creation_tokens) ??
      0,
  );
  const reasoning = tokenCount(completionDetails.reasoning_tokens) ?? 0;
  const beyond = tokenCount(raw.total_tokens) ?? 0;
  const reasoningIsExtra = reasoning > 0 && beyond === prompt + completion + reasoning;
  return {
    input: prompt - cachedRead - cacheWrite,
    cachedRead,
    cacheWrite,
    output: reasoningIsExtra ? completion : Math.max(0, completion - reasoning),
    reasoning: reasoningIsExtra ? reasoning : Math.min(reasoning, completion),
  };
}

/** The usage of an answer or event, wherever its provider hides it: Groq under `x_groq`, Moonshot inside the choice. */
export function usageIn(answer: JsonObject, choices: readonly unknown[]): Usage | null {
  if (isObject(answer.usage)) return readUsage(answer.usage);
  if (isObject(answer.x_groq) && isObject(answer.x_groq.usage)) return readUsage(answer.x_groq.usage);
  for (const choice of choices)
    if (isObject(choice) && isObject(choice.usage)) return readUsage(choice.usage);
  return null;
}
