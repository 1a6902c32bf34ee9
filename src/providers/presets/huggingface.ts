import type { Preset } from "../contract.ts";
import { CHAT_PATHS, OLDER_OPENAI } from "./openai-ways.ts";

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
  quirks: OLDER_OPENAI,
  priceId: null,
};
