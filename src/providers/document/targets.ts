import type { DialectId, Preset, Target } from "../contract.ts";

/** The models for which the documents say what a dialect does: what it does may hang on them. */
export const SHOWN_MODELS: Readonly<Record<DialectId, string>> = {
  openai: "a-model",
  anthropic: "claude-sonnet-4-5",
  gemini: "gemini-2.5-flash",
  ollama: "qwen3:8b",
  bedrock: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
};

/** Others, for what is different with them. */
export const OTHER_MODELS: Readonly<Partial<Record<DialectId, readonly string[]>>> = {
  anthropic: ["claude-opus-5-5", "claude-sonnet-4-6", "claude-3-5-haiku-20241022"],
  gemini: ["gemini-3-pro", "gemini-2.0-flash"],
  ollama: ["gpt-oss:20b", "llama3.2"],
  bedrock: ["us.amazon.nova-2-lite-v1:0", "openai.gpt-oss-120b-1:0", "us.meta.llama3-3-70b-instruct-v1:0"],
};

/** Models that a preset treats otherwise than its others, by its id. */
export const MODELS_OF_PRESETS: ReadonlyMap<string, readonly string[]> = new Map([
  ["openai", ["gpt-5", "gpt-5.2"]],
  ["azure", ["gpt-5", "gpt-5.2"]],
]);

/** Null = the dialect has no embeddings. */
export const EMBEDDING_MODELS: Readonly<Record<DialectId, string | null>> = {
  openai: "a-model",
  anthropic: null,
  gemini: "gemini-embedding-001",
  ollama: "nomic-embed-text",
  bedrock: "amazon.titan-embed-text-v2:0",
};

/** A server of the dialect as a preset describes it, or one of which nothing is known. */
export function targetFor(upstreamModel: string, preset: Preset | null): Target {
  return {
    upstreamModel,
    quirks: preset?.quirks ?? {},
    takesMetadata: preset?.takesMetadata ?? false,
    maxOutputTokens: null,
    attachments: new Map(),
  };
}
