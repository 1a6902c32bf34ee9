import type { Dialect } from "../../contract.ts";
import { openaiFault } from "../../refusals.ts";
import { decodeChat, encodeChat, encodeEmbeddings, urlsToFetch } from "./chat.ts";
import { decodeEmbeddings } from "./embeddings.ts";
import { decodeModels } from "./models.ts";
import { OpenAiStream } from "./stream.ts";

/** OpenAI's Chat Completions and Embeddings, spoken by most providers: the request and the bytes pass through. */
export const openaiDialect = {
  id: "openai",
  urlsToFetch,
  encodeChat,
  decodeChat,
  streamReader: (options: ConstructorParameters<typeof OpenAiStream>[0]) => new OpenAiStream(options),
  encodeEmbeddings,
  decodeEmbeddings,
  decodeModels,
  fault: openaiFault,
} satisfies Dialect;
