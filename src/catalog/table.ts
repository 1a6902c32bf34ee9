import type { Capability } from "../core/deployment.ts";

/** What is known of a model whoever serves it. Null = not known, or different from host to host. */
export interface ModelFacts {
  /** As in slugs. */
  vendor: string;
  /** 0–100. */
  quality: number | null;
  /** Tokens of prompt + output. */
  contextLength: number | null;
  /** Tokens of one answer. */
  maxOutputTokens: number | null;
  capabilities: readonly Capability[];
  kind: "chat" | "embedding";
}

const TEXT: readonly Capability[] = ["tools", "json_schema"];
const SEES: readonly Capability[] = ["tools", "json_schema", "vision"];
const READS: readonly Capability[] = ["tools", "json_schema", "vision", "pdf"];
const THINKS: readonly Capability[] = ["tools", "json_schema", "reasoning"];
const SEES_THINKS: readonly Capability[] = ["tools", "json_schema", "vision", "reasoning"];
const READS_THINKS: readonly Capability[] = ["tools", "json_schema", "vision", "pdf", "reasoning"];
const ALL: readonly Capability[] = ["tools", "json_schema", "vision", "audio", "pdf", "reasoning"];
const NO_TOOLS: readonly Capability[] = ["json_schema"];
const NO_TOOLS_THINKS: readonly Capability[] = ["json_schema", "reasoning"];

type Row = readonly [string, string, number, number | null, number | null, readonly Capability[]];

/**
 * Canonical id, vendor, quality, context, most output, capabilities; state of November 2026.
 *
 * Context, output and capabilities are the vendors' own figures. Quality is our ranking, not a measurement: it follows
 * the Artificial Analysis Intelligence Index (v4.1, summer of 2026) where the model is in it, stretched so that 50 is
 * the weakest model worth giving an ordinary task; younger models are placed by their line (a successor is not below
 * its predecessor) and their vendor's own comparison. Differences under 3 mean nothing. Operators overrule it with
 * `quality` in the config.
 */
