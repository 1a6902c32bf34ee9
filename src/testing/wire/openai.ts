import {
  type Failure,
  joined,
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
    const messages = list(body.messages);
    const isSystem = ({ role }: Record<string, unknown>) => role === "system" || role === "developer";
    const choice = record(record(body.tool_choice).function).name;
    const format = record(record(body.response_format).json_schema).schema;
    return {
      system: messages
        .filter(isSystem)
        .map(({ content }) => text(content))
        .join("\n"),
      turns: joined(messages.filter((message) => !isSystem(message)).map(turnOf)),
      tools: list(body.tools).map(({ function: fn }) => toolName(record(fn).name, record(fn).parameters)),
      forced: typeof choice === "string" ? choice : body.tool_choice === "required" ? "any" : null,
      schema: schemaNames(format),
      maxTokens: numberOrNull(body.max_completion_tokens) ?? numberOrNull(body.max_tokens),
      temperature: numberOrNull(body.temperature),
      stop: ([] as unknown[]).concat(body.stop ?? []).map(text),
      thinks: typeof body.reasoning_effort === "string" && body.reasoning_effort !== "none",
      stream: body.stream === true,
    };
  },
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

function turnOf(message: Record<string, unknown>): { role: string; parts: string[] } {
  if (message.role === "tool") return { role: "user", parts: [`result=${text(message.content)}`] };
  // Said beside a tool call, nothing is nothing.
  const content =
    message.content === ""
      ? []
      : typeof message.content === "string"
        ? [{ type: "text", text: message.content }]
        : list(message.content);
  const parts = content.map((part) => {
    if (part.type === "text") return `text=${text(part.text)}`;
    return `image=${text(record(part.image_url).url).replace(/^data:(.*);base64,/, "$1/")}`;
  });
  const calls = list(message.tool_calls).map(({ function: fn }) => {
    return `call=${text(record(fn).name)}${JSON.stringify(JSON.parse(text(record(fn).arguments)))}`;
  });
  return { role: text(message.role), parts: [...parts, ...calls] };
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
