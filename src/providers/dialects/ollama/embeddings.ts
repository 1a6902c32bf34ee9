import type { Fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseAnswer } from "../../../core/json.ts";
import type { Decoded, DecodeOptions, Target, Unsupported, WireRequest } from "../../contract.ts";
import { droppedFields } from "../../translate/options.ts";
import { usageShape } from "../../translate/usage-shape.ts";
import { vectorIn } from "../../translate/vectors.ts";
import { toldFault } from "./faults.ts";
import { notAnAnswer, usageOf } from "./reply.ts";

const TAKEN: ReadonlySet<string> = new Set(["input", "dimensions", "encoding_format"]);

/**
 * `POST /api/embed` (https://docs.ollama.com/api/embed). Without `truncate: false` the end of a text that is too long
 * is left out unsaid. The encoding is made when the answer is read: Ollama knows floats only.
 */
export function encodeEmbeddings(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const { input, dimensions } = body;
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (!texts.every((text) => typeof text === "string"))
    return { unsupported: "input", why: "Ollama embeds texts, not tokens." };
  const { declaredContext } = target;
  const sent = {
    model: target.upstreamModel,
    input,
    ...(typeof dimensions === "number" ? { dimensions } : {}),
    ...(declaredContext === undefined ? {} : { options: { num_ctx: declaredContext } }),
    truncate: false,
  };
  return {
    operation: "embeddings",
    body: JSON.stringify(sent),
    dropped: droppedFields(body, TAKEN),
    added: ["truncate", ...(declaredContext === undefined ? [] : ["options.num_ctx"])],
  };
}

export function decodeEmbeddings(
  text: string,
  options: DecodeOptions & { encoding: "float" | "base64" },
): Decoded | Fault {
  const reply = parseAnswer(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error) return toldFault(reply.error);
  if (!Array.isArray(reply.embeddings) || reply.embeddings.length === 0) return notAnAnswer(text);
  const vectors = reply.embeddings.map((vector) => vectorIn(options.encoding, vector));
  if (vectors.includes(null)) return notAnAnswer(text);
  const usage = usageOf(reply);
  const body = {
    object: "list",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model: options.model,
    ...(usage ? { usage: usageShape(usage, options.costOf) } : {}),
  };
  return { text: JSON.stringify(body), usage, finishReason: null, contentBytes: 0 };
}
