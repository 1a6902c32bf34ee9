import type { Dialect } from "../../contract.ts";
import { decodeChat, encodeChat, encodeEmbeddings } from "./chat.ts";
import { decodeEmbeddings, decodeModels } from "./embeddings.ts";
import { openaiFault } from "./faults.ts";
import { OpenAiStream } from "./stream.ts";

/** OpenAI's Chat Completions and Embeddings, spoken by most providers: the request and the bytes pass through. */
export const openaiDialect: Dialect = {
  id: "openai",
  encodeChat,
  decodeChat,
  streamReader: (options) => new OpenAiStream(options),
  encodeEmbeddings,
  decodeEmbeddings,
  decodeModels,
  fault: openaiFault,
};
