import type { Effort } from "../../translate/options.ts";

/** How a model is told to think: by one of three levels, or on and off. */
export type ThinkingStyle = "levels" | "switch";

/**
 * Models that think, by their name in Ollama's library (https://ollama.com/search?c=thinking). A model that is not
 * here is not asked to: Ollama refuses `think` for those that cannot, and all that can do it unasked.
 */
const THINKING: readonly (readonly [RegExp, ThinkingStyle])[] = [
  [/^gpt-oss/, "levels"],
  [/^deepseek-(?:r1|v3\.[1-9]|v[4-9])/, "switch"],
  [/^gemma-?[4-9]/, "switch"],
  [/^glm-(?:4\.[5-9]|[5-9])/, "switch"],
  [/^kimi-k(?:2-thinking|2\.[5-9]|[3-9])/, "switch"],
  [/^magistral/, "switch"],
  [/^minimax-m[2-9]/, "switch"],
  [/^nemotron-3/, "switch"],
  [/^qwen-?3/, "switch"],
  [/-thinking/, "switch"],
];
/** Members of these families that do not think. */
const PLAIN = /coder|instruct|embed|rerank/;

/** Null = not known to think. The namespace and the tag (`hf.co/someone/Qwen3-8B-GGUF:Q4_K_M`) are tolerated. */
export function thinkingStyleOf(upstreamModel: string): ThinkingStyle | null {
  const name = upstreamModel.slice(upstreamModel.lastIndexOf("/") + 1).toLowerCase();
  if (PLAIN.test(name)) return null;
  return THINKING.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/**
 * gpt-oss knows three levels and cannot stop thinking: `true` and `false` are ignored
 * (https://docs.ollama.com/capabilities/thinking).
 */
const LEVELS: Record<Effort, { level: "low" | "medium" | "high"; exact: boolean }> = {
  none: { level: "low", exact: false },
  minimal: { level: "low", exact: false },
  low: { level: "low", exact: true },
  medium: { level: "medium", exact: true },
  high: { level: "high", exact: true },
  xhigh: { level: "high", exact: false },
  max: { level: "high", exact: false },
};

export interface Think {
  /** Absent = the model does as it does. */
  think?: boolean | "low" | "medium" | "high";
  /** False where what was asked is not what is done. */
  exact: boolean;
}

/** `think` for an effort. `false` is accepted for any model, also for one that cannot think. */
export function thinkOf(upstreamModel: string, effort: Effort): Think {
  const style = thinkingStyleOf(upstreamModel);
  if (style === "levels") {
    const { level, exact } = LEVELS[effort];
    return { think: level, exact };
  }
  if (effort === "none") return { think: false, exact: true };
  return style === "switch" ? { think: true, exact: true } : { exact: false };
}
