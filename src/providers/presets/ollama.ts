import type { Preset } from "../contract.ts";
import { OLD_OUTPUT_LIMIT, OPENAI_PATHS } from "./openai-ways.ts";

/** Ollama by its OpenAI-compatible port. */
export const ollama: Preset = {
  id: "ollama",
  name: "Ollama",
  docs: "https://docs.ollama.com/api/openai-compatibility",
  dialect: "openai",
  baseUrl: "http://127.0.0.1:11434/v1",
  auth: { kind: "bearer" },
  paths: OPENAI_PATHS,
  keyEnv: null,
  local: true,
  port: 11434,
  quirks: OLD_OUTPUT_LIMIT,
  priceId: null,
};
