import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Target } from "../../contract.ts";
import { encodeChat } from "./chat.ts";
import { ollamaDialect } from "./dialect.ts";
import { embeddedSchema } from "./embedded-schema.ts";

const TARGET: Target = {
  upstreamModel: "llama3.1",
  quirks: {},
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
};
const ASK = [{ role: "user", content: "x" }];

function encode(body: Record<string, unknown>) {
  const wire = encodeChat(deepFreeze({ model: "canonical", messages: ASK, ...body }), TARGET);
  if ("unsupported" in wire) throw new Error(wire.unsupported);
  return { ...wire, body: JSON.parse(wire.body) };
}

const image = (url: string) => ({ type: "image_url", image_url: { url } });
const user = (...content: unknown[]) => ({ role: "user", content });

test("pictures are fetched for it, each once, and nothing else is", () => {
  const messages = [
    user(
      image("https://a.example/1.png"),
      image("data:image/png;base64,AA=="),
      image("https://a.example/1.png"),
    ),
    user({ type: "file", file: { file_data: "https://a.example/2.pdf" } }, image("http://b.example/3.png")),
  ];
  expect(ollamaDialect.urlsToFetch({ messages })).toEqual([
    "https://a.example/1.png",
    "http://b.example/3.png",
  ]);
});

test("an overlong prompt is an error in every request, and no window is chosen by us", () => {
  for (const body of [{}, { stream: true }, { max_tokens: 100_000 }]) {
    expect(encode(body).body).toMatchObject({ truncate: false, shift: false });
    expect(JSON.stringify(encode(body).body)).not.toContain("num_ctx");
  }
});

test("whether it streams is always said: Ollama would", () => {
  expect(
    [encode({}), encode({ stream: false }), encode({ stream: true })].map(({ body }) => body.stream),
  ).toEqual([false, false, true]);
});

test("no token limit is put in", () => expect("options" in encode({}).body).toBe(false));

test("an effort that nobody knows is named, not passed over", () => {
  expect(encode({ reasoning_effort: "ludicrous" })).toMatchObject({ dropped: ["reasoning_effort"] });
});

test.each([
  ["required", []],
  [{ type: "allowed_tools", allowed_tools: { mode: "required", tools: [] } }, ["a"]],
])("tool_choice %p of the tools %p is refused or no choice", (tool_choice, names) => {
  const tools = names.map((name) => ({ type: "function", function: { name } }));
  const wire = encodeChat({ messages: ASK, tools, tool_choice }, TARGET);
  if (names.length === 0) expect(wire).not.toHaveProperty("reading");
  else expect(wire).toMatchObject({ unsupported: "tool_choice" });
});

test("only the allowed tools are sent", () => {
  const tools = ["a", "b", "c"].map((name) => ({ type: "function", function: { name } }));
  const allowed = ["a", "c"].map((name) => ({ type: "function", function: { name } }));
  const { body, reading } = encode({
    tools,
    tool_choice: { type: "allowed_tools", allowed_tools: { mode: "required", tools: allowed } },
  });
  expect(body.tools.map((tool: { function: { name: string } }) => tool.function.name)).toEqual(["a", "c"]);
  expect(reading).toEqual({ contentAsTool: { name: null, among: ["a", "c"] } });
});

describe("a schema inside another", () => {
  test("stays as it is without references", () => {
    const schema = deepFreeze({ type: "object", properties: { $ref: { type: "string" } } });
    const definitions = {};
    expect(embeddedSchema(schema, "a", definitions)).toBe(schema);
    expect(definitions).toEqual({});
  });

  test("moves to the root with them, wherever they stand; foreign ones stay", () => {
    const schema = deepFreeze({
      items: [{ $ref: "#/definitions/b" }, { $ref: "https://example.com/c" }, { $ref: "#" }],
      definitions: { b: { anyOf: [{ $ref: "#/definitions/b" }, { type: "null" }] } },
    });
    const definitions = {};
    expect(embeddedSchema(schema, "a", definitions)).toEqual({ $ref: "#/$defs/a" });
    expect(definitions).toEqual({
      a: {
        items: [
          { $ref: "#/$defs/a/definitions/b" },
          { $ref: "https://example.com/c" },
          { $ref: "#/$defs/a" },
        ],
        definitions: { b: { anyOf: [{ $ref: "#/$defs/a/definitions/b" }, { type: "null" }] } },
      },
    });
  });
});
