import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OLDER_OPENAI } from "./openai-ways.ts";

/**
 * Keys of the Chinese platform want `base_url: https://api.moonshot.cn/v1`. Images come as data only:
 * https://platform.kimi.ai/docs/guide/use-kimi-vision-model. Thinking models refuse a tool call without reasoning in
 * earlier answers: https://platform.kimi.ai/docs/guide/use-kimi-k2-thinking-model
 */
export const moonshot: Preset = {
  id: "moonshot",
  name: "Moonshot AI (Kimi)",
  docs: "https://platform.kimi.ai/docs/api/quickstart",
  dialect: "openai",
  baseUrl: "https://api.moonshot.ai/v1",
  auth: { kind: "bearer" },
  paths: CHAT_PATHS,
  keyEnv: "MOONSHOT_API_KEY",
  local: false,
  quirks: {
    ...OLDER_OPENAI,
    replay: ["reasoning_content"],
    needsReasoning: true,
    inlineImages: true,
  },
  priceId: "moonshotai",
};
