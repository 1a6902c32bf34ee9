import type { RatedTask } from "../core/deployment.ts";

type Rating = Readonly<Partial<Record<RatedTask, number>>>;

/**
 * Where a model is better or worse at one task than its general quality says, on the same scale of 0–100; state of
 * November 2026. Our ranking, not a measurement: `code` follows the vendors' own SWE-bench Verified and LiveCodeBench
 * figures relative to their neighbours in the table, `reasoning` lowers what answers without thinking and raises what
 * was trained to think. Differences under 3 mean nothing.
 */
const RATINGS: ReadonlyMap<string, Rating> = new Map<string, Rating>([
  ["gpt-5.6-sol", { code: 92 }],
  ["o3", { reasoning: 80 }],
  ["o4-mini", { reasoning: 78 }],
  ["o3-mini", { reasoning: 74 }],
  ["o1", { reasoning: 75 }],
  ["gpt-4.1", { code: 73, reasoning: 66 }],
  ["gpt-4.1-mini", { reasoning: 61 }],
  ["gpt-4o", { code: 64, reasoning: 60 }],
  ["gpt-4o-mini", { code: 56, reasoning: 53 }],
  ["claude-sonnet-5-5", { code: 94 }],
  ["claude-sonnet-5", { code: 91 }],
  ["claude-sonnet-4-6", { code: 87 }],
  ["claude-sonnet-4-5", { code: 84 }],
  ["claude-sonnet-4", { code: 79 }],
  ["claude-3-7-sonnet", { code: 76 }],
  ["claude-3-5-sonnet", { code: 74 }],
  ["claude-haiku-5-5", { code: 84 }],
  ["claude-haiku-4-5", { code: 78 }],
  ["gemini-2.5-pro", { reasoning: 80 }],
  ["grok-code-fast-1", { code: 73 }],
  ["grok-3", { reasoning: 64 }],
  ["deepseek-reasoner", { reasoning: 80 }],
  ["deepseek-r1-0528", { reasoning: 76 }],
  ["deepseek-r1", { reasoning: 73 }],
  ["deepseek-chat", { reasoning: 70 }],
  ["magistral-medium-latest", { reasoning: 72 }],
  ["devstral-2512", { code: 76 }],
  ["codestral-latest", { code: 68, reasoning: 52 }],
  ["qwen3-coder", { code: 77, reasoning: 62 }],
  ["qwen3-coder-next", { code: 77, reasoning: 63 }],
  ["qwen-2.5-coder-32b-instruct", { code: 66 }],
  ["qwen2.5-coder", { code: 60 }],
  ["kimi-k2.7-code", { code: 88 }],
  ["kimi-k2-thinking", { reasoning: 79 }],
  ["glm-4.6", { code: 74 }],
  ["glm-4.7", { code: 78 }],
  ["sonar-reasoning-pro", { reasoning: 69 }],
  ["sonar", { code: 45 }],
  ["sonar-pro", { code: 52 }],
]);

const AS_IN_GENERAL: Rating = Object.freeze({});

/** By canonical id; an absent task = as in general. */
export function taskQualityOf(canonical: string): Rating {
  return RATINGS.get(canonical) ?? AS_IN_GENERAL;
}

/** Every canonical id with a rating of its own. */
export function ratedModels(): readonly string[] {
  return [...RATINGS.keys()];
}
