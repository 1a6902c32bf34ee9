import { expect, test } from "bun:test";
import { decodeModels } from "./listed-models.ts";

test("the list is read by what each model is for", () => {
  const models = [
    {
      name: "models/gemini-2.5-flash",
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: ["generateContent", "countTokens", "batchGenerateContent"],
      thinking: true,
    },
    {
      name: "models/gemma-3-27b-it",
      supportedGenerationMethods: ["generateContent"],
      inputTokenLimit: 131_072,
    },
    {
      name: "models/gemini-embedding-001",
      supportedGenerationMethods: ["embedContent"],
      inputTokenLimit: 2048,
    },
    { name: "models/imagen-4.0-generate-001", supportedGenerationMethods: ["predict"] },
    { name: "models/learnlm-2.0", supportedGenerationMethods: ["generateContent"] },
  ];
  const untold = { contextLength: null, maxOutputTokens: null, capabilities: null, price: null };
  expect(decodeModels(JSON.stringify({ models, nextPageToken: "x" }))).toEqual([
    {
      id: "gemini-2.5-flash",
      contextLength: 1_048_576,
      maxOutputTokens: 65_536,
      capabilities: ["tools", "json_schema", "vision", "audio", "pdf", "reasoning"],
      kind: "chat",
      price: null,
    },
    { ...untold, id: "gemma-3-27b-it", contextLength: 131_072, capabilities: ["vision"], kind: "chat" },
    { ...untold, id: "gemini-embedding-001", contextLength: 2048, kind: "embedding" },
    { ...untold, id: "learnlm-2.0", kind: "chat" },
  ]);
});

test("Vertex's list says names and nothing else", () => {
  const list = {
    publisherModels: [{ name: "publishers/google/models/gemini-2.5-pro", versionId: "default" }],
  };
  expect(decodeModels(JSON.stringify(list))).toEqual([
    {
      id: "gemini-2.5-pro",
      contextLength: null,
      maxOutputTokens: null,
      capabilities: null,
      kind: null,
      price: null,
    },
  ]);
});

test.each([
  "",
  "[]",
  "{}",
  '{"models":{}}',
  '{"models":[{}]}',
  '{"data":[{"id":"gpt"}]}',
])("is no list: %p", (text) => {
  expect(decodeModels(text)).toBeNull();
});
