import type { Preset } from "../contract.ts";
import { CHAT_PATHS } from "./openai-ways.ts";

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
  priceId: "x-ai",
};
