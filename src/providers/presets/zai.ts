import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

/**
 * Keys of Zhipu's Chinese platform want `base_url: https://open.bigmodel.cn/api/paas/v4`. One answer, JSON without a
 * schema, and the model alone chooses its tools: https://docs.z.ai/api-reference/llm/chat-completion. Reasoning goes
 * back with tool results: https://docs.z.ai/guides/capabilities/thinking-mode
 */
export const zai: Preset = {
  id: "zai",
  name: "Z.ai (Zhipu)",
  docs: "https://docs.z.ai/guides/develop/openai/python",
  dialect: "openai",
  baseUrl: "https://api.z.ai/api/paas/v4",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "ZAI_API_KEY",
  local: false,
  quirks: {
    ...OLDER_OPENAI,
    refuse: {
      n: true,
      response_format: ["json_schema"],
      tool_choice: ["none", "required", "function", "allowed_tools"],
    },
    replay: ["reasoning_content"],
  },
};
