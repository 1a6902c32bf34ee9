import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OLD_OUTPUT_LIMIT } from "./openai-ways.ts";

/** Keys of the Chinese platform want `base_url: https://api.moonshot.cn/v1`. */
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
  quirks: OLD_OUTPUT_LIMIT,
  priceId: "moonshotai",
};
