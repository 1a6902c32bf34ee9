import type { Fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseAnswer, tokenCount } from "../../../core/json.ts";
import { NO_USAGE, type Usage } from "../../../core/usage.ts";
import type { Decoded, DecodeOptions, Target, Unsupported, WireRequest } from "../../contract.ts";
import { droppedFields } from "../../translate/options.ts";
import { usageShape } from "../../translate/usage-shape.ts";
import { type VectorEncoding, vectorIn } from "../../translate/vectors.ts";
import { wireJson } from "../../translate/wire-json.ts";
import { notAnAnswer } from "./answer.ts";
import { embeddedFault } from "./faults.ts";
import { fullName, pathOf } from "./model-path.ts";
import { readUsage } from "./usage.ts";

const TAKEN: ReadonlySet<string> = new Set(["input", "dimensions", "encoding_format"]);

/** The encoding is made when the answer is read: Google knows floats only. No task is named: OpenAI has none. */
export function encodeEmbeddings(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const { input, dimensions } = body;
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (!texts.every((text) => typeof text === "string"))
    return { unsupported: "input", why: "Gemini embeds texts, not tokens." };
  const size = typeof dimensions === "number" ? { outputDimensionality: dimensions } : {};
  const predicts = target.quirks.embeddings === "predict";
  const sent = predicts ? predictions(texts, size) : batch(texts, size, fullName(target.upstreamModel));
  return {
    operation: "embeddings",
    path: pathOf(target.upstreamModel, predicts ? "predict" : "batchEmbedContents"),
    body: wireJson(sent),
    dropped: droppedFields(body, TAKEN),
    added: predicts ? ["parameters.autoTruncate"] : [],
  };
}

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
function batch(texts: string[], size: JsonObject, model: string) {
  return { requests: texts.map((text) => ({ model, content: { parts: [{ text }] }, ...size })) };
}

/**
 * Vertex: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api. Without
 * `autoTruncate` the end of a text that is too long is left out unsaid.
 */
function predictions(texts: string[], size: JsonObject) {
  return { instances: texts.map((content) => ({ content })), parameters: { autoTruncate: false, ...size } };
}

export function decodeEmbeddings(
  text: string,
  options: DecodeOptions & { encoding: VectorEncoding },
): Decoded | Fault {
  const reply = parseAnswer(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error) return embeddedFault(reply);
  const told = toldVectors(reply);
  const vectors = told.map(({ values }) => vectorIn(options.encoding, values));
  if (vectors.length === 0 || vectors.includes(null)) return notAnAnswer(text);
  const usage = readUsage(reply.usageMetadata) ?? countedIn(told);
  const body = {
    object: "list",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model: options.model,
    ...(usage ? { usage: usageShape(usage, options.costOf) } : {}),
  };
  return { text: JSON.stringify(body), usage, finishReason: null, contentBytes: 0 };
}

/** `{embeddings: [{values}]}`, or Vertex's `{predictions: [{embeddings: {values, statistics}}]}`. */
function toldVectors({ embeddings, predictions: told }: JsonObject): JsonObject[] {
  if (Array.isArray(embeddings)) return embeddings.map((it: unknown) => (isObject(it) ? it : {}));
  if (!Array.isArray(told)) return [];
  return told.map((it: unknown) => (isObject(it) && isObject(it.embeddings) ? it.embeddings : {}));
}

/** Vertex counts each text; null where one is not counted. */
function countedIn(told: readonly JsonObject[]): Usage | null {
  const counts = told.map(({ statistics }) =>
    isObject(statistics) ? tokenCount(statistics.token_count) : null,
  );
  return counts.includes(null)
    ? null
    : { ...NO_USAGE, input: counts.reduce<number>((a, b) => a + (b ?? 0), 0) };
}
