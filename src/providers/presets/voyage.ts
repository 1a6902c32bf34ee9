import type { Preset } from "../contract.ts";
import { OPENAI_PATHS } from "./openai-ways.ts";

/**
 * Embeddings only. `encoding_format` may be absent or `base64`; what the caller asked for is made from the answer. The
 * API is said to take no field it does not know.
 */
export const voyage: Preset = {
  id: "voyage",
  name: "Voyage AI",
  docs: "https://docs.voyageai.com/reference/embeddings-api",
  dialect: "openai",
  baseUrl: "https://api.voyageai.com/v1",
  auth: { kind: "bearer" },
  paths: { embeddings: OPENAI_PATHS.embeddings },
  keyEnv: "VOYAGE_API_KEY",
  local: false,
  embeddingBatch: 1000,
  quirks: { rename: { dimensions: "output_dimension" }, drop: ["encoding_format", "user"] },
  priceId: "voyageai",
};
