import type { Preset } from "../contract.ts";
import { OPENAI_MODELS, OPENAI_PATHS } from "./openai-ways.ts";

/**
 * Azure OpenAI by its v1 endpoint, by a key or a token of Microsoft Entra ID. Models are deployments with names the operator
 * chose and there is no list of them to ask for, so they are written in the config; a name that is a model's own is taken
 * for that model.
 */
export const azure: Preset = {
  id: "azure",
  name: "Azure OpenAI",
  docs: "https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle",
  dialect: "openai",
  baseUrl: "https://{resource}.openai.azure.com/openai/v1",
  auth: { kind: "header", name: "api-key" },
  login: "entra",
  paths: { chat: OPENAI_PATHS.chat, embeddings: OPENAI_PATHS.embeddings },
  keyEnv: "AZURE_OPENAI_API_KEY",
  local: false,
  /** https://learn.microsoft.com/azure/ai-foundry/openai/reference */
  embeddingBatch: 2048,
  quirks: OPENAI_MODELS,
};
