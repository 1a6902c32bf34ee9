import type { JsonObject } from "../../core/json.ts";

/** An object that has these properties and no others; those with `?` may be missing. */
function object(properties: JsonObject): JsonObject {
  const names = Object.keys(properties);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace("?", ""), properties[name]])),
    required: names.filter((name) => !name.endsWith("?")),
    additionalProperties: false,
  };
}

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const list = (items: unknown, rest: JsonObject = {}) => ({ type: "array", items, ...rest });
const text = { type: "string" };
/** The API: "text content blocks must contain non-whitespace text". */
const words = { type: "string", pattern: "\\S" };
const some = { type: "string", minLength: 1 };
const count = { type: "integer", minimum: 1 };
const marked = { "cache_control?": ref("cacheControl") };

/** What a message's blocks may be. https://platform.claude.com/docs/en/api/messages/create */
const BLOCKS = {
  cacheControl: object({ type: { const: "ephemeral" }, "ttl?": { enum: ["5m", "1h"] } }),
  text: object({ type: { const: "text" }, text: words, ...marked }),
  image: object({
    type: { const: "image" },
    source: {
      oneOf: [
        object({
          type: { const: "base64" },
          media_type: { enum: ["image/jpeg", "image/png", "image/gif", "image/webp"] },
          data: some,
        }),
        object({ type: { const: "url" }, url: { type: "string", pattern: "^https?://" } }),
      ],
    },
    ...marked,
  }),
  document: object({
    type: { const: "document" },
    source: {
      oneOf: [
        object({ type: { const: "base64" }, media_type: { const: "application/pdf" }, data: some }),
        object({ type: { const: "text" }, media_type: { const: "text/plain" }, data: text }),
        object({ type: { const: "url" }, url: { type: "string", pattern: "^https?://" } }),
        object({ type: { const: "file" }, file_id: { type: "string", pattern: "^file_" } }),
      ],
    },
    "title?": some,
    ...marked,
  }),
  toolUse: object({
    type: { const: "tool_use" },
    id: { type: "string", pattern: "^[a-zA-Z0-9_-]+$" },
    name: ref("toolName"),
    input: { type: "object" },
  }),
  toolResult: object({
    type: { const: "tool_result" },
    tool_use_id: { type: "string", pattern: "^[a-zA-Z0-9_-]+$" },
    "content?": list({ oneOf: [ref("text"), ref("image"), ref("document")] }, { minItems: 1 }),
    "is_error?": { type: "boolean" },
    ...marked,
  }),
  thinking: object({ type: { const: "thinking" }, thinking: text, signature: some }),
  redactedThinking: object({ type: { const: "redacted_thinking" }, data: some }),
  toolName: { type: "string", pattern: "^[a-zA-Z0-9_-]{1,128}$" },
};

const MESSAGES = {
  userMessage: object({
    role: { const: "user" },
    content: list(
      { oneOf: [ref("text"), ref("image"), ref("document"), ref("toolResult")] },
      { minItems: 1 },
    ),
  }),
  assistantMessage: object({
    role: { const: "assistant" },
    content: list(
      { oneOf: [ref("text"), ref("toolUse"), ref("thinking"), ref("redactedThinking")] },
      { minItems: 1, contains: { properties: { type: { enum: ["text", "tool_use"] } } } },
    ),
  }),
};

/**
 * What structured outputs and strict tools take of JSON Schema: anything else is a 400.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 * Unconfirmed: that a type may be left out beside `enum` and `const`, and that a reference has no neighbours.
 */
