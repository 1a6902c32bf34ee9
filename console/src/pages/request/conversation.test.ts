import { expect, test } from "bun:test";
import { readRequest, readResponse } from "./conversation.ts";

const event = (choices: unknown, more: object = {}) =>
  `data: ${JSON.stringify({ id: "c1", model: "m", choices, ...more })}\n\n`;
const delta = (it: object, index = 0, finish_reason: string | null = null) =>
  event([{ index, delta: it, finish_reason }]);
const text = (it: string) => [{ kind: "text" as const, text: it }];

test("messages are read in their order, everything else stays beside them", () => {
  const body = {
    model: "m",
    messages: [
      { role: "system", content: "be brief" },
      {
        role: "user",
        content: [
          { type: "text", text: "what is this?" },
          { type: "image_url", image_url: { url: "[omitted: image/png, 9 bytes]" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "t1", function: { name: "look", arguments: '{"at":1}' } }],
      },
      { role: "tool", tool_call_id: "t1", content: "a cat" },
    ],
    temperature: 0,
  };
  const read = readRequest(JSON.stringify(body));
  expect(read?.rest).toEqual({ model: "m", temperature: 0 });
  expect(read?.messages).toEqual([
    { role: "system", about: null, parts: text("be brief") },
    {
      ...{ role: "user", about: null },
      parts: [
        ...text("what is this?"),
        { kind: "other", name: "image_url", text: expect.stringContaining("[omitted: image/png, 9 bytes]") },
      ],
    },
    { role: "assistant", about: null, parts: [{ kind: "tool call", name: "look", text: '{\n  "at": 1\n}' }] },
    { role: "tool", about: "t1", parts: text("a cat") },
  ]);
});

test.each([
  ["one", "hi", ["hi"]],
  ["several", ["a", "b"], ["a", "b"]],
  ["tokens", [1, 2], ["[\n  1,\n  2\n]"]],
])("%s input of embeddings is read", (_, input, shown) => {
  const read = readRequest(JSON.stringify({ model: "e", input }));
  expect(read?.messages.map(({ parts }) => parts[0]?.text)).toEqual(shown);
});

test("an answer has its choices, why each ended, and its usage beside them", () => {
  const choices = [
    {
      index: 0,
      message: { role: "assistant", reasoning_content: "hm", content: "cat" },
      finish_reason: "stop",
    },
  ];
  const read = readResponse(JSON.stringify({ id: "c1", choices, usage: { total_tokens: 3 } }));
  expect(read?.messages).toEqual([
    { role: "assistant", about: "ended: stop", parts: [{ kind: "reasoning", text: "hm" }, ...text("cat")] },
  ]);
  expect(read?.rest).toEqual({ id: "c1", usage: { total_tokens: 3 } });
});

test("a stream is put together: choices, tool calls in pieces, usage", () => {
  const call = (index: number, of: object) => delta({ tool_calls: [{ index, function: of }] });
  const stream = [
    ": comment\n\n",
    delta({ role: "assistant", content: "" }),
    delta({ reasoning: "let me " }) + delta({ reasoning: "see" }),
    delta({ content: "two\n" }) + delta({ content: "other" }, 1) + delta({ content: "words" }),
    call(1, { name: "b", arguments: "" }) +
      call(0, { name: "a", arguments: '{"x"' }) +
      call(1, { arguments: "{}" }),
    call(0, { arguments: ":1}" }),
    delta({}, 0, "tool_calls") + delta({}, 1, "length"),
    event([], { usage: { total_tokens: 9 } }),
    "data: [DONE]\n\n",
  ].join("");
  const read = readResponse(stream);
  expect(read?.messages).toEqual([
    {
      ...{ role: "assistant", about: "ended: tool_calls" },
      parts: [
        { kind: "reasoning", text: "let me see" },
        ...text("two\nwords"),
        { kind: "tool call", name: "b", text: "{}" },
        { kind: "tool call", name: "a", text: '{\n  "x": 1\n}' },
      ],
    },
    { role: "assistant", about: "ended: length", parts: text("other") },
  ]);
  expect(read?.rest).toEqual({ id: "c1", model: "m", usage: { total_tokens: 9 } });
});

test("a stream that broke has what came, and what was told of the break; half an event is none", () => {
  const broken = event([], { error: { message: "it broke", code: "interrupted" } });
  expect(readResponse(delta({ content: "half" }) + broken)?.messages).toEqual([
    { role: "assistant", about: null, parts: text("half") },
    { role: "error", about: "interrupted", parts: text("it broke") },
  ]);
  const cut = delta({ content: "half" }) + delta({ content: "lost" }).slice(0, 30);
  expect(readResponse(cut)?.messages).toEqual([{ role: "assistant", about: null, parts: text("half") }]);
});

test("an error is told with its code and what it says besides", () => {
  const read = readResponse('{"error":{"message":"No.","type":"x","param":null,"code":"not_found"}}');
  expect(read?.messages).toEqual([
    {
      role: "error",
      about: "not_found",
      parts: [...text("No."), { kind: "other", text: expect.stringContaining('"type": "x"') }],
    },
  ]);
});

test.each([
  "",
  "not json",
  "[]",
  "3",
  "null",
  '{"a":1}',
  "data: nothing\n\n",
  '{"messages":5}',
  '{"choices":"x"}',
])("%p is in no form that we know", (body) => {
  expect([readRequest(body), readResponse(body)]).toEqual([null, null]);
});

test.each([
  {
    messages: [null, 5, "text", {}, { role: 3, content: { a: 1 } }, { content: [null, 7, [], { type: 4 }] }],
  },
  { messages: [{ role: "assistant", tool_calls: [null, 1, { function: 3 }, { function: {} }] }] },
  { choices: [null, 4, { message: 5 }, { message: null, finish_reason: {} }] },
  { error: {} },
])("whatever stands in the place of what is expected, it is shown, not thrown at: %j", (body) => {
  const written = JSON.stringify(body);
  const read = readRequest(written) ?? readResponse(written);
  for (const { role, parts } of read?.messages ?? []) {
    expect(typeof role).toBe("string");
    for (const part of parts) expect(typeof part.text).toBe("string");
  }
  expect(read).not.toBeNull();
  expect(() =>
    readResponse(event([null, { index: "x", delta: 4 }, { delta: { tool_calls: [null, {}] } }])),
  ).not.toThrow();
});
