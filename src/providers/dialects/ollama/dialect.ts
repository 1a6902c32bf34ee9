import type { Dialect } from "../../contract.ts";
import { urlsIn } from "../../translate/content-parts.ts";
import { encodeChat } from "./chat.ts";
import { decodeEmbeddings, encodeEmbeddings } from "./embeddings.ts";
import { ollamaFault } from "./faults.ts";
import { decodeModels } from "./list.ts";
import { decodeChat } from "./reply.ts";
import { streamReader } from "./stream.ts";

/** Ollama's own API: what its OpenAI port leaves out (forced tools, errors instead of truncation, thinking) works here. */
export const ollamaDialect = {
  id: "ollama",
  urlsToFetch: ({ messages }) => urlsIn(messages, "images"),
  encodeChat,
  decodeChat,
  streamReader,
  encodeEmbeddings,
  decodeEmbeddings,
  decodeModels,
  fault: ollamaFault,
} satisfies Dialect;
