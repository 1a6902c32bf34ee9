import { expect, test } from "bun:test";
import { decodeModels } from "./list.ts";

const details = (family: string, rest = {}) => ({ format: "gguf", family, families: [family], ...rest });
const decode = (models: unknown) => decodeModels(JSON.stringify({ models }));
const only = (model: unknown) => decode([model])?.[0];

test("models keep the names under which the OpenAI port lists them", () => {
  const listed = decode([
    { name: "llama3.1:latest", model: "llama3.1:latest", size: 1, details: details("llama") },
    { model: "qwen3:8b", details: details("qwen3") },
  ]);
  expect(listed?.map(({ id }) => id)).toEqual(["llama3.1:latest", "qwen3:8b"]);
});

test.each([
  [["completion", "tools", "vision", "thinking"], "chat", ["json_schema", "tools", "vision", "reasoning"]],
  [["completion", "audio"], "chat", ["json_schema"]],
  [["embedding"], "embedding", null],
  [["completion", "embedding"], "chat", ["json_schema"]],
])("told capabilities %p: %s", (capabilities, kind, able) => {
  const listed = only({ name: "a", capabilities, details: details("llama") });
  expect(listed?.kind).toBe(kind as never);
  expect(listed?.capabilities).toEqual(able as never);
});

test("a model that neither chats nor embeds is left out", () => {
  expect(decode([{ name: "flux", capabilities: ["image"] }])).toEqual([]);
});

test.each([
  ["bert", "embedding"],
  ["nomic-bert", "embedding"],
  ["nomic-bert-moe", "embedding"],
  ["llama", null],
  ["qwen3", null],
])("without capabilities the family %s hints at %p, and nothing is known of what it can do", (family, kind) => {
  expect(only({ name: "a", details: details(family) })).toMatchObject({ kind, capabilities: null });
});

test("the window a local model was trained for is not the one it runs with", () => {
  const trained = details("llama", { context_length: 131_072 });
  expect(only({ name: "a", details: trained })?.contextLength).toBeNull();
  const remote = { name: "a-cloud", remote_host: "https://ollama.com:443", details: trained };
  expect(only(remote)?.contextLength).toBe(131_072);
  expect(only({ ...remote, details: { ...trained, context_length: 0 } })?.contextLength).toBeNull();
});

test.each([
  ["no JSON", "<html>"],
  ["OpenAI's list", '{"data":[]}'],
  ["a nameless model", '{"models":[{}]}'],
  ["an odd model", '{"models":["a"]}'],
])("%s is no list", (_, text) => expect(decodeModels(text)).toBeNull());

test.each(['{"models":[]}', '{"models":null}'])("%s is an empty list", (text) => {
  expect(decodeModels(text)).toEqual([]);
});
