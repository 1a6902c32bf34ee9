import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_EXTRAS, OPENAI_PATHS } from "./openai-ways.ts";

/**
 * Cohere by its compatibility API, whose page lists what it takes; `stream_options` and efforts between none
 * and high are not among it.
 */
export const cohere: Preset = {
  id: "cohere",
  name: "Cohere",
  docs: "https://docs.cohere.com/docs/compatibility-api",
  dialect: "openai",
  baseUrl: "https://api.cohere.ai/compatibility/v1",
  auth: { kind: "bearer" },
  paths: { chat: OPENAI_PATHS.chat, embeddings: OPENAI_PATHS.embeddings },
  keyEnv: "CO_API_KEY",
  otherKeyEnvs: ["COHERE_API_KEY"],
  local: false,
  /** https://docs.cohere.com/reference/embed */
  embeddingBatch: 96,
  quirks: {
    ...OLDER_OPENAI,
    drop: [
      ...OPENAI_EXTRAS,
      "logit_bias",
      "logprobs",
      "top_logprobs",
      "prediction",
      "service_tier",
      "parallel_tool_calls",
      "user",
    ],
    values: { reasoning_effort: { minimal: null, low: null, medium: null, xhigh: null } },
    refuse: { n: true, modalities: ["audio"], dimensions: true },
    streamUsage: "always",
  },
};
