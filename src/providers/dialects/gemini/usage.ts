import { isObject, tokenCount } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";

/**
 * `usageMetadata`: the prompt includes what was cached, but not what tools added; thoughts are not in the answer.
 * Streams repeat it with growing figures. Null where no count is told (Vertex sends `{trafficType}` alone).
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(raw: unknown): Usage | null {
  if (!isObject(raw)) return null;
  const prompt = tokenCount(raw.promptTokenCount);
  const answer = tokenCount(raw.candidatesTokenCount);
  const total = tokenCount(raw.totalTokenCount);
  if (prompt === null && answer === null && total === null) return null;
  const toolUse = tokenCount(raw.toolUsePromptTokenCount) ?? 0;
  const reasoning = tokenCount(raw.thoughtsTokenCount) ?? 0;
  const read = (prompt ?? 0) + toolUse;
  const cachedRead = Math.min(read, tokenCount(raw.cachedContentTokenCount) ?? 0);
  return {
    input: read - cachedRead,
    cachedRead,
    cacheWrite: 0,
    output: answer ?? 0,
    reasoning,
  };
}
