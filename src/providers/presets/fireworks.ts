import type { Preset } from "../contract.ts";
import { OPENAI_PATHS, SYSTEM_ROLE } from "./openai-ways.ts";

/** Reasoning of earlier answers goes back as `reasoning_content`: https://docs.fireworks.ai/guides/reasoning */
export const fireworks: Preset = {
  id: "fireworks",
  name: "Fireworks AI",
  docs: "https://docs.fireworks.ai/tools-sdks/openai-compatibility",
  dialect: "openai",
  baseUrl: "https://api.fireworks.ai/inference/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "FIREWORKS_API_KEY",
  local: false,
  quirks: { ...SYSTEM_ROLE, replay: ["reasoning_content"] },
};