const OUTPUT_SCHEMA = {
  anyOf: [
    object({ $ref: { type: "string", pattern: "^#/(\\$defs|definitions)/" } }),
    {
      type: "object",
      properties: {
        type: {
          anyOf: [ref("typeName"), list(ref("typeName"), { minItems: 1, uniqueItems: true })],
        },
        properties: { type: "object", additionalProperties: ref("outputSchema") },
        required: list(text),
        additionalProperties: { const: false },
        items: ref("outputSchema"),
        minItems: { enum: [0, 1] },
        anyOf: list(ref("outputSchema"), { minItems: 1 }),
        $defs: { type: "object", additionalProperties: ref("outputSchema") },
        definitions: { type: "object", additionalProperties: ref("outputSchema") },
        enum: list({ type: ["string", "number", "boolean", "null"] }),
        const: { type: ["string", "number", "boolean", "null"] },
        format: { enum: "date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" ") },
        title: text,
        description: text,
        default: true,
      },
      additionalProperties: false,
      anyOf: [
        { required: ["type"] },
        { required: ["anyOf"] },
        { required: ["enum"] },
        { required: ["const"] },
      ],
      dependentSchemas: { properties: { required: ["additionalProperties"] } },
    },
  ],
};

const TOOLS = {
  typeName: { enum: ["object", "array", "string", "number", "integer", "boolean", "null"] },
  outputSchema: OUTPUT_SCHEMA,
  tool: {
    oneOf: [
      object({
        name: ref("toolName"),
        "description?": text,
        input_schema: {
          type: "object",
          properties: { type: { const: "object" } },
          required: ["type"],
          not: { anyOf: ["anyOf", "oneOf", "allOf"].map((key) => ({ required: [key] })) },
        },
        ...marked,
      }),
      object({
        name: ref("toolName"),
        "description?": text,
        input_schema: { allOf: [ref("outputSchema"), { properties: { type: { const: "object" } } }] },
        strict: { const: true },
        ...marked,
      }),
    ],
  },
  toolChoice: {
    oneOf: [
      object({ type: { enum: ["auto", "any"] }, "disable_parallel_tool_use?": { type: "boolean" } }),
      object({
        type: { const: "tool" },
        name: ref("toolName"),
        "disable_parallel_tool_use?": { type: "boolean" },
      }),
      object({ type: { const: "none" } }),
    ],
  },
};

const THINKING = {
  oneOf: [
    object({ type: { const: "enabled" }, budget_tokens: { type: "integer", minimum: 1024 } }),
    object({ type: { const: "adaptive" }, "display?": { enum: ["summarized", "omitted"] } }),
    object({ type: { enum: ["disabled", "between_tools"] } }),
  ],
};

/**
 * `POST /v1/messages` as Anthropic documents it (https://platform.claude.com/docs/en/api/messages/create, and the types
 * of its SDK), as far as the gateway uses it; the API refuses fields that it does not know. What a schema cannot say
 * (budget below `max_tokens`, four cache marks, results behind their calls) is for tests to say.
 * Unconfirmed: the 256 characters of `user_id`.
 */
export const anthropicRequestSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $defs: { ...BLOCKS, ...MESSAGES, ...TOOLS },
  ...object({
    model: some,
    max_tokens: count,
    "cache_control?": ref("cacheControl"),
    "system?": list(ref("text"), { minItems: 1 }),
    messages: {
      type: "array",
      minItems: 1,
      prefixItems: [ref("userMessage")],
      items: { oneOf: [ref("userMessage"), ref("assistantMessage")] },
    },
    "tools?": list(ref("tool"), { minItems: 1 }),
    "tool_choice?": ref("toolChoice"),
    "output_config?": {
      ...object({
        "effort?": { enum: ["low", "medium", "high", "xhigh", "max"] },
        "format?": object({ type: { const: "json_schema" }, schema: ref("outputSchema") }),
      }),
      minProperties: 1,
    },
    "thinking?": THINKING,
    "temperature?": { type: "number", minimum: 0, maximum: 1 },
    "top_p?": { type: "number" },
    "top_k?": { type: "number" },
    "stop_sequences?": list(words, { minItems: 1 }),
    "metadata?": object({ user_id: { type: "string", maxLength: 256 } }),
    "service_tier?": { enum: ["auto", "standard_only"] },
    "stream?": { type: "boolean" },
  }),
  dependentSchemas: { tool_choice: { required: ["tools"] } },
};
