import type { Preset } from "../contract.ts";
import { OPENAI_MODELS, OPENAI_PATHS } from "./openai-ways.ts";

/** Does not take `metadata` by default: without `store: true` the API answers a request that has it with a 400. */
export const openai: Preset = {
  id: "openai",
  name: "OpenAI",
  docs: "https://platform.openai.com/docs/api-reference/chat",
  dialect: "openai",
  baseUrl: "https://api.openai.com/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: "OPENAI_API_KEY",
  local: false,
  /** https://platform.openai.com/docs/api-reference/embeddings/create */
  embeddingBatch: 2048,
  quirks: OPENAI_MODELS,
};
