import type { Preset } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";

/** Gemini on Google Cloud, by a service account. There is no list of publisher models to ask for. */
export const vertex: Preset = {
  id: "vertex",
  name: "Google Vertex AI",
  docs: "https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference",
  dialect: "gemini",
  baseUrl:
    "https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/google",
  auth: { kind: "credentials" },
  login: "google",
  paths: { chat: DIALECT_WAYS.gemini.paths.chat, embeddings: "/models/{model}:predict" },
  keyEnv: null,
  slotEnvs: { project: ["GOOGLE_CLOUD_PROJECT"], location: ["GOOGLE_CLOUD_LOCATION"] },
  local: false,
  /** Older models take 250, gemini-embedding-001 one: https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings */
  embeddingBatch: 1,
  quirks: { embeddings: "predict" },
  priceId: "google",
};
