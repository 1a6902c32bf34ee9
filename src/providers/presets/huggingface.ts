import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OLD_OUTPUT_LIMIT } from "./openai-ways.ts";

/** Routes to a provider of its own choice, so what a model costs here is known only afterwards. */
export const huggingface: Preset = {
  id: "huggingface",
  name: "Hugging Face router",
  docs: "https://huggingface.co/docs/inference-providers/tasks/chat-completion",
  dialect: "openai",
  baseUrl: "https://router.huggingface.co/v1",
  auth: { kind: "bearer" },
  paths: CHAT_PATHS,
  keyEnv: "HF_TOKEN",
  local: false,
  quirks: OLD_OUTPUT_LIMIT,
  priceId: null,
};
