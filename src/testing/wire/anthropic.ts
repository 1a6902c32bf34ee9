import type { JsonObject } from "../../core/json.ts";
import type { UpstreamRequest } from "../scripted-upstream.ts";
import { type Item, type Role, systemOf, turnsOf } from "./items.ts";
import {
  type Failure,
  list,
  numberOrNull,
  record,
  type Said,
  schemaNames,
  sse,
  text,
  toolName,
  type WireProvider,
} from "./wire-provider.ts";

const MODEL = "claude-sonnet-4-5";

/** https://docs.claude.com/en/api/messages */
export const anthropicWire: WireProvider = {
  id: "anthropic",
  model: MODEL,
  settings: (origin) => ({
    baseUrl: origin,
    auth: { kind: "header", name: "x-api-key" },
    paths: { chat: "/v1/messages" },
    headers: { "anthropic-version": "2023-06-01" },
  }),
  problems(request) {
    const { path, headers, body } = request;
    return [
      path === "/v1/messages" ? "" : `path ${path}`,
      headers["x-api-key"] ? "" : "no x-api-key",
      headers["anthropic-version"] ? "" : "no anthropic-version",
      body.model === MODEL ? "" : `model ${body.model}`,
      typeof body.max_tokens === "number" ? "" : "no max_tokens",
      ...turnProblems(request),
    ].filter((problem) => problem !== "");
  },
  hear({ body }) {
    const said = itemsOf(body);
    const choice = record(body.tool_choice);
    const format = record(record(body.output_config).format).schema;
    const stand = format === undefined ? standInTool(body) : undefined;
    return {
      system: systemOf(said),
      turns: turnsOf(said),
      tools: list(body.tools)
        .filter((tool) => tool !== stand)
        .map((tool) => toolName(tool.name, tool.input_schema)),
      forced: stand
        ? null
        : choice.type === "tool"
          ? text(choice.name)
          : choice.type === "any"
            ? "any"
            : null,
      schema: schemaNames(format ?? stand?.input_schema),
      maxTokens: numberOrNull(body.max_tokens),
      temperature: numberOrNull(body.temperature),
      stop: Array.isArray(body.stop_sequences) ? body.stop_sequences.map(text) : [],
      thinks: ["enabled", "adaptive"].includes(text(record(body.thinking).type)),
      stream: body.stream === true,
    };
  },
  items: itemsOf,
  say(said, { body }, answer) {
    if (body.stream === true) {
      sse(
        answer,
        eventsOf(said).map((event) => [text(event.type), event] as const),
      );
      answer.endStream();
      return;
    }
    const usage = { ...inputUsage(said), output_tokens: said.usage.output + said.usage.reasoning };
    answer.json(200, { ...message(said), content: blocksOf(said), stop_reason: stopReason(said), usage });
  },
  fail: (failure, answer) => answer.json(...FAILURES[failure]),
  begin(words, answer) {
    const said: Said = {
      text: [words],
      ends: "stop",
      usage: { input: 1, cached: 0, output: 1, reasoning: 0 },
    };
    sse(
      answer,
      eventsOf(said)
        .slice(0, 4)
        .map((event) => [text(event.type), event] as const),
    );
  },
};

/** A forced tool that stands in for a JSON schema: the only tool that no scenario names. */
function standInTool(body: Record<string, unknown>) {
  const name = text(record(body.tool_choice).name);
  return /^(json|answer|response|structured)/.test(name)
    ? list(body.tools).find((tool) => tool.name === name)
    : undefined;
}

function turnProblems({ body }: UpstreamRequest): string[] {
  const messages = list(body.messages);
  const problems = messages.map((message, at) =>
    message.role === messages[at - 1]?.role ? `turn ${at} repeats its role` : "",
  );
  if (messages[0]?.role !== "user") problems.push("the first turn is not the user's");
  const asked = new Set<string>();
  for (const { content } of messages) {
    for (const block of list(content)) {
      if (block.type === "tool_use") asked.add(text(block.id));
      if (block.type === "tool_result" && !asked.has(text(block.tool_use_id)))
        problems.push("a result without its call");
      if (block.type === "text" && text(block.text).trim() === "") problems.push("an empty text block");
    }
  }
  return problems;
}

function itemsOf(body: JsonObject): Item[] {
  const messages = [{ role: "system", content: body.system ?? [] }, ...list(body.messages)];
  return messages.flatMap(({ role, content }) => {
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : list(content);
    return blocks.map((block) => itemOf(block, text(role) as Role));
  });
}

