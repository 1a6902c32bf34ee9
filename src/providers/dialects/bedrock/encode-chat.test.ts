import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Target } from "../../contract.ts";
import { bedrockDialect } from "./dialect.ts";

const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const ASK = { role: "user", content: "Hi" };
const CLOCK = { type: "function", function: { name: "clock" } };

function target(upstreamModel: string, rest: Partial<Target> = {}): Target {
  return {
    upstreamModel,
    quirks: {},
    takesMetadata: false,
    maxOutputTokens: null,
    attachments: new Map(),
    ...rest,
  };
}

function encoded(body: Record<string, unknown>, upstreamModel = CLAUDE, rest: Partial<Target> = {}) {
  const request = deepFreeze({ model: "canonical", messages: [ASK], ...body });
  const wire = bedrockDialect.encodeChat(request, target(upstreamModel, rest));
  if ("unsupported" in wire) throw new Error(wire.unsupported);
  return { ...wire, sent: JSON.parse(wire.body) };
}

test("the body names no model and no stream: the path does", () => {
  const { sent, path } = encoded({ stream: true });
  expect(path).toBe("/model/{model}/converse-stream");
  expect(Object.keys(sent)).toEqual(["messages"]);
});

test("the URLs that the gateway must fetch are those of the web", () => {
  const image = (url: string) => ({ type: "image_url", image_url: { url } });
  const urls = [
    "https://a.example/1.png",
    "s3://bucket/2.png",
    "data:image/png;base64,AA==",
    "http://b.example/3",
  ];
  const messages = [{ role: "user", content: urls.map(image) }];
  expect(bedrockDialect.urlsToFetch({ messages })).toEqual(["https://a.example/1.png", "http://b.example/3"]);
});

describe("sampling", () => {
  test.each([
    [CLAUDE, { temperature: 0.2, top_p: 0.9 }, { temperature: 0.2 }, ["top_p"]],
    [CLAUDE, { temperature: 1, top_p: 0.9 }, { topP: 0.9 }, []],
    [CLAUDE, { temperature: 1.2 }, undefined, ["temperature"]],
    [
      "anthropic.claude-3-haiku-20240307-v1:0",
      { temperature: 0.2, top_p: 0.9 },
      { temperature: 0.2, topP: 0.9 },
      [],
    ],
    ["us.anthropic.claude-opus-5", { temperature: 0.2, top_p: 0.5 }, undefined, ["temperature", "top_p"]],
    ["amazon.nova-pro-v1:0", { temperature: 0, top_p: 1 }, { temperature: 0, topP: 1 }, []],
    ["meta.llama3-1-8b-instruct-v1:0", { temperature: 2, top_k: 4 }, undefined, ["temperature", "top_k"]],
    [
      "us.openai.gpt-5.6-luna",
      { temperature: 1, top_p: 1, stop: "x" },
      undefined,
      ["temperature", "top_p", "stop"],
    ],
  ])("%s takes of %p", (model, body, inferenceConfig, dropped) => {
    const wire = encoded(body, model);
    expect(wire.sent.inferenceConfig).toEqual(inferenceConfig);
    expect(wire.dropped).toEqual(dropped);
  });

  test("Claude's top_k is a field of its own", () => {
    expect(encoded({ top_k: 9 }).sent.additionalModelRequestFields).toEqual({ top_k: 9 });
  });
});

describe("reasoning", () => {
  const enabled = (budget_tokens: number) => ({ thinking: { type: "enabled", budget_tokens } });
  const nova = "us.amazon.nova-2-lite-v1:0";
  test.each([
    [CLAUDE, { reasoning_effort: "low", max_tokens: 10_000 }, enabled(2048), []],
    [CLAUDE, { reasoning_effort: "none" }, undefined, []],
    [CLAUDE, { reasoning_effort: "high", max_tokens: 1000 }, undefined, ["reasoning_effort"]],
    ["anthropic.claude-3-haiku-20240307-v1:0", { reasoning_effort: "low" }, undefined, ["reasoning_effort"]],
    ["meta.llama3-1-8b-instruct-v1:0", { reasoning: { effort: "low" } }, undefined, ["reasoning"]],
    ["meta.llama3-1-8b-instruct-v1:0", { reasoning_effort: "none" }, undefined, []],
    ["openai.gpt-oss-20b-1:0", { reasoning_effort: "minimal" }, { reasoning_effort: "low" }, []],
    ["us.openai.gpt-5.6-luna", { reasoning_effort: "none" }, { reasoning: { effort: "none" } }, []],
    [
      "openai.gpt-oss-20b-1:0",
      { reasoning: { max_tokens: 2000 } },
      { reasoning_effort: "medium" },
      ["reasoning.max_tokens"],
    ],
    [
      nova,
      { reasoning: { enabled: true } },
      { reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } },
      [],
    ],
    [nova, { reasoning_effort: "none" }, undefined, []],
  ])("%s is asked by %p", (model, body, fields, dropped) => {
    const wire = encoded(body, model);
    expect(wire.sent.additionalModelRequestFields).toEqual(fields);
    expect(wire.dropped).toEqual(dropped);
  });

  test("a budget without the caller's limit comes with the model's, and both are less than what it can write", () => {
    const { sent, added } = encoded({ reasoning_effort: "max" }, CLAUDE, { maxOutputTokens: 20_000 });
    expect(sent.inferenceConfig.maxTokens).toBe(20_000);
    expect(sent.additionalModelRequestFields.thinking.budget_tokens).toBeLessThan(20_000);
    expect(added).toEqual(["max_tokens"]);
  });
});

describe("tools", () => {
  test.each([
    [
      "a choice that is not among them",
      { tools: [CLOCK], tool_choice: { function: { name: "other" } } },
      "tool_choice",
    ],
    [
      "a union at the root for Claude",
      { tools: [{ type: "function", function: { name: "t", parameters: { anyOf: [{}] } } }] },
      "tools",
    ],
  ])("%s is unsupported", (_, body, field) => {
    const wire = bedrockDialect.encodeChat({ messages: [ASK], ...body }, target(CLAUDE));
    expect("unsupported" in wire && wire.unsupported).toBe(field);
  });

  test("the tool that stands in for a schema has a name of its own", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const body = {
      tools: [{ type: "function", function: { name: "json_answer" } }],
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    };
    const { sent, reading } = encoded(body, "anthropic.claude-3-haiku-20240307-v1:0");
    expect(reading).toEqual({ toolAsContent: "json_answer_2" });
    expect(sent.toolConfig.toolChoice).toEqual({ any: {} });
  });

  test("a forced call needs no schema of the text", () => {
    const body = { tools: [CLOCK], tool_choice: "required", response_format: { type: "json_object" } };
    const { sent, reading } = encoded(body);
    expect(sent.toolConfig.tools.length).toBe(1);
    expect(reading).toBeUndefined();
  });
});

test("an answer to be continued ends without a blank, be there a cache mark behind it", () => {
  const marked = { type: "text", text: "So: \n", cache_control: { type: "ephemeral" } };
  const { sent } = encoded({ messages: [ASK, { role: "assistant", content: [marked] }] });
  expect(sent.messages[1].content).toEqual([{ text: "So:" }, { cachePoint: { type: "default" } }]);
});
