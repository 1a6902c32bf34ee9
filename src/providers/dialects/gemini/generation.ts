import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import type { ChatOptions } from "../../translate/options.ts";
import { writeJsonSchema } from "./json-schema.ts";
import type { GeminiModel } from "./models.ts";
import { toSubset } from "./schema-subset.ts";

const MOST_STOPS = 5;
const MOST_SEED = 2 ** 31;

/** https://ai.google.dev/api/generate-content#generationconfig */
export interface GenerationConfig {
  maxOutputTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  stopSequences?: string[];
  candidateCount?: number;
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  responseLogprobs?: true;
  logprobs?: number;
  responseMimeType?: "application/json";
  responseSchema?: JsonObject;
  responseJsonSchema?: JsonObject;
  responseModalities?: string[];
  thinkingConfig?: JsonObject;
}

/** What of the request's options is `generationConfig`; fields that the model refuses are named in `dropped`. */
export function writeOptions(
  options: ChatOptions,
  model: GeminiModel,
  dropped: string[],
): GenerationConfig | Unsupported {
  const { maxTokens, temperature, topP, topK, stop, seed, n, logprobs, topLogprobs } = options;
  const { presencePenalty, frequencyPenalty } = options;
  const config: GenerationConfig = {};
  if (stop.length > MOST_STOPS)
    return { unsupported: "stop", why: `Gemini takes at most ${MOST_STOPS} stop sequences.` };
  if (maxTokens !== null) config.maxOutputTokens = maxTokens;
  if (temperature !== null) config.temperature = temperature;
  if (topP !== null) config.topP = topP;
  if (topK !== null) config.topK = topK;
  if (stop.length > 0) config.stopSequences = stop;
  if (n > 1) config.candidateCount = n;
  if (seed !== null && Number.isInteger(seed) && Math.abs(seed) < MOST_SEED) config.seed = seed;
  else if (seed !== null) dropped.push("seed");
  if (presencePenalty) {
    if (model.penalties) config.presencePenalty = presencePenalty;
    else dropped.push("presence_penalty");
  }
  if (frequencyPenalty) {
    if (model.penalties) config.frequencyPenalty = frequencyPenalty;
    else dropped.push("frequency_penalty");
  }
  if (logprobs) {
    config.responseLogprobs = true;
    if (topLogprobs) config.logprobs = topLogprobs;
  }
  return config;
}

/** https://ai.google.dev/gemini-api/docs/structured-output */
export function writeFormat(
  format: ChatOptions["format"],
  { json }: GeminiModel,
): GenerationConfig | Unsupported {
  if (format.kind === "text") return {};
  const unsupported = (why: string): Unsupported => ({ unsupported: "response_format", why });
  if (json === "none") return unsupported("This model cannot be held to JSON.");
  const responseMimeType = "application/json";
  if (format.kind === "json") return { responseMimeType };
  if (json === "subset") {
    const responseSchema = toSubset(format.schema);
    return responseSchema
      ? { responseMimeType, responseSchema }
      : unsupported("This model cannot be held to all of the schema.");
  }
  const { schema, isEnforced } = writeJsonSchema(format.schema);
  return isEnforced
    ? { responseMimeType, responseJsonSchema: schema }
    : unsupported("Gemini does not enforce all of the schema.");
}

/** Images are asked for by name; null = the caller wants text, or does not say. */
export function modalitiesOf(told: unknown): string[] | null {
  if (!Array.isArray(told) || !told.includes("image")) return null;
  return told.flatMap((word) => (word === "text" || word === "image" ? [word.toUpperCase()] : []));
}
