import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OLD_OUTPUT_LIMIT } from "./openai-ways.ts";

export const deepseek: Preset = {
  id: "deepseek",
  name: "DeepSeek",
  docs: "https://api-docs.deepseek.com/api/create-chat-completion",
  dialect: "openai",
  baseUrl: "https://api.deepseek.com",
  auth: { kind: "bearer" },
  paths: CHAT_PATHS,
  keyEnv: "DEEPSEEK_API_KEY",
  local: false,
  quirks: OLD_OUTPUT_LIMIT,
};
