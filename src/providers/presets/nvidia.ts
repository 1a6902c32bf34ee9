import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

export const nvidia: Preset = {
  id: "nvidia",
  name: "NVIDIA NIM",
  docs: "https://docs.api.nvidia.com/nim/reference/llm-apis",
  dialect: "openai",
  baseUrl: "https://integrate.api.nvidia.com/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "NVIDIA_API_KEY",
  local: false,
  quirks: OLDER_OPENAI,
  priceId: null,
};
