import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeEmbeddings } from "./embeddings.ts";

type Encoding = "float" | "base64";
const base64 = (floats: readonly number[]) => Buffer.from(new Float32Array(floats).buffer).toString("base64");

function reply(...embeddings: unknown[]): string {
  const data = embeddings.map((embedding, index) => ({ object: "embedding", index, embedding, extra: 1 }));
  return JSON.stringify({ object: "list", data, model: "up", usage: { prompt_tokens: 4, total_tokens: 4 } });
}

function decoded(text: string, encoding: Encoding, costOf?: () => number) {
  const found = decodeEmbeddings(text, { model: "m", encoding, ...(costOf ? { costOf } : {}) });
  if ("kind" in found) throw new Error(found.cause);
  return found;
}

const FLOATS = [0.5, -0.25, 3];

test.each([
  "float",
  "base64",
] as const)("an answer that comes as %s keeps its bytes but for the model", (encoding) => {
  const text = reply(encoding === "float" ? FLOATS : base64(FLOATS));
  expect(decoded(text, encoding).text).toBe(text.replace('"up"', '"m"'));
});

test.each([
  ["float", base64(FLOATS), FLOATS],
  ["base64", FLOATS, base64(FLOATS)],
] as const)("the caller gets %s where the provider sent the other", (encoding, sent, got) => {
  const { text, usage } = decoded(reply(sent, sent), encoding);
  const expected = JSON.parse(reply(got, got));
  expect(JSON.parse(text)).toEqual({ ...expected, model: "m" });
  expect(usage).toEqual({ input: 4, cachedRead: 0, cacheWrite: 0, output: 0, reasoning: 0 });
});

test("both ways and back lose no bit of a float32", () => {
  const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 1,
    maxLength: 50,
  });
  fc.assert(
    fc.property(floats, (values) => {
      const there = JSON.parse(decoded(reply(base64(values)), "float").text).data[0].embedding;
      const back = JSON.parse(decoded(reply(there), "base64").text).data[0].embedding;
      expect(back).toBe(base64(values.map((value) => (Object.is(value, -0) ? 0 : value))));
    }),
  );
});

test("the cost is added where it was asked for", () => {
  expect(JSON.parse(decoded(reply(FLOATS), "float", () => 2000).text).usage.cost).toBe(0.000002);
});

test.each([
  ["", "malformed"],
  ["<html>", "malformed"],
  ['{"data":[]}', "malformed"],
  ['{"data":[null]}', "malformed"],
  [reply([]), "malformed"],
  [reply(["a"]), "malformed"],
  [reply(5), "malformed"],
  [reply(null), "malformed"],
  ['{"error":{"message":"x","code":429}}', "rate_limited"],
])("%s is no answer", (text, kind) => {
  const found = decodeEmbeddings(text, { model: "m", encoding: "float" });
  expect("kind" in found && found.kind).toBe(kind as never);
});

test("text that is no list of float32 is no answer for a caller who wants floats", () => {
  const found = decodeEmbeddings(reply("AAA="), { model: "m", encoding: "float" });
  expect("kind" in found && found.kind).toBe("malformed");
});
