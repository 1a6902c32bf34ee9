import type { Preset } from "../contract.ts";
import { OPENAI_PATHS, SYSTEM_ROLE } from "./openai-ways.ts";

/**
 * Chat templates of most models know no `developer`. Reasoning of earlier answers, which some templates want, is read
 * from `reasoning`: https://docs.vllm.ai/en/stable/features/reasoning_outputs/
 */
export const vllm: Preset = {
  id: "vllm",
  name: "vLLM",
  docs: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  dialect: "openai",
  baseUrl: "http://127.0.0.1:8000/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: null,
  local: true,
  port: 8000,
  quirks: { ...SYSTEM_ROLE, replay: ["reasoning"] },
  priceId: null,
};
