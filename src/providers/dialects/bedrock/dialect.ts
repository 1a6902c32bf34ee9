import type { Dialect } from "../../contract.ts";
import { urlsIn } from "../../translate/content-parts.ts";
import { decodeChat } from "./decode-chat.ts";
import { decodeEmbeddings } from "./decode-embeddings.ts";
import { encodeChat } from "./encode-chat.ts";
import { encodeEmbeddings } from "./encode-embeddings.ts";
import { bedrockFault } from "./faults.ts";
import { streamReader } from "./stream.ts";

/** Amazon Bedrock: Converse and ConverseStream for every model's chat, InvokeModel for embeddings. */
export const bedrockDialect = {
  id: "bedrock",
  urlsToFetch: ({ messages }) => urlsIn(messages),
  encodeChat,
  decodeChat,
  streamReader,
  encodeEmbeddings,
  decodeEmbeddings,
  /** The models are listed by another service, at another address. */
  decodeModels: () => null,
  fault: bedrockFault,
} satisfies Dialect;
