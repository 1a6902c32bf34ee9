import type { JsonObject } from "../../../core/json.ts";
import type { Target } from "../../contract.ts";
import type { ChatOptions } from "../../translate/options.ts";

/**
 * What a model writes at most: https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini/2-5-pro, where it is
 * one less than AI Studio says. By the last piece of the upstream's name; of others nothing is promised.
 */
const MOST_TOKENS: readonly (readonly [RegExp, number])[] = [
  [/^gemini-(2\.5-flash|3.*)-image/, 32_768],
  [/^gemini-(2\.5|3)/, 65_535],
  [/^gemini-(1\.5|2\.0-flash(?!-thinking))/, 8192],
];

export interface Limit {
  /** For `maxOutputTokens`; null = the model's own. */
  maxTokens: number | null;
  dropped: string[];
}

/**
 * "It has a maxOutputTokens value of 655360 but the supported range is from 1 (inclusive) to 8193 (exclusive)": what is
 * above becomes the most there is, which loses nothing. https://github.com/stackblitz-labs/bolt.diy/issues/955
 */
export function limitOf(
  body: Readonly<JsonObject>,
  { maxTokens }: ChatOptions,
  { upstreamModel, maxOutputTokens }: Target,
): Limit {
  const name = upstreamModel.slice(upstreamModel.lastIndexOf("/") + 1).toLowerCase();
  const known = MOST_TOKENS.find(([pattern]) => pattern.test(name))?.[1];
  if (maxTokens === null || known === undefined) return { maxTokens, dropped: [] };
  // What the catalog says of other models may be less than they can write.
  const most = Math.max(maxOutputTokens ?? 0, known);
  if (maxTokens <= most) return { maxTokens, dropped: [] };
  const isNew = typeof body.max_completion_tokens === "number";
  return { maxTokens: most, dropped: [isNew ? "max_completion_tokens" : "max_tokens"] };
}
