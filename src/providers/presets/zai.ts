import type { Preset } from "../contract.ts";
import { OLD_OUTPUT_LIMIT, OPENAI_PATHS } from "./openai-ways.ts";

/** Keys of Zhipu's Chinese platform want `base_url: https://open.bigmodel.cn/api/paas/v4`. */
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
  quirks: OLD_OUTPUT_LIMIT,
};
