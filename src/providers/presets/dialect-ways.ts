import type { DialectId, Preset } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

/** How a server is greeted, and where it keeps its operations after the base URL. */
export type Ways = Pick<Preset, "auth" | "login" | "paths" | "headers" | "quirks" | "embeddingBatch">;

/**
 * What a server of a dialect wants unless its preset says otherwise. A path with a model in it is what the dialect
 * puts there itself; here it says that the operation is offered.
 */
export const DIALECT_WAYS = {
  openai: { auth: { kind: "bearer" }, paths: OPENAI_PATHS },
  /** https://docs.anthropic.com/en/api/versioning */
  anthropic: {
    auth: { kind: "header", name: "x-api-key" },
    headers: { "anthropic-version": "2023-06-01" },
    paths: { chat: "/messages", models: "/models?limit=1000" },
  },
  /** https://ai.google.dev/api */
  gemini: {
    auth: { kind: "header", name: "x-goog-api-key" },
    paths: {
      chat: "/models/{model}:generateContent",
      embeddings: "/models/{model}:batchEmbedContents",
      models: "/models?pageSize=1000",
    },
    embeddingBatch: 100,
  },
  /** https://docs.ollama.com/api: no key, unless a proxy before it wants one. */
  ollama: {
    auth: { kind: "bearer" },
    paths: { chat: "/api/chat", embeddings: "/api/embed", models: "/api/tags" },
  },
  /** A Bedrock API key as bearer, else signed; models are listed on another host. */
  bedrock: {
    auth: { kind: "bearer" },
    login: "aws",
    paths: { chat: "/model/{model}/converse", embeddings: "/model/{model}/invoke" },
    /** Titan's; https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
    embeddingBatch: 1,
  },
} as const satisfies Record<DialectId, Ways>;

/** Every dialect that a provider can speak. */
export const DIALECT_IDS = Object.keys(DIALECT_WAYS) as readonly DialectId[];
