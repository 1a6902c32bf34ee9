import { describe, expect, test } from "bun:test";
import { openaiDialect } from "../dialects/openai/dialect.ts";
import { PRESETS, presetOf } from "./list.ts";

const CALL = { id: "toolu_01AbCdEfGhIjKl", type: "function", function: { name: "f", arguments: "{}" } };
/** A tool loop that began at Anthropic through us, with all that its answers carried. */
const CONVERSATION = [
  { role: "developer", content: "Be brief." },
  { role: "user", content: "a", name: "ann" },
  {
    role: "assistant",
    content: null,
    refusal: null,
    annotations: [],
    reasoning_content: "why",
    reasoning_details: [{ type: "reasoning.text", text: "why", signature: "c2ln" }],
    tool_calls: [{ ...CALL, extra_content: { google: { thought_signature: "c2ln" } } }],
  },
  { role: "tool", tool_call_id: CALL.id, content: "x" },
  { role: "assistant", content: "b", refusal: null },
  { role: "user", content: "c" },
];

interface Sent {
  body: Record<string, unknown>;
  messages: Record<string, unknown>[];
  dropped: readonly string[];
  added: readonly string[];
}

function encoded(presetId: string, request: Record<string, unknown>) {
  return openaiDialect.encodeChat(request, {
    upstreamModel: "up",
    quirks: presetOf(presetId)?.quirks ?? {},
    takesMetadata: false,
    attachments: new Map(),
  });
}

function sent(presetId: string, request: Record<string, unknown> = {}): Sent {
  const wire = encoded(presetId, { messages: CONVERSATION, ...request });
  if ("unsupported" in wire) throw new Error(wire.why);
  const body = JSON.parse(wire.body);
  return { body, messages: body.messages, dropped: wire.dropped, added: wire.added };
}

const openaiLike = PRESETS.filter(({ dialect, paths }) => dialect === "openai" && paths.chat !== undefined);

test.each(openaiLike.map(({ id }) => [id]))("%s is given no signature that is not its own to read", (id) => {
  const { messages, dropped } = sent(id);
  expect(JSON.stringify(messages)).not.toContain("thought_signature");
  expect(dropped).toContain("messages[].tool_calls[].extra_content");
  const wantsDetails = presetOf(id)?.quirks?.replay?.includes("reasoning_details") ?? false;
  expect(JSON.stringify(messages).includes("reasoning_details")).toBe(wantsDetails);
});

describe.each([["groq"], ["mistral"], ["cerebras"]])("%s, which refuses what it does not know", (id) => {
  test("is sent messages of known fields only, each loss named", () => {
    const { messages, dropped } = sent(id);
    const known = ["role", "content", "tool_calls", "tool_call_id"];
    expect(messages.flatMap((message) => Object.keys(message)).filter((key) => !known.includes(key))).toEqual(
      [],
    );
    expect(messages[0]?.role).toBe("system");
    expect(dropped).toContain("messages[].name");
    expect(dropped).not.toContain("messages[].refusal");
  });

  test("is sent none of OpenAI's own fields", () => {
    const extras = { store: true, verbosity: "low", safety_identifier: "u", logit_bias: { 1: 5 } };
    const { body, dropped } = sent(id, extras);
    for (const field of Object.keys(extras)) {
      expect(body).not.toHaveProperty(field);
      expect(dropped).toContain(field);
    }
  });
});

test("mistral's tool call ids are nine letters and digits, and still belong together", () => {
  const { messages } = sent("mistral");
  const [call] = messages[2]?.tool_calls as { id: string }[];
  expect(call?.id).toMatch(/^[A-Za-z0-9]{9}$/);
  expect(messages[3]?.tool_call_id).toBe(call?.id);
  const { body } = sent("mistral", { tool_choice: "required", seed: 7, max_completion_tokens: 5 });
  expect(body).toMatchObject({ tool_choice: "any", random_seed: 7, max_tokens: 5 });
  expect(body).not.toHaveProperty("seed");
});

test.each([
  ["deepseek"],
  ["moonshot"],
  ["alibaba"],
])("%s finds reasoning in every answer of a tool loop", (id) => {
  const { messages, added } = sent(id);
  const answers = messages.filter(({ role }) => role === "assistant");
  expect(answers.map((answer) => answer.reasoning_content)).toEqual(["why", " "]);
  expect(added).toEqual(["messages[].reasoning_content"]);
});

test.each([["zai"], ["fireworks"], ["llamacpp"]])("%s gets back the reasoning there is", (id) => {
  const { messages, added } = sent(id);
  expect(messages[2]?.reasoning_content).toBe("why");
  expect(messages[4]).not.toHaveProperty("reasoning_content");
  expect(added).toEqual([]);
});

test.each([["vllm"], ["openrouter"]])("%s reads it under its own name", (id) => {
  const { messages } = sent(id);
  expect(messages[2]?.reasoning).toBe("why");
  expect(messages[2]).not.toHaveProperty("reasoning_content");
});

