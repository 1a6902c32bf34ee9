import type { Preset } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

/** Answers every field it does not document with a 422 (`extra_forbidden`); usage comes in the last event unasked. */
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
  quirks: {
    rename: { max_completion_tokens: "max_tokens", seed: "random_seed" },
    drop: ["logprobs", "top_logprobs", "logit_bias", "store", "user"],
    streamUsage: "always",
  },
};
