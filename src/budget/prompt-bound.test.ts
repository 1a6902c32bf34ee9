import { expect, test } from "bun:test";
import { type JsonObject, parseJson } from "../core/json.ts";
import { countedBound, type PromptBound, promptBound } from "./prompt-bound.ts";

const TEXT = "Grüße, 世界 👋";
const BYTES = Buffer.byteLength(TEXT);
const said = (content: unknown, more: JsonObject = {}) => ({
  messages: [{ role: "user", content, ...more }],
});
const bound = (textTokens: number, attachedTokens = 0, unsizedFiles = 0): PromptBound => ({
  textTokens,
  attachedTokens,
  unsizedFiles,
});
const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const CALLS = [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":"é"}' } }];
const TOOLS = [{ type: "function", function: { name: "wetter", description: "Für Städte" } }];
const SCHEMA = { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } };
const PDF = Buffer.alloc(3000).toString("base64");
const NEW_KIND = { type: "hologram", hologram: { data: "x".repeat(50) } };

test.each<[string, JsonObject, PromptBound]>([
  ["a prompt of one empty message", said(""), bound(16)],
  ["text by its bytes, not its characters", said(TEXT), bound(16 + BYTES)],
  ["text in parts", said([{ type: "text", text: TEXT }]), bound(16 + BYTES)],
  ["each message", { messages: Array(5).fill({ role: "user", content: "four" }) }, bound(8 + 5 * 8 + 5 * 4)],
  ["tool calls in full", said(null, { tool_calls: CALLS }), bound(16 + jsonBytes(CALLS))],
  ["names and replayed reasoning", said("a", { name: "bob", reasoning_content: TEXT }), bound(20 + BYTES)],
  ["schemas of tools", { ...said("a"), tools: TOOLS }, bound(17 + jsonBytes(TOOLS))],
  ["the schema of the answer", { ...said("a"), response_format: SCHEMA }, bound(17 + jsonBytes(SCHEMA))],
  [
    "images, whatever their size and address",
    said([
      { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(9000)}` } },
      { type: "image_url", image_url: "https://example.com/a.png" },
    ]),
    bound(16, 4000),
  ],
  [
    "a byte in four of a file",
    said([{ type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } }]),
    bound(16 + 5, 750),
  ],
  ["a file in bare base64", said([{ type: "file", file: { file_data: PDF } }]), bound(16, 750)],
  ["sound", said([{ type: "input_audio", input_audio: { data: PDF, format: "wav" } }]), bound(16, 750)],
  [
    "a file that is text in its address",
    said([{ type: "file", file: { file_data: `data:text/plain,${"a".repeat(40)}` } }]),
    bound(16, 10),
  ],
  [
    "files of unknown size",
    said([
      { type: "file", file: { file_id: "file-1" } },
      { type: "file", file: { file_data: "https://example.com/a.pdf" } },
      { type: "video_url", video_url: { url: "https://example.com/a.mp4" } },
      { type: "input_audio", input_audio: {} },
    ]),
    bound(16, 0, 4),
  ],
  [
    "what is no image though it is called one",
    said([
      { type: "image_url", image_url: { url: `data:application/pdf;base64,${PDF}` } },
      { type: "image_url", image_url: { url: "https://www.youtube.com/watch?v=abc" } },
      { type: "image_url", image_url: { url: "gs://bucket/film.mp4" } },
      { type: "image_url", image_url: { url: "s3://bucket/a.png" } },
    ]),
    bound(16, 750 + 2000, 2),
  ],
  [
    "a file that is told twice as the larger one, which nobody knows",
    said([{ type: "file", file: { file_id: "files/film", file_data: "AAAA" } }]),
    bound(16, 1, 1),
  ],
  [
    "what servers put into the prompt besides",
    { ...said("a"), documents: [{ text: TEXT }], chat_template: "{{ x }}" },
    bound(17 + jsonBytes([{ text: TEXT }]) + 7),
  ],
  ["what nobody knows yet, by its bytes", said([NEW_KIND]), bound(16 + jsonBytes(NEW_KIND))],
  [
    "text that hides in an image",
    said([{ type: "image_url", image_url: "x", text: TEXT }]),
    bound(16 + BYTES, 2000),
  ],
  ["what is no message at all", { messages: [null, 7, "x"] }, bound(32)],
  ["no messages", {}, bound(8)],
])("a chat counts %s", (_, body, expected) => {
  expect(promptBound(body, "chat")).toEqual(expected);
});

test.each<[string, unknown, number]>([
  ["one text", TEXT, 16 + BYTES],
  ["several texts", [TEXT, "ab", ""], 8 + 24 + BYTES + 2],
  ["ids of tokens", [1, 2, 3], 16 + 3],
  [
    "several lists of them",
    [
      [1, 2],
      [3, 4, 5],
    ],
    8 + 16 + 5,
  ],
])("embeddings count %s", (_, input, tokens) => {
  expect(promptBound({ input }, "embeddings")).toEqual(bound(tokens));
});

test("it is reckoned once for a body", () => {
  const body = said(TEXT);
  expect(promptBound(body, "chat")).toBe(promptBound(body, "chat"));
  expect(promptBound({ ...body }, "chat")).toEqual(promptBound(body, "chat"));
});

test("a body that names a prototype's words is counted like any other", () => {
  const body = parseJson('{"messages":[{"role":"user","__proto__":"four","content":"a"}]}') as JsonObject;
  expect(promptBound(body, "chat").textTokens).toBe(16 + 1 + 4);
});

test.each([
  [100, 126],
  [101, 128],
  [0, 16],
  [950, 1000],
  [5000, 1000],
])("of %p counted tokens %p are held, never more than the bytes", (counted, held) => {
  expect(countedBound(bound(1000, 2000, 1), counted)).toEqual(bound(held, 2000, 1));
});
