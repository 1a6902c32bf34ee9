import type { Preset } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

/**
 * Wants the reasoning of earlier answers back, signatures included, and gives it to whoever wrote it:
 * https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks
 */
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
  quirks: { replay: ["reasoning", "reasoning_details"] },
};
