import type { JsonObject } from "../../../core/json.ts";
import type { Target, Unsupported, WireRequest } from "../../contract.ts";
import { droppedFields } from "../../translate/options.ts";
import { wireJson } from "../../translate/wire-json.ts";

/** How one family of models wants to be asked: InvokeModel takes each model's own body. */
interface Family {
  pattern: RegExp;
  /** Texts in one call. */
  mostTexts: number;
  takesDimensions: boolean;
  /** Its own fields, which a caller may send under the same name. */
  own: readonly string[];
  write(texts: readonly string[], dimensions: number | null, own: JsonObject): JsonObject;
  /** Fields that the API requires, put in where the caller has none. */
  added: readonly string[];
}

const TITAN_1: Family = {
  pattern: /titan-embed-text-v1|titan-embed-g1/,
  mostTexts: 1,
  takesDimensions: false,
  own: [],
  write: ([inputText]) => ({ inputText }),
  added: [],
};
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const TITAN_2: Family = {
  pattern: /titan-embed-text/,
  mostTexts: 1,
  takesDimensions: true,
  own: ["normalize"],
  write: ([inputText], dimensions, own) => ({
    inputText,
    ...(dimensions === null ? {} : { dimensions }),
    ...own,
  }),
  added: [],
};
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html */
const TITAN_IMAGE: Family = {
  pattern: /titan-embed-image/,
  mostTexts: 1,
  takesDimensions: true,
  own: [],
  write: ([inputText], dimensions) => ({
    inputText,
    ...(dimensions === null ? {} : { embeddingConfig: { outputEmbeddingLength: dimensions } }),
  }),
  added: [],
};
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html */
const COHERE_3: Family = {
  pattern: /cohere\.embed-(english|multilingual)/,
  mostTexts: 96,
  takesDimensions: false,
  own: ["input_type", "truncate"],
  write: (texts, _, own) => ({ texts, input_type: "search_document", ...own }),
  added: ["input_type"],
};
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html */
const COHERE_4: Family = {
  pattern: /cohere\.embed/,
  mostTexts: 96,
  takesDimensions: true,
  own: ["input_type", "truncate"],
  write: (texts, dimensions, own) => ({
    texts,
    input_type: "search_document",
    embedding_types: ["float"],
    ...(dimensions === null ? {} : { output_dimension: dimensions }),
    ...own,
  }),
  added: ["input_type"],
};
/** https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
const NOVA: Family = {
  pattern: /nova-.*embed/,
  mostTexts: 1,
  takesDimensions: true,
  own: [],
  write: ([value], dimensions) => ({
    taskType: "SINGLE_EMBEDDING",
    singleEmbeddingParams: {
      embeddingPurpose: "GENERIC_INDEX",
      ...(dimensions === null ? {} : { embeddingDimension: dimensions }),
      text: { truncationMode: "NONE", value },
    },
  }),
  added: ["embeddingPurpose", "truncationMode"],
};

/** First match counts. */
const FAMILIES: readonly Family[] = [TITAN_1, TITAN_2, TITAN_IMAGE, COHERE_3, COHERE_4, NOVA];

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html */
export function encodeEmbeddings(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const name = target.upstreamModel.toLowerCase();
  const family = FAMILIES.find(({ pattern }) => pattern.test(name));
  if (!family) return { unsupported: "model", why: "How Bedrock embeds with this model is not known." };
  const texts: unknown[] = Array.isArray(body.input) ? body.input : [body.input];
  if (!areTexts(texts)) return { unsupported: "input", why: "Bedrock embeds texts, not tokens." };
  if (texts.length > family.mostTexts)
    return { unsupported: "input", why: `This model takes ${family.mostTexts} at a time.` };
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : null;
  if (dimensions !== null && !family.takesDimensions)
    return { unsupported: "dimensions", why: "This model has one length of vectors only." };
  const own = Object.fromEntries(
    family.own.flatMap((field) => (field in body ? [[field, body[field]]] : [])),
  );
  return {
    operation: "embeddings",
    path: "/model/{model}/invoke",
    body: wireJson(family.write(texts, dimensions, own)),
    dropped: droppedFields(body, new Set(["input", "dimensions", "encoding_format", ...family.own])),
    added: family.added.filter((field) => !(field in own)),
  };
}

function areTexts(input: readonly unknown[]): input is string[] {
  return input.every((text) => typeof text === "string");
}
