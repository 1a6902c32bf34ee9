import { type JsonObject, parseJson } from "../../core/json.ts";
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

const MODEL = "gpt-4o";

/** https://platform.openai.com/docs/api-reference/chat */
export const openaiWire: WireProvider = {
  id: "openai",
  model: MODEL,
  settings: (origin) => ({
    baseUrl: `${origin}/v1`,
    auth: { kind: "bearer" },
    paths: { chat: "/chat/completions", embeddings: "/embeddings", models: "/models" },
    headers: {},
  }),
  problems({ path, headers, body }) {
    return [
      path === "/v1/chat/completions" ? "" : `path ${path}`,
      headers.authorization?.startsWith("Bearer ") ? "" : "no bearer token",
      body.model === MODEL ? "" : `model ${body.model}`,
    ].filter((problem) => problem !== "");
  },
  hear({ body }) {
    const said = itemsOf(body);
    const choice = record(record(body.tool_choice).function).name;
    const format = record(record(body.response_format).json_schema).schema;
    return {
      system: systemOf(said),
      turns: turnsOf(said),
      tools: list(body.tools).map(({ function: fn }) => toolName(record(fn).name, record(fn).parameters)),
      forced: typeof choice === "string" ? choice : isRequired(body.tool_choice) ? "any" : null,
      schema: schemaNames(format),
      maxTokens: numberOrNull(body.max_completion_tokens) ?? numberOrNull(body.max_tokens),
      temperature: numberOrNull(body.temperature),
      stop: ([] as unknown[]).concat(body.stop ?? []).map(text),
      thinks: typeof body.reasoning_effort === "string" && body.reasoning_effort !== "none",
      stream: body.stream === true,
    };
  },
  items: itemsOf,
  say(said, { body }, answer) {
    if (body.stream !== true) {
      answer.json(200, {
        ...HEAD,
        object: "chat.completion",
        choices: [choiceOf(said)],
        usage: usageOf(said),
      });
      return;
    }
    sse(answer, [...deltasOf(said).map((delta) => [null, chunk(delta)] as const)]);
    answer.chunk(`data: ${JSON.stringify(chunk({}, finishOf(said)))}\n\n`);
    answer.chunk(`data: ${JSON.stringify({ ...chunk({}), choices: [], usage: usageOf(said) })}\n\n`);
    answer.chunk("data: [DONE]\n\n");
    answer.endStream();
  },
  fail: (failure, answer) => answer.json(...FAILURES[failure]),
  begin(words, answer) {
    sse(answer, [[null, chunk({ role: "assistant", content: words })]]);
  },
};

const HEAD = { id: "chatcmpl-1", created: 1_795_000_000, model: MODEL };
const REFUSAL = "I cannot help with that.";

function chunk(delta: unknown, finish: string | null = null) {
  return {
    ...HEAD,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finish }],
    usage: null,
  };
}

/** Mistral's word is `any`. */
function isRequired(choice: unknown): boolean {
  const word = text(choice) || text(record(record(choice).allowed_tools).mode);
  return word === "required" || word === "any";
}

function itemsOf(body: JsonObject): Item[] {
  return list(body.messages).flatMap(itemsOfMessage);
}

const ROLES: Readonly<Record<string, Role>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};

/** Said beside a tool call, nothing is nothing. */
function itemsOfMessage(message: JsonObject): Item[] {
  if (message.role === "tool") return [resultOf(message)];
  const role = ROLES[text(message.role)];
  if (!role) throw new Error(`a message of ${message.role}`);
  const refusal = text(message.refusal);
  return [
    ...partsOf(message.content).map((part) => itemOf(part, role)),
    ...(refusal === "" ? [] : [{ kind: "text", role, text: refusal } as const]),
    ...list(message.tool_calls).map(callOf),
  ];
}

function partsOf(content: unknown): JsonObject[] {
  const parts = typeof content === "string" ? [{ type: "text", text: content }] : list(content);
  return parts.filter((part) => part.type !== "text" || part.text !== "");
}

