import type { Preset } from "../contract.ts";
import { OLDER_OPENAI, OPENAI_PATHS } from "./openai-ways.ts";

/** Images come as data only: https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/1120 */
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
  quirks: { ...OLDER_OPENAI, inlineImages: true },
  priceId: null,
};
