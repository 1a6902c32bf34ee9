import type { Preset } from "../contract.ts";
import { alibaba } from "./alibaba.ts";
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { cerebras } from "./cerebras.ts";
import { cohere } from "./cohere.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { gemini } from "./gemini.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { llamacpp } from "./llamacpp.ts";
import { lmstudio } from "./lmstudio.ts";
import { mistral } from "./mistral.ts";
import { moonshot } from "./moonshot.ts";
import { nebius } from "./nebius.ts";
import { nvidia } from "./nvidia.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { perplexity } from "./perplexity.ts";
import { sambanova } from "./sambanova.ts";
import { together } from "./together.ts";
import { vertex } from "./vertex.ts";
import { vllm } from "./vllm.ts";
import { voyage } from "./voyage.ts";
import { xai } from "./xai.ts";
import { zai } from "./zai.ts";

/** Every built-in provider, in the order they are shown and probed. A new one is its file and a line here. */
export const PRESETS: readonly Preset[] = [
  openai,
  anthropic,
  gemini,
  azure,
  bedrock,
  vertex,
  openrouter,
  groq,
  mistral,
  deepseek,
  xai,
  together,
  fireworks,
  cerebras,
  perplexity,
  nebius,
  sambanova,
  huggingface,
  nvidia,
  moonshot,
  zai,
  alibaba,
  cohere,
  voyage,
  ollama,
  vllm,
  llamacpp,
  lmstudio,
];

export function presetOf(id: string): Preset | null {
  return PRESETS.find((preset) => preset.id === id) ?? null;
}
