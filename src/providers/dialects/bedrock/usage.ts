import { isObject, tokenCount } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";

/**
 * `inputTokens` does not include what the cache read or wrote, `outputTokens` includes the reasoning, which is not
 * told apart: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function readUsage(raw: unknown): Usage | null {
  if (!isObject(raw)) return null;
  const input = tokenCount(raw.inputTokens);
  const output = tokenCount(raw.outputTokens);
  if (input === null && output === null) return null;
  return {
    input: input ?? 0,
    cachedRead: tokenCount(raw.cacheReadInputTokens) ?? 0,
    cacheWrite: tokenCount(raw.cacheWriteInputTokens) ?? 0,
    output: output ?? 0,
    reasoning: 0,
  };
}