function itemOf(block: JsonObject, role: Role): Item {
  switch (block.type) {
    case "text":
      return { kind: "text", role, text: text(block.text) };
    case "tool_use":
      return { kind: "call", id: text(block.id), name: text(block.name), input: record(block.input) };
    case "tool_result":
      return resultOf(block, role);
    case "thinking":
      return { kind: "signed", signature: text(block.signature) };
    case "redacted_thinking":
      return { kind: "signed", signature: text(block.data) };
    case "image":
    case "document":
      return { kind: "media", role, ...mediaOf(record(block.source)) };
    default:
      throw new Error(`a block of type ${block.type}`);
  }
}

function resultOf(block: JsonObject, role: Role): Item {
  const inner = (
    typeof block.content === "string" ? [{ type: "text", text: block.content }] : list(block.content)
  ).map((it) => itemOf(it, role));
  return {
    kind: "result",
    id: text(block.tool_use_id),
    name: "",
    texts: inner.flatMap((it) => (it.kind === "text" ? [it.text] : [])),
    media: inner.flatMap((it) => (it.kind === "media" ? [it.data] : [])),
    isError: block.is_error === true,
  };
}

/** Text documents are told as they are, all others in base64. */
function mediaOf(source: JsonObject): { mediaType: string; data: string } {
  const told = text(source.data);
  const data = source.type === "text" ? Buffer.from(told).toString("base64") : told;
  return { mediaType: text(source.media_type), data: data || text(source.url) || text(source.file_id) };
}

function blocksOf(said: Said): Record<string, unknown>[] {
  const blocks: Record<string, unknown>[] = [];
  if (said.reasoning)
    blocks.push({ type: "thinking", thinking: said.reasoning.text, signature: said.reasoning.signature });
  if (said.text) blocks.push({ type: "text", text: said.text.join("") });
  for (const { id, name, input } of said.calls ?? []) blocks.push({ type: "tool_use", id, name, input });
  return blocks;
}

const inputUsage = ({ usage: { input, cached } }: Said) => ({
  input_tokens: input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: cached,
});
const message = (said: Said) => ({
  id: "msg_01",
  type: "message",
  role: "assistant",
  model: MODEL,
  content: [] as unknown[],
  stop_reason: null as string | null,
  stop_sequence: null,
  usage: { ...inputUsage(said), output_tokens: 1 },
});

function stopReason({ ends }: Said): string {
  return { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use", refused: "refusal" }[ends];
}

function eventsOf(said: Said): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = [
    { type: "message_start", message: message(said) },
    { type: "ping" },
  ];
  blocksOf(said).forEach((block, index) => {
    events.push({ type: "content_block_start", index, content_block: emptied(block) });
    for (const delta of deltasOf(block, said)) events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
  });
  const usage = { output_tokens: said.usage.output + said.usage.reasoning };
  events.push({
    type: "message_delta",
    delta: { stop_reason: stopReason(said), stop_sequence: null },
    usage,
  });
  events.push({ type: "message_stop" });
  return events;
}

function emptied(block: Record<string, unknown>) {
  if (block.type === "text") return { type: "text", text: "" };
  if (block.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  return { ...block, input: {} };
}

function deltasOf(block: Record<string, unknown>, said: Said): unknown[] {
  if (block.type === "text") return (said.text ?? []).map((piece) => ({ type: "text_delta", text: piece }));
  if (block.type === "thinking")
    return [
      { type: "thinking_delta", thinking: block.thinking },
      { type: "signature_delta", signature: block.signature },
    ];
  return (JSON.stringify(block.input).match(/.{1,6}/gs) ?? []).map((partial_json) => ({
    type: "input_json_delta",
    partial_json,
  }));
}

const error = (type: string, words: string) => ({
  type: "error",
  error: { type, message: words },
  request_id: "req_011",
});
const FAILURES: Record<Failure, [number, unknown, Record<string, string>?]> = {
  bad_request: [400, error("invalid_request_error", "temperature: Input should be less than or equal to 1")],
  auth: [401, error("authentication_error", "invalid x-api-key")],
  missing: [404, error("not_found_error", "model: x")],
  rate_limited: [
    429,
    error("rate_limit_error", "This request would exceed your rate limit"),
    { "retry-after": "7" },
  ],
  overloaded: [529, error("overloaded_error", "Overloaded")],
  context: [400, error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")],
};
