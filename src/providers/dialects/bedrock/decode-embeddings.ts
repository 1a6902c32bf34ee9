import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseAnswer, tokenCount } from "../../../core/json.ts";
import { NO_USAGE, type Usage } from "../../../core/usage.ts";
import type { Decoded, DecodeOptions } from "../../contract.ts";
import { usageShape } from "../../translate/usage-shape.ts";
import { type VectorEncoding, vectorIn } from "../../translate/vectors.ts";

/** The answers of all families, told apart by their shape. */
export function decodeEmbeddings(
  text: string,
  options: DecodeOptions & { encoding: VectorEncoding },
): Decoded | Fault {
  const reply = parseAnswer(text);
  const told = isObject(reply) ? vectorsIn(reply) : [];
  const vectors = told.map((vector) => vectorIn(options.encoding, vector));
  if (!isObject(reply) || vectors.length === 0 || vectors.includes(null))
    return fault("malformed", `no embeddings in ${text.length} characters`);
  const usage = usageIn(reply);
  const body = {
    object: "list",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model: options.model,
    ...(usage ? { usage: usageShape(usage, options.costOf) } : {}),
  };
  return { text: JSON.stringify(body), usage, finishReason: null, contentBytes: 0 };
}

/** Titan's `embedding`, Cohere's list or its lists by type, Nova's objects. */
function vectorsIn({ embedding, embeddings }: JsonObject): unknown[] {
  if (embedding !== undefined) return [embedding];
  const list = isObject(embeddings) ? embeddings.float : embeddings;
  return Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? item.embedding : item)) : [];
}

/** Cohere's count is in a header only, which a dialect does not see: it is counted by us. */
function usageIn({ inputTextTokenCount, inputTokenCount }: JsonObject): Usage | null {
  const input = tokenCount(inputTextTokenCount) ?? tokenCount(inputTokenCount);
  return input === null ? null : { ...NO_USAGE, input };
}