const CHAT: readonly Row[] = [
  ["gpt-6-astra", "openai", 95, 1_050_000, 128_000, READS_THINKS],
  ["gpt-6.1-sol", "openai", 94, 1_050_000, 128_000, READS_THINKS],
  ["gpt-6.1-terra", "openai", 88, 1_050_000, 128_000, READS_THINKS],
  ["gpt-6-sol", "openai", 92, 1_050_000, 128_000, READS_THINKS],
  ["gpt-6-luna", "openai", 80, 1_050_000, 128_000, READS_THINKS],
  ["gpt-5.6-sol", "openai", 90, 1_050_000, 128_000, READS_THINKS],
  ["gpt-5.6-terra", "openai", 85, 1_050_000, 128_000, READS_THINKS],
  ["gpt-5.6-luna", "openai", 78, 1_050_000, 128_000, READS_THINKS],
  ["gpt-5.5", "openai", 88, 1_050_000, 128_000, READS_THINKS],
  ["gpt-5.4", "openai", 86, 1_050_000, 128_000, READS_THINKS],
  ["gpt-5.4-mini", "openai", 78, 400_000, 128_000, READS_THINKS],
  ["gpt-5.4-nano", "openai", 68, 400_000, 128_000, READS_THINKS],
  ["gpt-5.2", "openai", 83, 400_000, 128_000, READS_THINKS],
  ["gpt-5.1", "openai", 81, 400_000, 128_000, READS_THINKS],
  ["gpt-5", "openai", 80, 400_000, 128_000, READS_THINKS],
  ["gpt-5-mini", "openai", 74, 400_000, 128_000, READS_THINKS],
  ["gpt-5-nano", "openai", 64, 400_000, 128_000, READS_THINKS],
  ["o4-mini", "openai", 74, 200_000, 100_000, READS_THINKS],
  ["o3", "openai", 77, 200_000, 100_000, READS_THINKS],
  ["o3-mini", "openai", 69, 200_000, 100_000, THINKS],
  ["o1", "openai", 72, 200_000, 100_000, READS_THINKS],
  ["gpt-4.1", "openai", 71, 1_047_576, 32_768, READS],
  ["gpt-4.1-mini", "openai", 66, 1_047_576, 32_768, READS],
  ["gpt-4.1-nano", "openai", 57, 1_047_576, 32_768, READS],
  ["gpt-4o", "openai", 68, 128_000, 16_384, READS],
  ["gpt-4o-mini", "openai", 60, 128_000, 16_384, READS],
  ["gpt-4-turbo", "openai", 62, 128_000, 4_096, ["tools", "vision"]],
  ["gpt-4", "openai", 56, 8_192, 8_192, ["tools"]],
  ["gpt-3.5-turbo", "openai", 48, 16_385, 4_096, ["tools"]],
  ["gpt-oss-120b", "openai", 72, 131_072, null, THINKS],
  ["gpt-oss-20b", "openai", 64, 131_072, null, THINKS],
  ["claude-fable-5-2", "anthropic", 96, 1_000_000, 128_000, READS_THINKS],
  ["claude-fable-5-1", "anthropic", 95, 1_000_000, 128_000, READS_THINKS],
  ["claude-fable-5", "anthropic", 94, 1_000_000, 128_000, READS_THINKS],
  ["claude-opus-5-5", "anthropic", 93, 1_000_000, 128_000, READS_THINKS],
  ["claude-opus-5", "anthropic", 91, 1_000_000, 128_000, READS_THINKS],
  ["claude-opus-4-8", "anthropic", 88, 1_000_000, 128_000, READS_THINKS],
  ["claude-opus-4-7", "anthropic", 87, 1_000_000, 128_000, READS_THINKS],
  ["claude-opus-4-6", "anthropic", 85, 1_000_000, 128_000, READS_THINKS],
  ["claude-opus-4-5", "anthropic", 82, 200_000, 64_000, READS_THINKS],
  ["claude-opus-4-1", "anthropic", 77, 200_000, 32_000, READS_THINKS],
  ["claude-sonnet-5-5", "anthropic", 90, 1_000_000, 128_000, READS_THINKS],
  ["claude-sonnet-5", "anthropic", 88, 1_000_000, 128_000, READS_THINKS],
  ["claude-sonnet-4-6", "anthropic", 84, 1_000_000, 128_000, READS_THINKS],
  ["claude-sonnet-4-5", "anthropic", 80, 1_000_000, 64_000, READS_THINKS],
  ["claude-sonnet-4", "anthropic", 75, 200_000, 64_000, READS_THINKS],
  ["claude-haiku-5-5", "anthropic", 82, 1_000_000, 128_000, READS_THINKS],
  ["claude-haiku-4-5", "anthropic", 74, 200_000, 64_000, READS_THINKS],
  ["claude-3-7-sonnet", "anthropic", 72, 200_000, 64_000, READS_THINKS],
  ["claude-3-5-sonnet", "anthropic", 70, 200_000, 8_192, READS],
  ["claude-3-5-haiku", "anthropic", 60, 200_000, 8_192, SEES],
  ["claude-3-opus", "anthropic", 66, 200_000, 4_096, SEES],
  ["claude-3-haiku", "anthropic", 52, 200_000, 4_096, SEES],
  ["gemini-3.8-flash", "google", 86, 1_048_576, 65_536, ALL],
  ["gemini-3.7-flash", "google", 85, 1_048_576, 65_536, ALL],
  ["gemini-3.6-flash", "google", 84, 1_048_576, 65_536, ALL],
  ["gemini-3.5-flash", "google", 82, 1_048_576, 65_536, ALL],
  ["gemini-3.5-flash-lite", "google", 74, 1_048_576, 65_536, ALL],
  ["gemini-3.1-pro-preview", "google", 86, 1_048_576, 65_536, ALL],
  ["gemini-3.1-flash-lite", "google", 72, 1_048_576, 65_536, ALL],
  ["gemini-2.5-pro", "google", 77, 1_048_576, 65_536, ALL],
  ["gemini-2.5-flash", "google", 70, 1_048_576, 65_536, ALL],
  ["gemini-2.5-flash-lite", "google", 62, 1_048_576, 65_536, ALL],
  ["gemma-4-31b-it", "google", 71, 262_144, null, SEES_THINKS],
  ["gemma-3-27b-it", "google", 58, 131_072, null, SEES],
  ["grok-4.7", "x-ai", 89, 500_000, null, READS_THINKS],
  ["grok-4.6", "x-ai", 88, 500_000, null, READS_THINKS],
  ["grok-4.5", "x-ai", 86, 500_000, null, READS_THINKS],
  ["grok-4.3", "x-ai", 82, 1_000_000, null, READS_THINKS],
  ["grok-4", "x-ai", 78, 256_000, null, SEES_THINKS],
  ["grok-3", "x-ai", 68, 131_072, null, TEXT],
  ["grok-3-mini", "x-ai", 66, 131_072, null, THINKS],
  ["grok-code-fast-1", "x-ai", 66, 256_000, null, THINKS],
  ["deepseek-v4-pro", "deepseek", 85, 1_000_000, 384_000, THINKS],
  ["deepseek-v4.1-flash", "deepseek", 82, 1_000_000, 384_000, SEES_THINKS],
  ["deepseek-v4-flash", "deepseek", 78, 1_000_000, 384_000, THINKS],
  ["deepseek-v3.2", "deepseek", 76, 163_840, null, THINKS],
  ["deepseek-chat", "deepseek", 74, null, null, TEXT],
  ["deepseek-reasoner", "deepseek", 76, null, null, THINKS],
  ["deepseek-r1-0528", "deepseek", 71, 163_840, null, THINKS],
  ["deepseek-r1", "deepseek", 68, 163_840, null, ["reasoning"]],
  ["deepseek-chat-v3-0324", "deepseek", 66, 163_840, null, TEXT],
  ["mistral-large-4", "mistralai", 82, 1_048_576, null, SEES_THINKS],
  ["mistral-large-2512", "mistralai", 69, 262_144, null, SEES],
  ["mistral-medium-latest", "mistralai", 78, 262_144, null, SEES_THINKS],
  ["mistral-medium-3.1", "mistralai", 69, 131_072, null, SEES],
  ["mistral-small-latest", "mistralai", 70, 262_144, null, SEES_THINKS],
  ["mistral-small-2603", "mistralai", 70, 262_144, null, SEES_THINKS],
  ["mistral-small-3.2-24b-instruct", "mistralai", 60, 128_000, null, SEES],
  ["magistral-medium-latest", "mistralai", 68, 131_072, null, THINKS],
  ["devstral-2512", "mistralai", 68, 262_144, null, TEXT],
  ["codestral-latest", "mistralai", 60, 256_000, null, TEXT],
  ["ministral-8b-2512", "mistralai", 54, 262_144, null, SEES],
  ["mistral-nemo", "mistralai", 46, 131_072, null, TEXT],
  ["llama-4-maverick", "meta-llama", 63, 1_048_576, null, SEES],
  ["llama-4-scout", "meta-llama", 58, 1_310_720, null, SEES],
  ["llama-3.3-70b-instruct", "meta-llama", 60, 131_072, null, TEXT],
  ["llama-3.3-70b-versatile", "meta-llama", 60, 131_072, 32_768, TEXT],
  ["llama-3.1-405b-instruct", "meta-llama", 63, 131_072, null, TEXT],
  ["llama-3.1-70b-instruct", "meta-llama", 58, 131_072, null, TEXT],
  ["llama-3.1-8b-instruct", "meta-llama", 52, 131_072, null, TEXT],
  ["llama-3.1-8b-instant", "meta-llama", 52, 131_072, null, TEXT],
  ["llama3.3", "meta-llama", 60, 131_072, null, TEXT],
  ["llama3.1", "meta-llama", 52, 131_072, null, TEXT],
  ["llama3.2", "meta-llama", 44, 131_072, null, TEXT],
  ["qwen3.8-max", "qwen", 87, 1_000_000, 131_072, READS_THINKS],
  ["qwen3.8-2.4t-a95b", "qwen", 86, 1_048_576, null, THINKS],
  ["qwen3.8-27b", "qwen", 79, 262_144, null, SEES_THINKS],
  ["qwen3.7-max", "qwen", 85, 1_000_000, null, THINKS],
  ["qwen3.7-plus", "qwen", 81, 1_000_000, null, SEES_THINKS],
  ["qwen3.6-plus", "qwen", 80, 1_000_000, null, SEES_THINKS],
  ["qwen3.6-27b", "qwen", 76, 262_144, null, SEES_THINKS],
  ["qwen3.5-397b-a17b", "qwen", 78, 262_144, null, SEES_THINKS],
  ["qwen3-max", "qwen", 74, 262_144, 65_536, TEXT],
  ["qwen3-coder", "qwen", 69, 262_144, null, TEXT],
  ["qwen3-coder-next", "qwen", 70, 262_144, null, TEXT],
  ["qwen3-235b-a22b-2507", "qwen", 70, 262_144, null, TEXT],
  ["qwen3-next-80b-a3b-instruct", "qwen", 67, 262_144, null, TEXT],
  ["qwen3-32b", "qwen", 64, 131_072, null, THINKS],
  ["qwen-plus", "qwen", 70, 1_000_000, 32_768, THINKS],
  ["qwen-turbo", "qwen", 58, 1_000_000, 16_384, THINKS],
  ["qwen-2.5-72b-instruct", "qwen", 58, 131_072, null, TEXT],
  ["qwen-2.5-coder-32b-instruct", "qwen", 57, 131_072, null, TEXT],
  ["qwen2.5-coder", "qwen", 51, 32_768, null, TEXT],
  ["kimi-k3.1-pro", "moonshotai", 88, 1_048_576, null, SEES_THINKS],
  ["kimi-k3", "moonshotai", 86, 1_048_576, null, SEES_THINKS],
  ["kimi-k2.7-code", "moonshotai", 81, 262_144, null, SEES_THINKS],
  ["kimi-k2.6", "moonshotai", 81, 262_144, null, SEES_THINKS],
  ["kimi-k2.5", "moonshotai", 78, 262_144, null, SEES_THINKS],
  ["kimi-k2-thinking", "moonshotai", 76, 262_144, null, THINKS],
  ["kimi-k2-0905", "moonshotai", 68, 262_144, null, TEXT],
  ["glm-5.3", "z-ai", 86, 1_048_576, 131_072, THINKS],
  ["glm-5.3-flash", "z-ai", 80, 1_048_576, 131_072, SEES_THINKS],
  ["glm-5.2", "z-ai", 83, 1_048_576, 131_072, THINKS],
  ["glm-5.1", "z-ai", 81, 202_752, 131_072, THINKS],
  ["glm-5", "z-ai", 79, 202_752, 131_072, THINKS],
  ["glm-4.7", "z-ai", 75, 204_800, 131_072, THINKS],
  ["glm-4.6", "z-ai", 71, 204_800, 131_072, THINKS],
  ["glm-4.5-air", "z-ai", 65, 131_072, 98_304, THINKS],
  ["minimax-m3", "minimax", 80, 1_048_576, null, SEES_THINKS],
  ["minimax-m3.1-flash", "minimax", 79, 1_048_576, null, SEES_THINKS],
  ["minimax-m2.7", "minimax", 77, 204_800, null, THINKS],
  ["minimax-m2.5", "minimax", 75, 204_800, null, THINKS],
  ["nemotron-3-ultra-550b-a55b", "nvidia", 76, 1_000_000, null, THINKS],
  ["nemotron-3-super-120b-a12b", "nvidia", 70, 1_000_000, null, THINKS],
  ["phi-4", "microsoft", 55, 16_384, null, NO_TOOLS],
  ["sonar", "perplexity", 55, 128_000, null, NO_TOOLS],
  ["sonar-pro", "perplexity", 62, 200_000, 8_000, ["json_schema", "vision"]],
  ["sonar-reasoning-pro", "perplexity", 66, 128_000, null, NO_TOOLS_THINKS],
  ["sonar-deep-research", "perplexity", 68, 128_000, null, NO_TOOLS_THINKS],
];

