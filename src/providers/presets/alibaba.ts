import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

/**
 * Singapore; keys belong to a region, the others want their own `base_url`, which the docs list. Reasoning of earlier
 * answers is read where `preserve_thinking` asks for it: https://www.alibabacloud.com/help/en/model-studio/deep-thinking.
 * Its Kimi models are Moonshot's own service, which needs it: https://help.aliyun.com/en/model-studio/kimi-api-by-moonshot-ai
 */
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
  /** https://www.alibabacloud.com/help/en/model-studio/embedding */
  embeddingBatch: 10,
  quirks: { ...OLDER_OPENAI, replay: ["reasoning_content"], needsReasoning: true },
  priceId: null,
};
