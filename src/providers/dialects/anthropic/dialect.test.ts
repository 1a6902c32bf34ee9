import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Target } from "../../contract.ts";
import { anthropicDialect } from "./dialect.ts";

const target: Target = {
  upstreamModel: "claude-sonnet-4-5",
  quirks: {},
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
};
const options = { model: "canonical", id: "req_1", createdS: 1 };

test("embeddings are refused by name, and never taken for an answer", () => {
  expect(anthropicDialect.encodeEmbeddings()).toMatchObject({ unsupported: "input" });
  expect(anthropicDialect.decodeEmbeddings()).toMatchObject({ kind: "malformed" });
});

describe("Anthropic fetches https images and PDFs itself", () => {
  const image = (url: string) => ({ type: "image_url", image_url: { url } });
  const file = (file_data: string) => ({ type: "file", file: { file_data } });
  test.each([
    [image("https://example.com/a.png"), []],
    [image("http://example.com/a.png"), ["http://example.com/a.png"]],
    [image("data:image/png;base64,AAAA"), []],
    [file("https://example.com/a.pdf?v=1"), []],
    [file("https://example.com/a.PDF"), []],
    [file("https://example.com/a?x=.pdf"), ["https://example.com/a?x=.pdf"]],
    [file("https://example.com/a.txt"), ["https://example.com/a.txt"]],
    [file("https://[broken"), ["https://[broken"]],
  ])("%j", (part, urls) => {
    const body = deepFreeze({ messages: [{ role: "user", content: [part] }] });
    expect(anthropicDialect.urlsToFetch(body)).toEqual(urls);
  });
});

test("a request has no address of its own: the provider's path stands", () => {
  const wire = anthropicDialect.encodeChat({ messages: [{ role: "user", content: "hi" }] }, target);
  expect(wire).not.toHaveProperty("path");
  expect(wire).toMatchObject({ operation: "chat" });
});

describe("the tier that served is told in OpenAI's words", () => {
  test.each([
    ["standard", "default"],
    ["priority", "priority"],
    [null, undefined],
  ])("%s", (tier, expected) => {
    const usage = { input_tokens: 1, output_tokens: 1, service_tier: tier };
    const reply = JSON.stringify({ id: "msg_1", content: [], stop_reason: "end_turn", usage });
    const decoded = anthropicDialect.decodeChat(reply, options);
    if ("kind" in decoded) throw new Error(decoded.cause);
    expect(JSON.parse(decoded.text).service_tier).toBe(expected);
    expect(JSON.parse(decoded.text).id).toBe("msg_1");
  });
});
