/**
 * What Ollama takes, as JSON Schemas (2020-12), from its documentation and source: https://docs.ollama.com/api/chat,
 * https://docs.ollama.com/api/embed, https://github.com/ollama/ollama/blob/main/docs/openapi.yaml and, for `truncate`,
 * `shift`, the penalties, ids and results, `api/types.go` there. Ollama ignores what it does not know, so that a field
 * misspelt would go unnoticed: these are closed.
 */
const text = { type: "string" } as const;
const count = { type: "integer" } as const;
const number = { type: "number" } as const;
const flag = { type: "boolean" } as const;
/** Standard base64 without a `data:` in front. */
const base64 = { type: "string", pattern: "^[A-Za-z0-9+/]+={0,2}$" } as const;

const modelOptions = {
  type: "object",
  additionalProperties: false,
  properties: {
    num_ctx: { ...count, minimum: 1 },
    num_predict: count,
    temperature: number,
    top_p: number,
    top_k: count,
    min_p: number,
    repeat_penalty: number,
    presence_penalty: number,
    frequency_penalty: number,
    seed: count,
    stop: { type: "array", items: { ...text, minLength: 1 } },
  },
} as const;

const toolCall = {
  type: "object",
  required: ["function"],
  additionalProperties: false,
  properties: {
    id: text,
    function: {
      type: "object",
      required: ["name", "arguments"],
      additionalProperties: false,
      properties: { index: { ...count, minimum: 0 }, name: text, arguments: { type: "object" } },
    },
  },
} as const;

const message = {
  type: "object",
  required: ["role", "content"],
  additionalProperties: false,
  properties: {
    role: { enum: ["system", "user", "assistant", "tool"] },
    content: text,
    images: { type: "array", minItems: 1, items: base64 },
    thinking: text,
    tool_calls: { type: "array", minItems: 1, items: toolCall },
    tool_name: text,
    tool_call_id: text,
  },
  allOf: [
    { if: { required: ["tool_calls"] }, then: { properties: { role: { const: "assistant" } } } },
    { if: { required: ["thinking"] }, then: { properties: { role: { const: "assistant" } } } },
    { if: { required: ["tool_name"] }, then: { properties: { role: { const: "tool" } } } },
  ],
} as const;

const tool = {
  type: "object",
  required: ["type", "function"],
  additionalProperties: false,
  properties: {
    type: { const: "function" },
    function: {
      type: "object",
      required: ["name", "parameters"],
      additionalProperties: false,
      properties: {
        name: text,
        description: text,
        parameters: { type: "object", required: ["type"], properties: { type: { const: "object" } } },
      },
    },
  },
} as const;

/** `POST /api/chat` as we send it: `stream` explicit, nothing truncated. Without messages it would only load a model. */
export const ollamaChatRequest = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["model", "messages", "stream", "truncate", "shift"],
  additionalProperties: false,
  properties: {
    model: { ...text, minLength: 1 },
    messages: { type: "array", minItems: 1, items: message },
    stream: flag,
    tools: { type: "array", minItems: 1, items: tool },
    format: { anyOf: [{ const: "json" }, { type: "object" }] },
    options: modelOptions,
    think: { anyOf: [flag, { enum: ["low", "medium", "high", "max"] }] },
    logprobs: flag,
    top_logprobs: { ...count, minimum: 0, maximum: 20 },
    truncate: { const: false },
    shift: { const: false },
  },
} as const;

/** `POST /api/embed`. */
export const ollamaEmbedRequest = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["model", "input", "truncate"],
  additionalProperties: false,
  properties: {
    model: { ...text, minLength: 1 },
    input: { anyOf: [text, { type: "array", minItems: 1, items: text }] },
    dimensions: { ...count, minimum: 1 },
    options: modelOptions,
    truncate: { const: false },
  },
} as const;