function itemOf(part: JsonObject, role: Role): Item {
  switch (part.type) {
    case "text":
      return { kind: "text", role, text: text(part.text) };
    case "refusal":
      return { kind: "text", role, text: text(part.refusal) };
    case "input_audio": {
      const { format, data } = record(part.input_audio);
      return { kind: "media", role, mediaType: `audio/${text(format)}`, data: text(data) };
    }
    default: {
      const { url, file_data } = record(part.image_url ?? part.file);
      const address = text(url) || text(file_data);
      const [, mediaType = "", data = address] = /^data:([^;,]*);base64,(.*)$/s.exec(address) ?? [];
      return { kind: "media", role, mediaType, data };
    }
  }
}

/** Arguments that are no object are told under a name of their own. */
function callOf({ id, function: called }: JsonObject): Item {
  const told = text(record(called).arguments);
  const parsed = told.trim() === "" ? {} : parseJson(told);
  const isInput = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  const input = isInput ? (parsed as JsonObject) : { arguments: parsed === undefined ? told : parsed };
  return { kind: "call", id: text(id), name: text(record(called).name), input };
}

function resultOf(message: JsonObject): Item {
  const inner = partsOf(message.content).map((part) => itemOf(part, "user"));
  return {
    kind: "result",
    id: text(message.tool_call_id),
    name: text(message.name),
    texts: inner.flatMap((it) => (it.kind === "text" ? [it.text] : [])),
    media: inner.flatMap((it) => (it.kind === "media" ? [it.data] : [])),
    isError: message.is_error === true,
  };
}

function finishOf({ ends }: Said): string {
  return ends === "refused" ? "stop" : ends;
}

function toolCalls({ calls = [] }: Said) {
  return calls.map(({ id, name, input }, index) => ({
    index,
    id,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
}

function choiceOf(said: Said) {
  const calls = toolCalls(said).map(({ index: _, ...call }) => call);
  return {
    index: 0,
    message: {
      role: "assistant",
      content: said.text?.join("") ?? null,
      refusal: said.ends === "refused" ? REFUSAL : null,
      ...(said.reasoning ? { reasoning_content: said.reasoning.text } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
    logprobs: null,
    finish_reason: finishOf(said),
  };
}

function deltasOf(said: Said): Record<string, unknown>[] {
  const deltas: Record<string, unknown>[] = [{ role: "assistant", content: "", refusal: null }];
  if (said.reasoning) deltas.push({ reasoning_content: said.reasoning.text });
  for (const content of said.text ?? []) deltas.push({ content });
  if (said.ends === "refused") deltas.push({ refusal: REFUSAL });
  for (const { function: fn, ...call } of toolCalls(said)) {
    deltas.push({ tool_calls: [{ ...call, function: { name: fn.name, arguments: "" } }] });
    for (const piece of fn.arguments.match(/.{1,6}/gs) ?? [])
      deltas.push({ tool_calls: [{ index: call.index, function: { arguments: piece } }] });
  }
  return deltas;
}

function usageOf({ usage: { input, cached, output, reasoning } }: Said) {
  return {
    prompt_tokens: input + cached,
    completion_tokens: output + reasoning,
    total_tokens: input + cached + output + reasoning,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

const error = (message: string, type: string, code: string | null, param: string | null = null) => ({
  error: { message, type, param, code },
});
const FAILURES: Record<Failure, [number, unknown, Record<string, string>?]> = {
  bad_request: [
    400,
    error("Invalid value for 'temperature'.", "invalid_request_error", "invalid_value", "temperature"),
  ],
  auth: [401, error("Incorrect API key provided", "invalid_request_error", "invalid_api_key")],
  missing: [404, error("The model `x` does not exist", "invalid_request_error", "model_not_found")],
  rate_limited: [429, error("Rate limit reached", "requests", "rate_limit_exceeded"), { "retry-after": "7" }],
  overloaded: [503, error("The engine is overloaded", "service_unavailable_error", "server_is_overloaded")],
  context: [
    400,
    error(
      "This model's maximum context length is 8192 tokens",
      "invalid_request_error",
      "context_length_exceeded",
      "messages",
    ),
  ],
};
