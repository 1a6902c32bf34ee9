import type { Preset } from "../contract.ts";
import { OLD_OUTPUT_LIMIT, OPENAI_PATHS } from "./openai-ways.ts";

/** Singapore; keys belong to a region, the others want their own `base_url`, which the docs list. */
export const alibaba: Preset = {
  id: "alibaba",
  name: "Alibaba Model Studio (DashScope)",
  docs: "https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope",
  dialect: "openai",
  baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "DASHSCOPE_API_KEY",
  local: false,
  quirks: OLD_OUTPUT_LIMIT,
  priceId: null,
};
