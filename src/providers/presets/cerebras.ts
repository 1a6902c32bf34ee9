import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OPENAI_EXTRAS, STRICT_MESSAGES, SYSTEM_ROLE } from "./openai-ways.ts";

/**
 * The fields dropped are answered with a 400, as is every unknown one (`wrong_api_format`), in messages too:
 * https://inference-docs.cerebras.ai/resources/openai, https://github.com/Kilo-Org/kilocode/issues/10375. No model
 * takes efforts beyond these: https://inference-docs.cerebras.ai/capabilities/reasoning
 */
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
  quirks: {
    ...SYSTEM_ROLE,
    ...STRICT_MESSAGES,
    drop: ["frequency_penalty", "presence_penalty", "logit_bias", ...OPENAI_EXTRAS],
    values: { reasoning_effort: { minimal: null, xhigh: null, max: null } },
  },
};
