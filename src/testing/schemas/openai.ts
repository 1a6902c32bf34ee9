import type { JsonObject } from "../../core/json.ts";

/*
 * What passes through is the client's: fields that are not named here are not ours to judge. What is `false` must have
 * been taken off.
 */

/** An object that has these properties, and others; those with `?` may be missing, those that are `false` must be. */
function object(properties: JsonObject, rest: JsonObject = {}): JsonObject {
  const names = Object.keys(properties);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace("?", ""), properties[name]])),
    required: names.filter((name) => !name.endsWith("?")),
    ...rest,
  };
}

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const list = (items: unknown, rest: JsonObject = {}) => ({ type: "array", items, ...rest });
const orNull = (schema: JsonObject) => ({ anyOf: [schema, { type: "null" }] });
const text = { type: "string" };
const flag = { type: "boolean" };
const some = { type: "string", minLength: 1 };
const between = (minimum: number, maximum: number) => orNull({ type: "number", minimum, maximum });
const name = { type: "string", pattern: "^[a-zA-Z0-9_-]{1,64}$" };

const PARTS = {
  text: object({ type: { const: "text" }, text }),
  refusal: object({ type: { const: "refusal" }, refusal: text }),
  image: object({
    type: { const: "image_url" },
    image_url: object({
      url: { type: "string", pattern: "^(https?://|data:)" },
      "detail?": { enum: ["auto", "low", "high"] },
    }),
  }),
  audio: object({
    type: { const: "input_audio" },
    input_audio: object({ data: some, format: { enum: ["wav", "mp3"] } }),
  }),
  file: object({
    type: { const: "file" },
    file: object({ "file_data?": text, "file_id?": text, "filename?": text }),
  }),
};

const content = (...kinds: string[]) => ({ anyOf: [text, list({ oneOf: kinds.map(ref) })] });

/** Its results hold texts only; images are what clients of other providers send. */
const MESSAGES = {
  instructions: object({
    role: { enum: ["system", "developer"] },
    content: content("text"),
    "name?": text,
  }),
  user: object({
    role: { const: "user" },
    content: content("text", "image", "audio", "file"),
    "name?": text,
  }),
  assistant: object(
    {
      role: { const: "assistant" },
      "content?": orNull(content("text", "refusal")),
      "refusal?": orNull(text),
      "tool_calls?": list(ref("call"), { minItems: 1 }),
      "reasoning?": false,
      "reasoning_content?": false,
      "reasoning_details?": false,
    },
    { anyOf: [{ required: ["content"] }, { required: ["tool_calls"] }] },
  ),
  result: object({ role: { const: "tool" }, content: content("text", "image"), tool_call_id: text }),
  call: object({
    id: text,
    type: { const: "function" },
    function: object({ name, arguments: text }),
    "extra_content?": false,
  }),
};

const TOOLS = {
  schema: { type: "object" },
  tool: object({
    type: { const: "function" },
    function: object({
      name,
      "description?": text,
      "parameters?": ref("schema"),
      "strict?": orNull(flag),
    }),
  }),
  named: object({ type: { const: "function" }, function: object({ name }) }),
};

const FORMAT = {
  oneOf: [
    object({ type: { enum: ["text", "json_object"] } }),
    object({
      type: { const: "json_schema" },
      json_schema: object({ name, schema: ref("schema"), "strict?": flag }),
    }),
  ],
};

const CHOICE = {
  anyOf: [
    { enum: ["none", "auto", "required", null] },
    ref("named"),
    object({
      type: { const: "allowed_tools" },
      allowed_tools: object({ mode: { enum: ["auto", "required"] }, tools: list(ref("named")) }),
    }),
  ],
};

const OWN = ["models", "provider", "route", "transforms", "plugins", "preset", "max_cost_usd", "session_id"];

/** `POST /v1/chat/completions`: https://platform.openai.com/docs/api-reference/chat/create */
export const openaiChatRequest: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $defs: { ...PARTS, ...MESSAGES, ...TOOLS },
  ...object({
    model: some,
    messages: list({ oneOf: ["instructions", "user", "assistant", "result"].map(ref) }, { minItems: 1 }),
    "tools?": list(ref("tool")),
    "tool_choice?": CHOICE,
    "parallel_tool_calls?": flag,
    "response_format?": FORMAT,
    "temperature?": between(0, 2),
    "top_p?": between(0, 1),
    "presence_penalty?": between(-2, 2),
    "frequency_penalty?": between(-2, 2),
    "max_tokens?": orNull({ type: "integer", minimum: 1 }),
    "max_completion_tokens?": orNull({ type: "integer", minimum: 1 }),
    "seed?": orNull({ type: "integer" }),
    "stop?": { anyOf: [orNull(text), list(text, { maxItems: 4 })] },
    "n?": orNull({ type: "integer", minimum: 1, maximum: 128 }),
    "logprobs?": orNull(flag),
    "top_logprobs?": orNull({ type: "integer", minimum: 0, maximum: 20 }),
    "stream?": orNull(flag),
    "stream_options?": orNull(object({ "include_usage?": flag })),
    ...Object.fromEntries(OWN.map((field) => [`${field}?`, false])),
  }),
};
