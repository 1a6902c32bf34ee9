import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Target } from "../../contract.ts";
import { bedrockDialect } from "./dialect.ts";

const TITAN = "amazon.titan-embed-text-v2:0";
const COHERE = "cohere.embed-english-v3";

function encode(body: Record<string, unknown>, upstreamModel: string) {
  const target: Target = {
    upstreamModel,
    quirks: {},
    takesMetadata: false,
    maxOutputTokens: null,
    attachments: new Map(),
  };
  return bedrockDialect.encodeEmbeddings(
    deepFreeze({ model: "m", encoding_format: "base64", ...body }),
    target,
  );
}

test.each([
  [TITAN, { input: "a", dimensions: 256, user: "u" }, { inputText: "a", dimensions: 256 }, [], ["user"]],
  [TITAN, { input: ["a"], normalize: false }, { inputText: "a", normalize: false }, [], []],
  ["amazon.titan-embed-text-v1", { input: "a" }, { inputText: "a" }, [], []],
  [
    "amazon.titan-embed-image-v1",
    { input: "a", dimensions: 384 },
    { inputText: "a", embeddingConfig: { outputEmbeddingLength: 384 } },
    [],
    [],
  ],
  [COHERE, { input: ["a", "b"] }, { texts: ["a", "b"], input_type: "search_document" }, ["input_type"], []],
  [
    COHERE,
    { input: "a", input_type: "search_query", truncate: "END" },
    { texts: ["a"], input_type: "search_query", truncate: "END" },
    [],
    [],
  ],
  [
    "us.cohere.embed-v4:0",
    { input: "a", dimensions: 512 },
    { texts: ["a"], input_type: "search_document", embedding_types: ["float"], output_dimension: 512 },
    ["input_type"],
    [],
  ],
  [
    "amazon.nova-2-multimodal-embeddings-v1:0",
    { input: "a" },
    {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: "GENERIC_INDEX",
        text: { truncationMode: "NONE", value: "a" },
      },
    },
    ["embeddingPurpose", "truncationMode"],
    [],
  ],
])("%s is sent %p", (model, body, sent, added, dropped) => {
  const wire = encode(body, model);
  if ("unsupported" in wire) throw new Error(wire.unsupported);
  expect(JSON.parse(wire.body)).toEqual(sent);
  expect(wire).toMatchObject({ operation: "embeddings", path: "/model/{model}/invoke", added, dropped });
});

test.each([
  [TITAN, { input: ["a", "b"] }, "input"],
  [TITAN, { input: [1, 2] }, "input"],
  [TITAN, { input: [[1], [2]] }, "input"],
  [COHERE, { input: Array.from({ length: 97 }, () => "a") }, "input"],
  [COHERE, { input: "a", dimensions: 256 }, "dimensions"],
  ["amazon.titan-embed-text-v1", { input: "a", dimensions: 256 }, "dimensions"],
  ["twelvelabs.marengo-embed-2-7-v1:0", { input: "a" }, "model"],
])("%s cannot be sent %p: %s", (model, body, field) => {
  const wire = encode(body, model);
  expect("unsupported" in wire && wire.unsupported).toBe(field);
});

describe("an answer", () => {
  const told = (input: number) => ({ input, cachedRead: 0, cacheWrite: 0, output: 0, reasoning: 0 });
  const FLOATS = [0.5, -0.25];
  const BASE64 = Buffer.from(new Float32Array(FLOATS).buffer).toString("base64");
  const decode = (reply: unknown, encoding: "float" | "base64") =>
    bedrockDialect.decodeEmbeddings(typeof reply === "string" ? reply : JSON.stringify(reply), {
      model: "m",
      id: "req_1",
      createdS: 1,
      encoding,
    });

  test.each([
    ["Titan", { embedding: FLOATS, inputTextTokenCount: 3, embeddingsByType: { float: FLOATS } }, 1, told(3)],
    ["Cohere 3", { embeddings: [FLOATS, FLOATS], id: "x", response_type: "embeddings_floats" }, 2, null],
    ["Cohere 4", { embeddings: { float: [FLOATS] }, response_type: "embeddings_by_type" }, 1, null],
    ["Nova", { embeddings: [{ embeddingType: "TEXT", embedding: FLOATS }], inputTokenCount: 0 }, 1, told(0)],
  ])("of %s is a list in the encoding asked for", (_, reply, count, usage) => {
    for (const [encoding, embedding] of [
      ["float", FLOATS],
      ["base64", BASE64],
    ] as const) {
      const found = decode(reply, encoding);
      if ("kind" in found) throw new Error(found.cause);
      expect(found.usage).toEqual(usage);
      const body = JSON.parse(found.text);
      expect(body).toMatchObject({ object: "list", model: "m" });
      expect("usage" in body).toBe(usage !== null);
      expect(body.data).toEqual(
        Array.from({ length: count }, (__, index) => ({ object: "embedding", index, embedding })),
      );
    }
  });

  test.each([
    "",
    "<html>",
    "[]",
    '{"message":"no"}',
    '{"embedding":[]}',
    '{"embeddings":[]}',
    '{"embeddings":[["a"]]}',
  ])("%p is none", (text) => expect(decode(text, "float")).toMatchObject({ kind: "malformed" }));
});

test("Bedrock's runtime lists no models", () => expect(bedrockDialect.decodeModels()).toBeNull());
