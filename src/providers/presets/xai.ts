import type { Preset } from "../contract.ts";
import { CHAT_PATHS, SYSTEM_ROLE } from "./openai-ways.ts";

/**
 * Has no `logit_bias` and no efforts beyond none, low, medium and high: https://docs.x.ai/docs/api-reference. Which of
 * them a model takes, and whether it takes penalties and `stop`, differs by model.
 */
export const xai: Preset = {
  id: "xai",
  name: "xAI",
  docs: "https://docs.x.ai/docs/api-reference",
  dialect: "openai",
  baseUrl: "https://api.x.ai/v1",
  auth: { kind: "bearer" },
  paths: CHAT_PATHS,
  keyEnv: "XAI_API_KEY",
  local: false,
  quirks: {
    ...SYSTEM_ROLE,
    drop: ["logit_bias"],
    values: { reasoning_effort: { minimal: null, xhigh: null, max: null } },
  },
  priceId: "x-ai",
};
