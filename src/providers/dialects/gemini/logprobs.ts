import { isObject, type JsonObject } from "../../../core/json.ts";

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** `logprobsResult` in OpenAI's shape; null = none. https://ai.google.dev/api/generate-content#LogprobsResult */
export function logprobsOf(raw: unknown): JsonObject | null {
  if (!isObject(raw)) return null;
  const tops = list(raw.topCandidates);
  const content = list(raw.chosenCandidates).map((chosen, at) => ({
    ...itemOf(chosen),
    top_logprobs: list(tops[at]?.candidates).map(itemOf),
  }));
  return content.length === 0 ? null : { content, refusal: null };
}

function itemOf({ token, logProbability }: JsonObject) {
  const text = typeof token === "string" ? token : "";
  return {
    token: text,
    // Google leaves a zero out.
    logprob: typeof logProbability === "number" ? logProbability : 0,
    // Half a character cannot be told as text.
    bytes: text.includes("\ufffd") ? null : [...Buffer.from(text)],
  };
}
