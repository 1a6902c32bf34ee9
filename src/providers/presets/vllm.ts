import type { Preset } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

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
  priceId: null,
};
