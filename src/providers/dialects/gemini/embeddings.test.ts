import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Quirks, Target } from "../../contract.ts";
import { geminiDialect } from "./dialect.ts";

const target = (upstreamModel: string, quirks: Quirks = {}): Target => ({
  upstreamModel,
  quirks,
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
});
const encode = (body: Record<string, unknown>, to = target("gemini-embedding-001")) => {
  const wire = geminiDialect.encodeEmbeddings(deepFreeze(body), to);
  return "unsupported" in wire ? wire : { ...wire, body: JSON.parse(wire.body) };
};
const OPTIONS = { model: "gemini-embedding-001", id: "req_1", createdS: 1, encoding: "float" } as const;

describe("embeddings", () => {
  const one = { model: "models/gemini-embedding-001", content: { parts: [{ text: "a" }] } };
  const two = { model: "models/gemini-embedding-001", content: { parts: [{ text: "b" }] } };

  test("are asked for in one batch, without a task", () => {
    const body = { model: "m", input: ["a", "b"], dimensions: 256, encoding_format: "base64", user: "u" };
    expect(encode(body)).toEqual({
      operation: "embeddings",
      path: "/models/{model}:batchEmbedContents",
      body: {
        requests: [
          { ...one, outputDimensionality: 256 },
          { ...two, outputDimensionality: 256 },
        ],
      },
      dropped: ["user"],
      added: [],
    });
    expect(encode({ model: "m", input: "a" })).toMatchObject({ body: { requests: [one] }, dropped: [] });
  });

  test("hold no half of a character, for which the whole batch would be refused", () => {
    expect(encode({ input: ["a\ud83d"] })).toMatchObject({
      body: { requests: [{ content: { parts: [{ text: "a\ufffd" }] } }] },
    });
  });

  test("name a model once, however it is written", () => {
    const wire = encode({ input: "a" }, target("models/gemini-embedding-001"));
    expect(wire).toMatchObject({
      path: "/models/gemini-embedding-001:batchEmbedContents",
      body: { requests: [one] },
    });
  });

  test("of a preset that says so are predicted, as Vertex does it", () => {
    const wire = encode(
      { input: ["a"], dimensions: 8 },
      target("text-embedding-005", { embeddings: "predict" }),
    );
    expect(wire).toMatchObject({
      path: "/models/{model}:predict",
      body: {
        instances: [{ content: "a" }],
        parameters: { autoTruncate: false, outputDimensionality: 8 },
      },
      added: ["parameters.autoTruncate"],
    });
  });

  test.each([[[1, 2]], [[[1, 2], [3]]], [["a", [1]]]])("of tokens cannot be had: %p", (input) => {
    expect(encode({ input })).toMatchObject({ unsupported: "input" });
  });

  test("are given in the encoding asked for; usage that is not told is not invented", () => {
    const text = JSON.stringify({ embeddings: [{ values: [1, 0.5] }, { values: [0, -2] }] });
    const floats = geminiDialect.decodeEmbeddings(text, OPTIONS);
    if ("kind" in floats) throw new Error(floats.cause);
    expect(floats.usage).toBeNull();
    expect(JSON.parse(floats.text)).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [1, 0.5] },
        { object: "embedding", index: 1, embedding: [0, -2] },
      ],
      model: "gemini-embedding-001",
    });
    const base64 = geminiDialect.decodeEmbeddings(text, { ...OPTIONS, encoding: "base64" });
    if ("kind" in base64) throw new Error(base64.cause);
    const { embedding } = JSON.parse(base64.text).data[1];
    expect(new Float32Array(Uint8Array.from(Buffer.from(embedding, "base64")).buffer)).toEqual(
      new Float32Array([0, -2]),
    );
  });

  test.each([
    [{ embeddings: [{ values: [1] }], usageMetadata: { promptTokenCount: 4 } }, 4],
    [{ predictions: [{ embeddings: { values: [1], statistics: { token_count: 3, truncated: false } } }] }, 3],
  ])("tell their usage where the provider does: %p", (reply, input) => {
    const decoded = geminiDialect.decodeEmbeddings(JSON.stringify(reply), OPTIONS);
    expect(decoded).toMatchObject({ usage: { input, output: 0 } });
  });

  test.each([
    "",
    "{}",
    '{"embeddings":[]}',
    '{"embeddings":[{"values":[]}]}',
    '{"embeddings":[{"values":[1]},null]}',
  ])("are no embeddings: %p", (body) =>
    expect(geminiDialect.decodeEmbeddings(body, OPTIONS)).toMatchObject({ kind: "malformed" }));

  test("an error inside a 200 is one", () => {
    const body = JSON.stringify({
      error: { code: 429, message: "Slow down.", status: "RESOURCE_EXHAUSTED" },
    });
    expect(geminiDialect.decodeEmbeddings(body, OPTIONS)).toMatchObject({
      kind: "rate_limited",
      status: 429,
    });
  });
});
