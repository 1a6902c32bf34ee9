import type { Preset } from "../contract.ts";
import { OLD_OUTPUT_LIMIT, OPENAI_PATHS } from "./openai-ways.ts";

export const lmstudio: Preset = {
  id: "lmstudio",
  name: "LM Studio",
  docs: "https://lmstudio.ai/docs/developer/openai-compat",
  dialect: "openai",
  baseUrl: "http://127.0.0.1:1234/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: null,
  local: true,
  port: 1234,
  quirks: OLD_OUTPUT_LIMIT,
  priceId: null,
};
