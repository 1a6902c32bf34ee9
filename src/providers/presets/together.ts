import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

export const together: Preset = {
  id: "together",
  name: "Together AI",
  docs: "https://docs.together.ai/docs/openai-api-compatibility",
  dialect: "openai",
  baseUrl: "https://api.together.xyz/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "TOGETHER_API_KEY",
  local: false,
  quirks: OLDER_OPENAI,
};
