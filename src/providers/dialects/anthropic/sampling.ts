import type { JsonObject } from "../../../core/json.ts";
import type { ChatOptions } from "../../translate/options.ts";
import type { ModelTraits } from "./models.ts";

/** Fields for the body, and those of the request that could not become one. */
export interface Encoded {
  fields: JsonObject;
  dropped: string[];
}

/** While it thinks, a model takes no narrower choice than this. */
const LEAST_TOP_P_THINKING = 0.95;

/**
 * `temperature`, `top_p` and `top_k` as the model takes them. OpenAI's temperature goes to 2, Claude's to 1: what is
 * above is left to the default, which is 1, and named, as is all that the model refuses. A value that is the default
 * anyway (1) is lost without loss.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility
 */
export function encodeSampling(options: ChatOptions, traits: ModelTraits, thinks: boolean): Encoded {
  const { temperature, topP, topK } = options;
  const fields: JsonObject = {};
  const dropped: string[] = [];
  const isFixed = thinks || traits.sampling === "none";

  if (temperature !== null && (temperature < 0 || temperature > 1 || (isFixed && temperature !== 1)))
    dropped.push("temperature");
  else if (temperature !== null && !isFixed) fields.temperature = temperature;

  if (topP !== null) {
    const isRefused = traits.sampling === "none" ? topP !== 1 : thinks && topP < LEAST_TOP_P_THINKING;
    if (isRefused) dropped.push("top_p");
    else if (traits.sampling !== "none") fields.top_p = topP;
  }
  if (traits.sampling === "one_of_two") chooseOne(fields, dropped);

  if (topK !== null && isFixed) dropped.push("top_k");
  else if (topK !== null) fields.top_k = topK;
  return { fields, dropped };
}

/** The model refuses `temperature` beside `top_p`: one that is the default goes, else `top_p`. */
function chooseOne(fields: JsonObject, dropped: string[]): void {
  if (!("temperature" in fields && "top_p" in fields)) return;
  if (fields.top_p !== 1 && fields.temperature === 1) {
    delete fields.temperature;
    return;
  }
  if (fields.top_p !== 1) dropped.push("top_p");
  delete fields.top_p;
}
