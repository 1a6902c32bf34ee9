import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

export const sambanova: Preset = {
  id: "sambanova",
  name: "SambaNova",
  docs: "https://docs.sambanova.ai/docs/en/features/openai-compatibility",
  dialect: "openai",
  baseUrl: "https://api.sambanova.ai/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "SAMBANOVA_API_KEY",
  local: false,
  quirks: OLDER_OPENAI,
  priceId: null,
};
