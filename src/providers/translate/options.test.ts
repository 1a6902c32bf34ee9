import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../testing/deep-freeze.ts";
import { droppedFields, readOptions, severalAnswers, unsupportedIn } from "./options.ts";

const TAKEN = new Set(["temperature", "reasoning_effort"]);
const HELLO = [{ role: "user", content: "hi" }];
const dropped = (fields: Record<string, unknown>) =>
  droppedFields(deepFreeze({ model: "m", messages: HELLO, stream: true, ...fields }), TAKEN);

describe("a field is named as dropped", () => {
  test.each([
    [{ temperature: 1, reasoning_effort: "low" }, []],
    [{ seed: 1, x_unknown: [] }, ["seed", "x_unknown"]],
    [{ seed: null }, []],
    [{ n: 1, logprobs: false, presence_penalty: 0, frequency_penalty: 0, service_tier: "auto" }, []],
    [
      { n: 2, logprobs: true, presence_penalty: 0.1, service_tier: "flex" },
      ["n", "logprobs", "presence_penalty", "service_tier"],
    ],
    [{ modalities: ["text"] }, []],
    [{ modalities: ["text", "audio"] }, ["modalities"]],
    [{ provider: {}, models: ["x"], stream_options: {}, usage: { include: true } }, []],
    [{ messages: [{ role: "user", name: "Ann", content: "hi" }, ...HELLO] }, ["messages.name"]],
    [{ messages: [{ role: "tool", name: "weather", tool_call_id: "c", content: "sun" }] }, []],
    [
      {
        messages: ["low", "high", "auto", undefined].map((detail) => ({
          role: "user",
          content: [{ type: "image_url", image_url: { url: "data:,", detail } }],
        })),
      },
      ["messages.image_url.detail"],
    ],
    [{ messages: null }, []],
    [{ messages: [null, 5, { content: [null] }] }, []],
  ])("%j: %j", (fields, names) => expect(dropped(fields)).toEqual(names));
});

describe("options are read from OpenAI's and OpenRouter's fields", () => {
  test.each([
    [{ max_tokens: 5 }, { maxTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 9 }, { maxTokens: 9 }],
    [{ stop: "a" }, { stop: ["a"] }],
    [{ stop: ["a", "", null, "b"] }, { stop: ["a", "b"] }],
    [{ stop: null }, { stop: [] }],
    [{ reasoning_effort: "high" }, { effort: "high" }],
    [{ reasoning: { effort: "low" } }, { effort: "low" }],
    [{ reasoning: { enabled: true } }, { effort: "medium" }],
    [{ reasoning: { enabled: false } }, { effort: "none" }],
    [{ reasoning: { max_tokens: 2000 } }, { effort: null, reasoningTokens: 2000 }],
    [{ reasoning: { exclude: true } }, { hideReasoning: true }],
    [{ include_reasoning: false }, { hideReasoning: true }],
    [{ reasoning_effort: "enormous" }, { effort: null }],
    [
      { temperature: "hot", top_p: Number.NaN },
      { temperature: null, topP: null },
    ],
    [{ user: "u", safety_identifier: "s" }, { user: "s" }],
    [{ response_format: { type: "json_object" } }, { format: { kind: "json" } }],
    [{ response_format: { type: "text" } }, { format: { kind: "text" } }],
    [
      {
        response_format: { type: "json_schema", json_schema: { name: "x", schema: { a: 1 }, strict: true } },
      },
      { format: { kind: "schema", name: "x", schema: { a: 1 }, strict: true } },
    ],
    [{ response_format: { type: "json_schema", json_schema: { name: "x" } } }, { format: { kind: "json" } }],
  ])("%j", (body, read) => expect(readOptions(body)).toMatchObject(read as never));
});

test("what would change the meaning of the answer is refused by name", () => {
  expect(unsupportedIn({ modalities: ["text", "audio"] })).toMatchObject({ unsupported: "modalities" });
  expect(unsupportedIn({ web_search_options: {} })).toMatchObject({ unsupported: "web_search_options" });
  expect(unsupportedIn({ modalities: ["text"] })).toBeNull();
  expect(severalAnswers(readOptions({ n: 2 }))).toMatchObject({ unsupported: "n" });
  expect(severalAnswers(readOptions({ n: 1 }))).toBeNull();
});