test("mistral is told the length of vectors by its own word", () => {
  const wire = openaiDialect.encodeEmbeddings(
    { model: "m", input: "a", dimensions: 256 },
    {
      upstreamModel: "codestral-embed",
      quirks: presetOf("mistral")?.quirks ?? {},
      takesMetadata: false,
      attachments: new Map(),
    },
  );
  if ("unsupported" in wire) throw new Error(wire.why);
  expect(JSON.parse(wire.body)).toEqual({ model: "codestral-embed", input: "a", output_dimension: 256 });
  expect(wire.dropped).toEqual([]);
});

function sentTo(presetId: string, upstreamModel: string, request: Record<string, unknown>) {
  const quirks = presetOf(presetId)?.quirks ?? {};
  const target = { upstreamModel, quirks, takesMetadata: false, attachments: new Map() };
  const wire = openaiDialect.encodeChat(Object.freeze({ messages: [], ...request }), target);
  if ("unsupported" in wire) throw new Error(wire.why);
  const { model: _, messages: __, ...body } = JSON.parse(wire.body);
  return { body, dropped: wire.dropped };
}

describe.each([["openai"], ["azure"]])("%s's own models", (id) => {
  const SAMPLING = {
    temperature: 0.2,
    top_p: 0.5,
    presence_penalty: 1,
    logit_bias: { 1: 5 },
    logprobs: true,
  };

  test.each([
    ["o3"],
    ["o4-mini-2025-04-16"],
    ["gpt-5"],
    ["gpt-5-mini-2025-08-07"],
    ["openai/gpt-5-nano"],
  ])("%s gets the limit by its new name, and sampling only as it is", (model) => {
    expect(sentTo(id, model, { max_tokens: 9, ...SAMPLING })).toEqual({
      body: { max_completion_tokens: 9 },
      dropped: Object.keys(SAMPLING),
    });
    const asItIs = { temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0, logprobs: false };
    expect(sentTo(id, model, { ...asItIs, seed: 7 })).toEqual({ body: { seed: 7 }, dropped: [] });
  });

  test.each([
    ["gpt-5.2"],
    ["gpt-6"],
    ["gpt-5.1-codex-mini"],
  ])("%s samples where it does not reason", (model) => {
    expect(sentTo(id, model, { max_tokens: 9, ...SAMPLING })).toEqual({
      body: { max_completion_tokens: 9, ...SAMPLING },
      dropped: [],
    });
  });

  test.each([
    ["gpt-4o"],
    ["gpt-4.1-mini"],
    ["gpt-3.5-turbo"],
    ["gpt-5-chat-latest"],
    ["my-deployment"],
    ["ft:gpt-4o-mini:acme"],
  ])("%s gets all as it came", (model) => {
    const request = { max_tokens: 9, ...SAMPLING };
    expect(sentTo(id, model, request)).toEqual({ body: request, dropped: [] });
  });

  test("a limit under both names that differ is the new one's, and the other is named", () => {
    expect(sentTo(id, "gpt-5", { max_tokens: 9, max_completion_tokens: 8 })).toEqual({
      body: { max_completion_tokens: 8 },
      dropped: ["max_tokens"],
    });
  });
});

const schema = { response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } } };
test.each([
  ["groq", { n: 2 }, "n"],
  ["deepseek", schema, "response_format"],
  ["zai", schema, "response_format"],
  ["zai", { tool_choice: { type: "function", function: { name: "f" } } }, "tool_choice"],
  ["zai", { tool_choice: "required" }, "tool_choice"],
  ["perplexity", { tools: [{ type: "function", function: { name: "f" } }] }, "tools"],
  ["perplexity", { response_format: { type: "json_object" } }, "response_format"],
] as [string, Record<string, unknown>, string][])("%s is skipped for %j", (id, request, field) => {
  const wire = encoded(id, { messages: [], ...request });
  expect("unsupported" in wire && wire.unsupported).toBe(field);
});

test.each([
  ["openai", schema],
  ["groq", { n: 1 }],
  ["deepseek", { response_format: { type: "json_object" } }],
  ["zai", { tool_choice: "auto" }],
  ["perplexity", { tools: [] }],
  ["perplexity", schema],
] as [string, Record<string, unknown>][])("%s is not skipped for %j", (id, request) => {
  expect(sent(id, request).body).toMatchObject(request);
});

test.each([["moonshot"], ["lmstudio"]])("%s gets images as data", (id) => {
  const url = "https://a.example/x.png";
  const messages = [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
  expect(openaiDialect.urlsToFetch({ messages }, { quirks: presetOf(id)?.quirks ?? {} })).toEqual([url]);
});

test.each([
  ["groq"],
  ["cerebras"],
  ["xai"],
])("an effort that %s has no word for is dropped and named", (id) => {
  expect(sent(id, { reasoning_effort: "minimal" }).body).not.toHaveProperty("reasoning_effort");
  expect(sent(id, { reasoning_effort: "minimal" }).dropped).toContain("reasoning_effort");
  expect(sent(id, { reasoning_effort: "high" }).body.reasoning_effort).toBe("high");
});