/** Canonical id, vendor, most tokens of one input. Embeddings are not rated against chat models. */
const EMBEDDINGS: readonly (readonly [string, string, number])[] = [
  ["text-embedding-3-large", "openai", 8_191],
  ["text-embedding-3-small", "openai", 8_191],
  ["text-embedding-ada-002", "openai", 8_191],
  ["mistral-embed", "mistralai", 8_192],
  ["codestral-embed", "mistralai", 8_192],
  ["gemini-embedding-001", "google", 2_048],
  ["bge-m3", "baai", 8_192],
  ["mxbai-embed-large", "mixedbread-ai", 512],
  ["nomic-embed-text", "nomic-ai", 8_192],
];

const FACTS: ReadonlyMap<string, ModelFacts> = new Map([
  ...CHAT.map(([id, vendor, quality, contextLength, maxOutputTokens, capabilities]): [string, ModelFacts] => [
    id,
    { vendor, quality, contextLength, maxOutputTokens, capabilities, kind: "chat" },
  ]),
  ...EMBEDDINGS.map(([id, vendor, contextLength]): [string, ModelFacts] => [
    id,
    { vendor, quality: null, contextLength, maxOutputTokens: null, capabilities: [], kind: "embedding" },
  ]),
]);

/** By canonical id; null = a model we know nothing of. */
export function factsOf(canonical: string): ModelFacts | null {
  return FACTS.get(canonical) ?? null;
}

/** Every canonical id of the table. */
export function knownModels(): readonly string[] {
  return [...FACTS.keys()];
}
