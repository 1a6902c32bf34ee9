import type { Dialect } from "../../contract.ts";
import { encodeChat, urlsToFetch } from "./chat.ts";
import { decodeEmbeddings, encodeEmbeddings } from "./embeddings.ts";
import { anthropicFault } from "./faults.ts";
import { decodeModels } from "./model-list.ts";
import { decodeChat } from "./reply.ts";
import { streamReader } from "./stream.ts";

/** Anthropic's Messages API, which Claude speaks, and some other vendors' models. */
export const anthropicDialect = {
  id: "anthropic",
  urlsToFetch,
  encodeChat,
  decodeChat,
  streamReader,
  encodeEmbeddings,
  decodeEmbeddings,
  decodeModels,
  fault: anthropicFault,
} satisfies Dialect;
