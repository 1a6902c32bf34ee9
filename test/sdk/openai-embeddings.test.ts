import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { BadRequestError, NotFoundError, type OpenAI, PermissionDeniedError } from "openai";
import { base64Of, embedsOnly, openai, vectorOf } from "./scripted-openai.ts";
import { errorOf, type SdkGateway, startSdkGateway, upstreamNameOf } from "./sdk-gateway.ts";

const MODELS = ["embedder", "floats", "base64s", "meta-llama/Llama-3.1-8B", "forbidden"];
let gateway: SdkGateway;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startSdkGateway(
    {
      "one/embedder": openai,
      "one/floats": embedsOnly("float"),
      "one/base64s": embedsOnly("base64"),
      "one/meta-llama/Llama-3.1-8B": openai,
      "one/forbidden": openai,
    },
    { aliases: { small: ["embedder"] }, caller: { allowedModels: [...MODELS.slice(0, -1), "small"] } },
  );
  client = gateway.client();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

const INPUTS: [string, string | string[] | number[] | number[][], number][] = [
  ["a string", "hello", 1],
  ["several strings", ["a", "bc", "def"], 3],
  ["token ids", [9906, 1917], 1],
  ["lists of token ids", [[1, 2, 3], [4]], 2],
];

function expectedFor(input: (typeof INPUTS)[number][1]): number[][] {
  const items: unknown[] = typeof input === "string" || typeof input[0] === "number" ? [input] : input;
  return items.map((item) => vectorOf(item));
}

describe("embeddings of the openai package", () => {
  test.each(INPUTS)("of %s by the default encoding, which is base64 on the wire", async (_, input, count) => {
    const reply = await client.embeddings.create({ model: "embedder", input });
    expect(reply.data.map(({ embedding }) => [...embedding])).toEqual(expectedFor(input));
    expect(reply.data.map(({ index }) => index)).toEqual(Array.from({ length: count }, (__, i) => i));
    expect(reply).toMatchObject({ object: "list", model: "embedder", usage: { prompt_tokens: 8 } });
    const [seen] = gateway.seen("one/embedder");
    expect(seen?.body).toEqual({ model: upstreamNameOf("one/embedder"), input, encoding_format: "base64" });
    expect(gateway.nyuro.rows).toMatchObject([
      { operation: "embeddings", status: "ok", usage: { input: 8 } },
    ]);
  });

  test.each(INPUTS)("of %s as floats", async (_, input) => {
    const reply = await client.embeddings.create({ model: "embedder", input, encoding_format: "float" });
    expect(reply.data.map(({ embedding }) => embedding)).toEqual(expectedFor(input));
  });

  test.each([
    "embedder",
    "floats",
    "base64s",
  ])("%s: the caller gets the encoding asked for", async (model) => {
    const input = ["a", "bc"];
    const vectors = expectedFor(input);
    const floats = await client.embeddings.create({ model, input, encoding_format: "float" });
    expect(floats.data.map(({ embedding }) => embedding)).toEqual(vectors);
    const base64 = await client.embeddings.create({ model, input, encoding_format: "base64" });
    const texts: unknown[] = base64.data.map(({ embedding }) => embedding);
    expect(texts).toEqual(vectors.map(base64Of));
    const decoded = await client.embeddings.create({ model, input });
    expect(decoded.data.map(({ embedding }) => [...embedding])).toEqual(vectors);
    expect(new Set([floats.model, base64.model, decoded.model])).toEqual(new Set([model]));
  });

  test("dimensions go up", async () => {
    const reply = await client.embeddings.create({ model: "embedder", input: "hello", dimensions: 256 });
    expect(reply.data[0]?.embedding).toHaveLength(256);
  });

  test("2,048 inputs come back in order", async () => {
    const input = Array.from({ length: 2048 }, (_, i) => "x".repeat((i % 50) + 1));
    const reply = await client.embeddings.create({ model: "embedder", input });
    expect(reply.data.map(({ embedding }) => embedding[0])).toEqual(input.map(({ length }) => length));
  });

  test.each([
    ["an empty string", ""],
    ["nothing", []],
    ["an empty string among others", ["a", ""]],
  ])("%s is refused before anybody is called", async (_, input) => {
    const error = await errorOf(client.embeddings.create({ model: "embedder", input }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param: "input", code: "invalid_request" });
    expect(gateway.upstream.requests).toEqual([]);
  });
});

describe("models of the openai package", () => {
  test("are listed with aliases, without what the key may not use", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) {
      expect(model).toMatchObject({ object: "model", created: 0, owned_by: expect.any(String) });
      ids.push(model.id);
    }
    const served = ids.filter((id) => id !== "auto" && !/^(strategy|industry):/.test(id));
    expect(served.toSorted()).toEqual([...MODELS.filter((id) => id !== "forbidden"), "small"].toSorted());
    expect(gateway.upstream.requests).toEqual([]);
  });

  test.each([
    ["embedder", "embedder"],
    ["small", "small"],
    ["meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B"],
    ["openai/embedder", "embedder"],
  ])("%s is retrieved as %s", async (name, id) => {
    const { data, response } = await client.models.retrieve(name).withResponse();
    expect(data).toMatchObject({ id, object: "model" });
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  });

  test.each(["nobody", "forbidden", "openai/nobody", "embedder/"])("%s is not found", async (name) => {
    const error = await errorOf(client.models.retrieve(name));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: "model_not_found", param: "model" });
  });

  test("one the key may not use is refused", async () => {
    const error = await errorOf(client.embeddings.create({ model: "forbidden", input: "hello" }));
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ code: "model_not_allowed" });
    expect(gateway.upstream.requests).toEqual([]);
  });
});
