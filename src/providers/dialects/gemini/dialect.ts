import type { Dialect } from "../../contract.ts";
import { decodeChat } from "./answer.ts";
import { encodeChat } from "./chat.ts";
import { decodeEmbeddings, encodeEmbeddings } from "./embeddings.ts";
import { geminiFault } from "./faults.ts";
import { decodeModels } from "./listed-models.ts";
import { urlsToFetch } from "./media.ts";
import { streamReader } from "./stream.ts";

/**
 * Google's `generateContent`, as AI Studio and Vertex speak it. What only one of them takes is not sent (call ids,
 * `serviceTier`, `labels`); what one of them refuses for all its models belongs into its preset's `quirks.drop`.
 * Images that a model gave in earlier answers are not sent back.
 */
export const geminiDialect = {
  id: "gemini",
  urlsToFetch,
  encodeChat,
  decodeChat,
  streamReader,
  encodeEmbeddings,
  decodeEmbeddings,
  decodeModels,
  fault: geminiFault,
} satisfies Dialect;
