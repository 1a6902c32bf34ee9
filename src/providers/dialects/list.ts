import type { Dialect, DialectId } from "../contract.ts";
import { anthropicDialect } from "./anthropic/dialect.ts";
import { bedrockDialect } from "./bedrock/dialect.ts";
import { geminiDialect } from "./gemini/dialect.ts";
import { ollamaDialect } from "./ollama/dialect.ts";
import { openaiDialect } from "./openai/dialect.ts";

/** Every wire language there is. */
export const DIALECTS: Readonly<Record<DialectId, Dialect>> = {
  openai: openaiDialect,
  anthropic: anthropicDialect,
  gemini: geminiDialect,
  ollama: ollamaDialect,
  bedrock: bedrockDialect,
};
