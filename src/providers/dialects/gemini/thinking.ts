import type { JsonObject } from "../../../core/json.ts";
import { type ChatOptions, EFFORTS, type Effort } from "../../translate/options.ts";
import { type GeminiModel, LEVELS, type Level } from "./models.ts";

export interface Thought {
  /** `thinkingConfig`; null = as the model does by itself. */
  config: JsonObject | null;
  /** True where the model cannot do what was asked: what it can is sent, and the field is named. */
  changed: boolean;
}

/** Google's own table for OpenAI's words: https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGETS: Readonly<Record<Exclude<Effort, "none" | "xhigh" | "max">, number>> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
};

/** How much to think, and whether thoughts are shown: they are where reasoning was asked for and not to be hidden. */
export function writeThinking(
  { effort, reasoningTokens, hideReasoning }: ChatOptions,
  { thinking }: GeminiModel,
  showReasoning: boolean,
): Thought {
  const isAsked = reasoningTokens !== null ? reasoningTokens > 0 : effort !== null && effort !== "none";
  if (thinking.kind === "none")
    return { config: null, changed: effort !== null ? effort !== "none" : reasoningTokens !== null };
  const shown =
    (isAsked || showReasoning) && !hideReasoning && effort !== "none" ? { includeThoughts: true } : {};
  const { amount, changed } = amountOf(effort, reasoningTokens, thinking);
  const config = { ...amount, ...shown };
  return { config: Object.keys(config).length === 0 ? null : config, changed };
}

type Amount = { amount: JsonObject; changed: boolean };

function amountOf(
  effort: Effort | null,
  tokens: number | null,
  thinking: Exclude<GeminiModel["thinking"], { kind: "none" }>,
): Amount {
  if (thinking.kind === "budget") {
    const wanted = tokens ?? (effort === null ? null : budgetOf(effort, thinking.most));
    if (wanted === null) return { amount: {}, changed: false };
    const isOff = wanted === 0 && thinking.canBeOff;
    const taken = isOff ? 0 : Math.min(thinking.most, Math.max(thinking.least, wanted));
    return { amount: { thinkingBudget: taken }, changed: taken !== wanted };
  }
  if (tokens !== null && thinking.takesBudget) return { amount: { thinkingBudget: tokens }, changed: false };
  if (tokens !== null) return nearestLevel(tokens === 0 ? "none" : "high", thinking, tokens !== 0);
  return effort === null ? { amount: {}, changed: false } : nearestLevel(effort, thinking, false);
}

function budgetOf(effort: Effort, most: number): number {
  if (effort === "none") return 0;
  return effort === "xhigh" || effort === "max" ? most : BUDGETS[effort];
}

/** Rather more than less, but for those who want hardly any. */
function nearestLevel(
  effort: Effort,
  { levels, canBeOff }: { levels: readonly Level[]; canBeOff: boolean },
  isChanged: boolean,
): Amount {
  const wanted = EFFORTS.indexOf(effort) - EFFORTS.indexOf("minimal");
  const known = levels.map((level) => LEVELS.indexOf(level));
  const taken = known.find((level) => level >= wanted) ?? known.at(-1) ?? 0;
  const isExact = taken === wanted || (wanted < 0 && canBeOff);
  return { amount: { thinkingLevel: LEVELS[taken] }, changed: isChanged || !isExact };
}
