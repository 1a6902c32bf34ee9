import { isObject, type JsonObject } from "../../../core/json.ts";

type Kind = "chat" | "embedding" | "other";

/** `type` as Together and LM Studio write it, and Cohere's `endpoints`. What is not here tells nothing. */
const WORDS: ReadonlyMap<unknown, Kind> = new Map([
  ["chat", "chat"],
  ["llm", "chat"],
  ["vlm", "chat"],
  ["embed", "embedding"],
  ["embedding", "embedding"],
  ["embeddings", "embedding"],
  ["audio", "other"],
  ["classify", "other"],
  ["image", "other"],
  ["moderation", "other"],
  ["rerank", "other"],
  ["speech", "other"],
  ["transcribe", "other"],
  ["video", "other"],
]);

/** What a listed model is for; null = it does not say, `other` = neither chat nor embeddings. */
export function kindOf(item: JsonObject): Kind | null {
  return WORDS.get(item.type) ?? byEndpoint(item.endpoints) ?? byOutput(item) ?? byFlag(item);
}

/** Cohere: one word each for what the model can be called with. */
function byEndpoint(endpoints: unknown): Kind | null {
  if (!Array.isArray(endpoints)) return null;
  const kinds = endpoints.map((word) => WORDS.get(word) ?? null);
  return kinds.find((kind) => kind === "chat" || kind === "embedding") ?? kinds[0] ?? null;
}

/**
 * OpenRouter and those who list themselves there. llama.cpp writes `text` whatever it serves, so that says nothing of
 * embeddings: https://github.com/ggml-org/llama.cpp/pull/22709
 */
function byOutput({ architecture, output_modalities: plain, owned_by: owner }: JsonObject): Kind | null {
  const modalities = (isObject(architecture) ? architecture.output_modalities : undefined) ?? plain;
  if (!Array.isArray(modalities) || modalities.length === 0) return null;
  if (modalities.includes("text")) return owner === "llamacpp" ? null : "chat";
  return modalities.some((word) => word === "embeddings" || word === "embedding") ? "embedding" : "other";
}

/** Mistral (https://docs.mistral.ai/api/endpoint/models) and Fireworks, whose `kind` tells embeddings apart. */
function byFlag({ capabilities, supports_chat: supported, kind }: JsonObject): Kind | null {
  if (supported === true || (isObject(capabilities) && capabilities.completion_chat === true)) return "chat";
  if (supported !== false) return null;
  return kind === "EMBEDDING_MODEL" ? "embedding" : "other";
}
