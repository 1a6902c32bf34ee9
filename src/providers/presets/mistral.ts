import type { Preset } from "../contract.ts";
import { OPENAI_EXTRAS, OPENAI_PATHS, STRICT_MESSAGES, SYSTEM_ROLE } from "./openai-ways.ts";

/**
 * Answers every field it does not document with a 422 (`extra_forbidden`), in messages too:
 * https://github.com/BerriAI/litellm/issues/30835. Tool call ids are nine letters and digits, all others a 400:
 * https://github.com/langchain-ai/langchain/pull/24668. `any` is its first word for `required`; `prompt_cache_key` it
 * has; usage comes in the last event unasked. Embeddings: https://docs.mistral.ai/api/endpoint/embeddings.
 */
export const mistral: Preset = {
  id: "mistral",
  name: "Mistral",
  docs: "https://docs.mistral.ai/api/",
  dialect: "openai",
  baseUrl: "https://api.mistral.ai/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "MISTRAL_API_KEY",
  local: false,
  /** Not documented: 257 are refused with `Too many inputs in request`. */
  embeddingBatch: 256,
  quirks: {
    ...SYSTEM_ROLE,
    ...STRICT_MESSAGES,
    rename: { max_completion_tokens: "max_tokens", seed: "random_seed", dimensions: "output_dimension" },
    drop: [
      "logprobs",
      "top_logprobs",
      "logit_bias",
      "user",
      ...OPENAI_EXTRAS.filter((field) => field !== "prompt_cache_key"),
    ],
    values: { tool_choice: { required: "any" } },
    toolCallIds: "nine-alphanumerics",
    streamUsage: "always",
  },
};
