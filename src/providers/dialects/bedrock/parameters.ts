import { isObject, type JsonObject } from "../../../core/json.ts";
import type { ChatOptions } from "../../translate/options.ts";
import { encodeSampling } from "../anthropic/sampling.ts";
import type { BedrockModel } from "./models.ts";
import type { Reasoning } from "./reasoning.ts";

export interface Parameters {
  /** Converse's own; empty = none. */
  inferenceConfig: JsonObject;
  /** For `additionalModelRequestFields`; empty = none. */
  additional: JsonObject;
  dropped: string[];
}

/** Limits and sampling. What the model refuses is left out and named: nothing is clamped. */
export function writeParameters(options: ChatOptions, model: BedrockModel, reasoning: Reasoning): Parameters {
  const { fields, dropped } = model.claude
    ? encodeSampling(options, model.claude, reasoning.isOn)
    : samplingOf(options, model, reasoning);
  const { temperature, top_p: topP, ...additional } = fields;
  const stopSequences = stopsFor(options.stop, model);
  const told = {
    maxTokens: reasoning.maxTokens ?? undefined,
    temperature,
    topP,
    stopSequences: stopSequences.length === 0 ? undefined : stopSequences,
  };
  return {
    inferenceConfig: Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
    additional,
    dropped: stopSequences.length < options.stop.length ? [...dropped, "stop"] : dropped,
  };
}

/** Converse's temperature goes to 1, OpenAI's to 2. Nova 2 takes no sampling at its highest effort. */
function samplingOf(options: ChatOptions, model: BedrockModel, { fields }: Reasoning) {
  const config = isObject(fields.reasoningConfig) ? fields.reasoningConfig : {};
  const isFree = model.takesSampling && config.maxReasoningEffort !== "high";
  const told = { temperature: options.temperature, top_p: options.topP };
  const written: JsonObject = {};
  const dropped: string[] = [];
  for (const [name, value] of Object.entries(told)) {
    if (value === null) continue;
    if (isFree && value >= 0 && value <= 1) written[name] = value;
    else dropped.push(name);
  }
  if (options.topK !== null) {
    if (model.takesTopK && isFree) written.inferenceConfig = { topK: options.topK };
    else dropped.push("top_k");
  }
  return { fields: written, dropped };
}

/** Claude refuses a stop sequence of whitespace alone. */
function stopsFor(stop: readonly string[], model: BedrockModel): string[] {
  if (!model.takesStop) return [];
  return model.claude ? stop.filter((text) => text.trim() !== "") : [...stop];
}
