import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OLDER_OPENAI } from "./openai-ways.ts";

/**
 * Thinks by default, and then refuses a conversation with tool calls whose earlier answers have no reasoning:
 * https://api-docs.deepseek.com/guides/thinking_mode. JSON only without a schema, and one answer:
 * https://api-docs.deepseek.com/api/create-chat-completion
 */
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
  quirks: {
    ...OLDER_OPENAI,
    refuse: { n: true, response_format: ["json_schema"] },
    replay: ["reasoning_content"],
    needsReasoning: true,
  },
};
