import type { Preset } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

export const openrouter: Preset = {
  id: "openrouter",
  name: "OpenRouter",
  docs: "https://openrouter.ai/docs/api-reference/overview",
  dialect: "openai",
  baseUrl: "https://openrouter.ai/api/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "OPENROUTER_API_KEY",
  local: false,
};
