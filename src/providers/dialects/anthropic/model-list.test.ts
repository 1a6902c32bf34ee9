import { describe, expect, test } from "bun:test";
import { decodeModels } from "./model-list.ts";

const yes = { supported: true };
const no = { supported: false };

test("a model as the list tells it", () => {
  const told = {
    id: "claude-opus-4-7",
    type: "model",
    display_name: "Claude Opus 4.7",
    created_at: "2026-04-16T00:00:00Z",
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
    capabilities: { structured_outputs: yes, image_input: yes, pdf_input: no, thinking: yes, batch: yes },
  };
  expect(decodeModels(JSON.stringify({ data: [told], has_more: false }))).toEqual([
    {
      id: "claude-opus-4-7",
      contextLength: 1_000_000,
      maxOutputTokens: 128_000,
      capabilities: ["json_schema", "vision", "reasoning"],
      untoldCapabilities: ["tools"],
      kind: "chat",
      price: null,
    },
  ]);
});

test("what is not told is not known", () => {
  const told = { id: "other", max_input_tokens: 0, max_tokens: null, capabilities: null };
  expect(decodeModels(JSON.stringify({ data: [told] }))).toEqual([
    { id: "other", contextLength: null, maxOutputTokens: null, capabilities: null, kind: null, price: null },
  ]);
  expect(decodeModels('{"data":[]}')).toEqual([]);
});

describe("what is no list", () => {
  test.each(["", "[]", "{}", '{"data":{}}', '{"data":[{"id":""}]}', '{"data":[7]}'])("%s", (text) =>
    expect(decodeModels(text)).toBeNull());
});
