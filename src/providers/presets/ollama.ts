import type { Preset } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";

/** Ollama by its own API; with a `base_url` that ends in `/v1`, by its OpenAI-compatible one. */
export const ollama: Preset = {
  id: "ollama",
  name: "Ollama",
  docs: "https://docs.ollama.com/api",
  dialect: "ollama",
  baseUrl: "http://127.0.0.1:11434",
  ...DIALECT_WAYS.ollama,
  keyEnv: null,
  local: true,
  port: 11434,
  priceId: null,
};
