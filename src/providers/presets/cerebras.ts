import type { Preset } from "../contract.ts";
import { CHAT_PATHS } from "./openai-ways.ts";

/** The fields dropped are answered with a 400: https://inference-docs.cerebras.ai/resources/openai */
export const cerebras: Preset = {
  id: "cerebras",
  name: "Cerebras",
  docs: "https://inference-docs.cerebras.ai/resources/openai",
  dialect: "openai",
  baseUrl: "https://api.cerebras.ai/v1",
  auth: { kind: "bearer" },
  paths: CHAT_PATHS,
  keyEnv: "CEREBRAS_API_KEY",
  local: false,
  quirks: { drop: ["frequency_penalty", "presence_penalty", "logit_bias"] },
};
