import type { JsonObject } from "../../../core/json.ts";
import type { ChatOptions, Effort } from "../../translate/options.ts";
import type { ModelTraits } from "./models.ts";

/** What else of the request decides whether the model can think. */
export interface ThinkingCase {
  maxTokens: number;
  /** `tool_choice` forces a call. */
  isForced: boolean;
  /** The conversation ends with the assistant, whom the model is to continue. */
  endsWithAssistant: boolean;
  /** The tool loop that is under way began without thinking of Claude's, or the client lost it. */
  loopLacksThinking: boolean;
}

export interface Thinking {
  /** `thinking`, absent = the model's default. */
  thinking?: JsonObject;
  /** For `output_config`. */
  effort?: string;
  /** Whether the model thinks in this request. */
  isOn: boolean;
  /** What the caller does not want to read must be held back by us. */
  mustHide: boolean;
  dropped: string[];
}

export const LEAST_BUDGET_TOKENS = 1024;
/** Of `max_tokens`, thinking included: the rest is for the answer. */
const MOST_OF_MAX_TOKENS = 0.8;
/** No provider says what an effort is in tokens; these lie between those of other gateways. */
const BUDGET_TOKENS: Record<Exclude<Effort, "none">, number> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 65_536,
};

/**
 * `reasoning_effort` and OpenRouter's `reasoning` as the model takes them: an effort of its own (`minimal` is its `low`,
 * and `xhigh` its `max` where it has none), or a budget. A model with budgets does not think where a call is forced or
 * the running tool loop lacks the thinking it began with: the API would refuse, so the effort is dropped and named.
 * Adaptive models mind neither.
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking#validation-changes
 */
export function encodeThinking(
  options: ChatOptions,
  traits: ModelTraits,
  field: string,
  it: ThinkingCase,
): Thinking {
  const { effort, reasoningTokens, hideReasoning } = options;
  if (effort === "none") return notThinking(traits, field);
  if (effort === null && reasoningTokens === null)
    return { isOn: traits.thinksUnasked, mustHide: hideReasoning, dropped: [] };
  switch (traits.thinking) {
    case "none":
      return { ...OFF, dropped: [field] };
    case "adaptive":
      return {
        // Without a display the newer models say nothing of what they think.
        thinking: { type: "adaptive", display: hideReasoning ? "omitted" : "summarized" },
        ...(effort === null ? {} : { effort: effortFor(effort, traits) }),
        isOn: true,
        mustHide: hideReasoning,
        dropped: reasoningTokens === null ? [] : ["reasoning.max_tokens"],
      };
    case "budget": {
      const cannot = it.isForced || it.endsWithAssistant || it.loopLacksThinking;
      if (cannot || it.maxTokens <= LEAST_BUDGET_TOKENS) return { ...OFF, dropped: [field] };
      return { ...withBudget(effort ?? "medium", reasoningTokens, it.maxTokens), mustHide: hideReasoning };
    }
  }
}

const OFF: Thinking = { isOn: false, mustHide: false, dropped: [] };

function notThinking({ thinkingOff, thinking }: ModelTraits, field: string): Thinking {
  if (thinking === "none") return OFF;
  switch (thinkingOff) {
    case "omit":
      return OFF;
    case "disabled":
      return { ...OFF, thinking: { type: "disabled" } };
    case "between_tools":
      return { ...OFF, thinking: { type: "between_tools" }, isOn: true, dropped: [field] };
    case "never":
      return { ...OFF, effort: "low", isOn: true, dropped: [field] };
  }
}

function effortFor(effort: Exclude<Effort, "none">, { hasXhigh }: ModelTraits): string {
  if (effort === "minimal") return "low";
  return effort === "xhigh" && !hasXhigh ? "max" : effort;
}

/** The caller's own budget counts as far as the API allows it. */
function withBudget(effort: Exclude<Effort, "none">, told: number | null, maxTokens: number) {
  const most = told === null ? Math.floor(maxTokens * MOST_OF_MAX_TOKENS) : maxTokens - 1;
  const budget = Math.max(LEAST_BUDGET_TOKENS, Math.min(most, Math.floor(told ?? BUDGET_TOKENS[effort])));
  return {
    thinking: { type: "enabled", budget_tokens: budget },
    isOn: true,
    dropped: told !== null && told !== budget ? ["reasoning.max_tokens"] : [],
  };
}
