import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Target } from "../../contract.ts";
import { decodeEmbeddings, encodeEmbeddings } from "./embeddings.ts";

const TARGET: Target = {
  upstreamModel: "nomic-embed-text",
  quirks: {},
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
};

function encode(body: Record<string, unknown>, target = TARGET) {
  const wire = encodeEmbeddings(deepFreeze({ model: "canonical", ...body }), target);
  if ("unsupported" in wire) throw new Error(wire.unsupported);
  return { ...wire, body: JSON.parse(wire.body) };
}

describe("the request", () => {
  test.each([["one text"], [["a", "b"]]])("of %p is sent whole, never cut", (input) => {
    const { body, dropped, added } = encode({ input });
    expect(body).toEqual({ model: "nomic-embed-text", input, truncate: false });
    expect({ dropped, added }).toEqual({ dropped: [], added: ["truncate"] });
  });

  test("dimensions are passed on, the encoding is ours, the rest is named", () => {
    const sent = encode({ input: "a", dimensions: 64, encoding_format: "base64", user: "u" });
    expect(sent.body).toEqual({ model: "nomic-embed-text", input: "a", dimensions: 64, truncate: false });
    expect(sent.dropped).toEqual(["user"]);
  });

  test("a declared context is the one the model runs with", () => {
    const sent = encode({ input: "a" }, { ...TARGET, declaredContext: 8192 });
    expect(sent.body.options).toEqual({ num_ctx: 8192 });
    expect(sent.added).toEqual(["truncate", "options.num_ctx"]);
  });

  test.each([[[1, 2]], [[[1], [2]]], [["a", 2]]])("tokens (%p) cannot be embedded", (input) => {
    expect(encodeEmbeddings({ input }, TARGET)).toMatchObject({ unsupported: "input" });
  });
});

const OPTIONS = { model: "canonical/embed", id: "req_1", createdS: 1 };
const reply = (rest = {}) =>
  JSON.stringify({
    model: "nomic-embed-text",
    embeddings: [
      [0.5, -1],
      [0.25, 2],
    ],
    total_duration: 9,
    ...rest,
  });

function decode(text: string, encoding: "float" | "base64" = "float") {
  const decoded = decodeEmbeddings(text, { ...OPTIONS, encoding });
  if ("kind" in decoded) throw new Error(decoded.kind);
  return { ...decoded, body: JSON.parse(decoded.text) };
}

describe("the answer", () => {
  test("is OpenAI's, in order, under the canonical model", () => {
    const { body, usage } = decode(reply({ prompt_eval_count: 7 }));
    expect(body.object).toBe("list");
    expect(body.model).toBe("canonical/embed");
    expect(body.data).toEqual([
      { object: "embedding", index: 0, embedding: [0.5, -1] },
      { object: "embedding", index: 1, embedding: [0.25, 2] },
    ]);
    expect(body.usage).toMatchObject({ prompt_tokens: 7, total_tokens: 7 });
    expect(usage?.input).toBe(7);
  });

  test("is little-endian float32 in base64 where that was asked for", () => {
    const { body } = decode(reply(), "base64");
    const bytes = Buffer.from(body.data[1].embedding, "base64");
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([0.25, 2]);
  });

  test("has no usage where none was told", () => {
    const { body, usage } = decode(reply());
    expect(usage).toBeNull();
    expect("usage" in body).toBe(false);
  });

  test.each([
    ["nothing", "", "malformed"],
    ["no vectors", '{"embeddings":[]}', "malformed"],
    ["an empty vector", '{"embeddings":[[]]}', "malformed"],
    ["a vector that is none", '{"embeddings":[[1],null]}', "malformed"],
    ["an error", '{"error":"model \\"x\\" not found"}', "model_missing"],
  ])("%s is a fault", (_, text, kind) => {
    expect(decodeEmbeddings(text, { ...OPTIONS, encoding: "float" })).toMatchObject({ kind });
  });
});
