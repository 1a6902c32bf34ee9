import type { JsonObject } from "../../../core/json.ts";
import type { ChatOptions, Effort } from "../../translate/options.ts";
import type { ModelTraits } from "../anthropic/models.ts";
import { encodeThinking } from "../anthropic/thinking.ts";
import { type BedrockModel, nearestEffort } from "./models.ts";

/** How a request asks for reasoning. */
export interface Reasoning {
  /** For `additionalModelRequestFields`. */
  fields: JsonObject;
  /** For `inferenceConfig.maxTokens`; null = the model's own. */
  maxTokens: number | null;
  isOn: boolean;
  /** The caller wants none of it, and the model may tell it. */
  mustHide: boolean;
  dropped: string[];
  added: string[];
}

/** What else of the request decides whether the model can reason. */
export interface ReasoningCase {
  options: ChatOptions;
  /** What the caller named it: `reasoning_effort` or `reasoning`. */
  field: string;
  /** The model's ceiling; null = not known. */
  maxOutputTokens: number | null;
  isForced: boolean;
  endsWithAssistant: boolean;
  /** The tool loop that is under way began without reasoning of this model, or the client lost it. */
  loopLacksReasoning: boolean;
}

export function writeReasoning(it: ReasoningCase, model: BedrockModel): Reasoning {
  if (model.claude) return ofClaude(it, model.claude);
  const { options, field } = it;
  const off: Reasoning = {
    fields: {},
    maxTokens: options.maxTokens,
    isOn: false,
    mustHide: options.hideReasoning,
    dropped: [],
    added: [],
  };
  const asked = options.effort ?? (options.reasoningTokens === null ? null : "medium");
  if (asked === null) return off;
  if (asked === "none" && !model.efforts.includes("none")) return off;
  if (model.reasoning === null) return { ...off, dropped: [field] };
  const lost = options.reasoningTokens === null ? [] : ["reasoning.max_tokens"];
  const effort = nearestEffort(asked, model.efforts);
  switch (model.reasoning) {
    case "flat":
      return { ...off, fields: { reasoning_effort: effort }, isOn: true, dropped: lost };
    case "nested":
      return { ...off, fields: { reasoning: { effort } }, isOn: effort !== "none", dropped: lost };
    case "nova":
      return ofNova(effort, it, { ...off, isOn: true, dropped: lost });
  }
}

/**
 * Claude takes `thinking` and `output_config.effort` beside Converse's own fields. A budget has to be less than the
 * whole output, which is therefore told where the caller did not.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 */
function ofClaude(it: ReasoningCase, claude: ModelTraits): Reasoning {
  const { options, field, maxOutputTokens, isForced, endsWithAssistant } = it;
  const ceiling = maxOutputTokens ?? claude.maxOutputTokens;
  const { thinking, effort, isOn, mustHide, dropped } = encodeThinking(options, claude, field, {
    maxTokens: options.maxTokens ?? ceiling,
    isForced,
    endsWithAssistant,
    loopLacksThinking: it.loopLacksReasoning,
  });
  const needsMaxTokens = options.maxTokens === null && thinking?.budget_tokens !== undefined;
  return {
    fields: {
      ...(thinking ? { thinking } : {}),
      ...(effort === undefined ? {} : { output_config: { effort } }),
    },
    maxTokens: needsMaxTokens ? ceiling : options.maxTokens,
    isOn,
    mustHide,
    dropped,
    added: needsMaxTokens ? ["max_tokens"] : [],
  };
}

/**
 * "`maxTokens` must be unset when reasoningConfig type is 'enabled' and maxReasoningEffort is 'high'": a limit that the
 * caller set is kept, and the effort gives way.
 */
function ofNova(effort: Effort, { options, field }: ReasoningCase, on: Reasoning): Reasoning {
  const isLimited = effort === "high" && options.maxTokens !== null;
  const maxReasoningEffort = isLimited ? "medium" : effort;
  return {
    ...on,
    fields: { reasoningConfig: { type: "enabled", maxReasoningEffort } },
    dropped: isLimited ? [...on.dropped, field] : on.dropped,
  };
}
