import { expect, test } from "bun:test";
import { bodyOf } from "./ask.ts";
import { alongWith, replayOf } from "./replay.ts";

const replayed = (body: object) => replayOf(JSON.stringify(body));
const TOOLS = [{ type: "function", function: { name: "look" } }];

/** What would be sent if the form were left as it is, but for the model. */
function again(body: object, change: object = {}): unknown {
  const replay = replayed(body);
  if (!replay) throw new Error("not replayed");
  const { system, prompt, temperature, maxTokens } = replay;
  const numberOf = (text: string) => (text === "" ? null : Number(text));
  return bodyOf({
    ...{ model: "other", system, prompt, replay },
    ...{ temperature: numberOf(temperature), maxTokens: numberOf(maxTokens), ...change },
  });
}

const STREAMED = { model: "other", stream: true, stream_options: { include_usage: true } };

test.each([
  ["a question", { messages: [{ role: "user", content: "hi" }] }],
  [
    "a conversation with tools",
    {
      messages: [
        { role: "system", content: "brief" },
        { role: "user", content: "a" },
        { role: "assistant", content: null, tool_calls: [{ id: "t", function: { name: "look" } }] },
        { role: "tool", tool_call_id: "t", content: "b" },
      ],
      tools: TOOLS,
    },
  ],
  [
    "settings of every sort",
    {
      messages: [{ role: "user", content: "hi" }],
      temperature: 0,
      max_completion_tokens: 5,
      top_p: 0.1,
      seed: 1,
    },
  ],
  ["the older name of a limit", { messages: [{ role: "user", content: "hi" }], max_tokens: 7 }],
  [
    "a picture beside a text",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "see" },
            { type: "image_url", image_url: { url: "https://x.test/a.png" } },
          ],
        },
      ],
    },
  ],
  [
    "a system message in parts",
    {
      messages: [
        { role: "system", content: [{ type: "text", text: "brief" }] },
        { role: "user", content: "hi" },
      ],
    },
  ],
])("%s is asked again as it was, at the model that is chosen, as a stream", (_, body) => {
  expect(again({ model: "one", ...body })).toEqual({ ...body, ...STREAMED });
});

test("what the form says instead stands in its place, and nothing else moves", () => {
  const body = {
    messages: [
      { role: "system", content: "brief" },
      { role: "user", content: "first" },
      { role: "assistant", content: "yes" },
      { role: "user", content: "second" },
    ],
    ...{ temperature: 1, max_tokens: 9, tools: TOOLS },
  };
  const [, first, yes] = body.messages;
  expect(again(body, { prompt: "third", system: "", temperature: null, maxTokens: 3 })).toEqual({
    messages: [first, yes, { role: "user", content: "third" }],
    ...{ max_tokens: 3, tools: TOOLS, ...STREAMED },
  });
  expect(again({ messages: [{ role: "user", content: "hi" }] }, { system: "be brief" })).toEqual({
    messages: [
      { role: "system", content: "be brief" },
      { role: "user", content: "hi" },
    ],
    ...STREAMED,
  });
});

test("fallbacks of before do not come along: the models of the page are asked", () => {
  expect(
    again({ model: "a", models: ["a", "b"], messages: [{ role: "user", content: "hi" }] }),
  ).not.toHaveProperty("models");
});

test("what the form does not show is told", () => {
  const messages = [
    { role: "system", content: "s" },
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
    { role: "user", content: "c" },
  ];
  const replay = replayed({
    model: "m",
    messages,
    temperature: 1,
    max_tokens: 2,
    stream: true,
    tools: TOOLS,
    seed: 1,
  });
  expect(replay && alongWith(replay)).toBe("2 more messages, tools, seed");
  const plain = replayed({ messages: [{ role: "user", content: "a" }] });
  expect(plain && alongWith(plain)).toBe("");
});

test.each([
  "",
  "not json",
  "[]",
  "{}",
  '{"messages":[]}',
  '{"messages":[null,3]}',
  '{"messages":[{"role":"system","content":"s"}]}',
  '{"messages":[{"role":"user","content":[{"text":"a"},{"text":"b"}]}]}',
  '{"input":"text"}',
])("%p cannot be asked again", (body) => {
  expect(replayOf(body)).toBeNull();
});
