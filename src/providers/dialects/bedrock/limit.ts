import type { JsonObject } from "../../../core/json.ts";
import type { Target } from "../../contract.ts";
import type { ChatOptions } from "../../translate/options.ts";
import type { BedrockModel } from "./models.ts";

export interface Limit {
  /** For `inferenceConfig.maxTokens`; null = the most that the model can write, which is Converse's default. */
  maxTokens: number | null;
  dropped: string[];
}

/**
 * "The maximum tokens you requested exceeds the model limit": a limit above what Claude can write becomes that. What the
 * catalog says of other models may be less than they can.
 */
export function limitOf(
  body: Readonly<JsonObject>,
  { maxTokens }: ChatOptions,
  { maxOutputTokens }: Target,
  { claude }: BedrockModel,
): Limit {
  if (maxTokens === null || !claude || claude.isCeilingGuessed) return { maxTokens, dropped: [] };
  const ceiling = Math.max(maxOutputTokens ?? 0, claude.maxOutputTokens);
  if (maxTokens <= ceiling) return { maxTokens, dropped: [] };
  const isNew = typeof body.max_completion_tokens === "number";
  return { maxTokens: ceiling, dropped: [isNew ? "max_completion_tokens" : "max_tokens"] };
}
