import { describe, expect, test } from "bun:test";
import type { Quirks } from "../../contract.ts";
import { imageUrls, messagesFor } from "./messages.ts";
import type { Written } from "./request-fields.ts";

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

function sent(messages: unknown, quirks: Quirks = {}) {
  const written: Written = { body: {}, dropped: [], added: [] };
  const target = { upstreamModel: "up", quirks, takesMetadata: false, attachments: new Map() };
  return { messages: messagesFor(deepFreeze(messages), target, written), ...written };
}

const CALL = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const PLAIN = [
  { role: "system", content: "s", name: "n" },
  { role: "user", content: [{ type: "image_url", image_url: { url: "https://a.example/x" } }] },
  { role: "assistant", content: null, tool_calls: [CALL], refusal: null },
  { role: "tool", tool_call_id: "call_1", content: "x", extra_content: {} },
];

describe("what needs no change is the caller's own", () => {
  test.each([
    ["a plain target", {}],
    ["roles that do not occur", { roles: { developer: "system" } }],
    ["ids that fit", { toolCallIds: "at-most-40" }],
    ["images that were not fetched", { inlineImages: true }],
    ["reasoning wanted where there is none", { replay: ["reasoning_content", "extra_content"] }],
  ] as [string, Quirks][])("%s", (_, quirks) => {
    const wire = sent(PLAIN, quirks);
    expect(wire.messages).toBe(PLAIN);
    expect([wire.dropped, wire.added]).toEqual([[], []]);
  });

  test("only the messages that change are copied", () => {
    const answer = { role: "assistant", content: "x", reasoning: "why" };
    const messages = [...PLAIN, answer];
    const wire = sent(messages).messages as unknown[];
    expect(wire).toHaveLength(5);
    PLAIN.forEach((message, at) => {
      expect(wire[at]).toBe(message);
    });
    expect(wire[4]).toEqual({ role: "assistant", content: "x" });
    expect(answer.reasoning).toBe("why");
  });
});

test.each([
  [undefined],
  ["text"],
  [[null, 1, "x", []]],
  [[{}, { role: "assistant", tool_calls: "x" }]],
])("messages that are none go as they came: %j", (messages) => {
  const quirks: Quirks = {
    roles: { developer: "system" },
    messageFields: ["role", "tool_calls"],
    toolCallIds: "nine-alphanumerics",
    inlineImages: true,
    needsReasoning: true,
  };
  expect(sent(messages, quirks).messages).toEqual(messages);
});

test("reasoning of an empty kind is left out without a word", () => {
  const answer = {
    role: "assistant",
    content: "x",
    reasoning: "",
    reasoning_content: null,
    reasoning_details: [],
  };
  const wire = sent([answer]);
  expect(wire.messages).toEqual([{ role: "assistant", content: "x" }]);
  expect(wire.dropped).toEqual([]);
});

test("reasoning that is there under the wanted name is not replaced by that of the other", () => {
  const answer = { role: "assistant", content: "x", reasoning: "a", reasoning_content: "b" };
  const wire = sent([answer], { replay: ["reasoning"] });
  expect(wire.messages).toEqual([{ role: "assistant", content: "x", reasoning: "a" }]);
  expect(sent([answer], { replay: ["reasoning", "reasoning_content"] }).messages).toEqual([answer]);
});

test("fields of reasoning are of assistants only: a user's stay", () => {
  const user = [{ role: "user", content: "x", reasoning: "mine" }];
  expect(sent(user).messages).toBe(user);
});

test("the URLs of images are found once each, in order; data and files are none", () => {
  const image = (url: unknown) => ({ type: "image_url", image_url: { url } });
  const messages = [
    { role: "user", content: [image("https://a.example/1"), image("data:image/png;base64,AA"), image(5)] },
    { role: "user", content: "https://a.example/no" },
    {
      role: "user",
      content: [image("HTTP://a.example/2"), image("https://a.example/1"), image("file:///etc")],
    },
    {
      role: "user",
      content: [{ type: "image_url", image_url: "https://a.example/3" }, null, { type: "file" }],
    },
    null,
  ];
  expect(imageUrls(messages)).toEqual(["https://a.example/1", "HTTP://a.example/2", "https://a.example/3"]);
  expect(imageUrls(undefined)).toEqual([]);
});
