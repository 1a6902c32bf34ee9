import type { JsonObject } from "../../core/json.ts";
import { CONTENT_SAMPLES } from "./content-samples.ts";
import type { Sample } from "./sample.ts";

export const HELLO: Readonly<JsonObject> = { messages: [{ role: "user", content: "Hi" }] };

/** A field by a value that matters. */
function field(name: string, value: unknown, base: JsonObject = {}, part = ""): Sample {
  return { label: `\`${name}${part}\``, base: { ...HELLO, ...base }, added: { [name]: value } };
}

/** A field by one of the values that may fare differently. */
function valued(name: string, value: unknown, says: string, base: JsonObject = {}): Sample {
  return { ...field(name, value, base), value: says };
}

const TOOL = {
  type: "function",
  function: {
    name: "look",
    description: "Looks.",
    parameters: {
      type: "object",
      properties: { at: { type: "string" } },
      required: ["at"],
      additionalProperties: false,
    },
  },
};
const OTHER_TOOL = { ...TOOL, function: { ...TOOL.function, name: "listen" } };
const STRICT = [{ ...TOOL, function: { ...TOOL.function, strict: true } }];
const TOOLS = { tools: [TOOL, OTHER_TOOL] };
const SCHEMA = {
  type: "object",
  properties: { name: { type: "string" } },
  required: ["name"],
  additionalProperties: false,
};
const FORMAT = { type: "json_schema", json_schema: { name: "person", strict: true, schema: SCHEMA } };
const ALLOWED = { mode: "auto", tools: [{ type: "function", function: { name: "look" } }] };
const choice = (value: unknown, says: string) => valued("tool_choice", value, says, TOOLS);
const effort = (value: string) => valued("reasoning_effort", value, value);

/** What a chat request may hold besides its model and messages, in the order in which the documents show it. */
export const CHAT_SAMPLES: readonly Sample[] = [
  field("max_completion_tokens", 1000),
  field("max_tokens", 1000),
  field("stop", ["END"]),
  valued("n", 2, "2"),
  field("stream", true),
  field("stream_options", { include_usage: true }, { stream: true }, ".include_usage"),
  field("temperature", 0.5),
  field("top_p", 0.9),
  field("top_k", 40),
  field("min_p", 0.1),
  field("seed", 7),
  field("frequency_penalty", 0.5),
  field("presence_penalty", 0.5),
  field("repetition_penalty", 1.1),
  field("logit_bias", { "50256": -100 }),
  field("logprobs", true),
  field("top_logprobs", 3, { logprobs: true }),
  field("tools", [TOOL]),
  { label: "`tools[].function.strict`", base: { ...HELLO, tools: [TOOL] }, added: { tools: STRICT } },
  { label: "a `custom` tool", base: HELLO, added: { tools: [{ type: "custom", custom: { name: "run" } }] } },
  field("functions", [TOOL.function]),
  choice("auto", "auto"),
  choice("none", "none"),
  choice("required", "required"),
  choice({ type: "function", function: { name: "look" } }, "one tool"),
  choice({ type: "allowed_tools", allowed_tools: ALLOWED }, "allowed tools"),
  valued("parallel_tool_calls", false, "false", TOOLS),
  valued("response_format", { type: "json_object" }, "json_object"),
  valued("response_format", FORMAT, "json_schema"),
  valued("response_format", FORMAT, "json_schema beside tools", { tools: [TOOL] }),
  ...["none", "minimal", "low", "medium", "high", "xhigh"].map(effort),
  field("reasoning", { max_tokens: 2000 }, {}, ".max_tokens"),
  field("reasoning", { enabled: true, exclude: true }, { reasoning: { enabled: true } }, ".exclude"),
  field("verbosity", "low"),
  field("user", "someone"),
  field("safety_identifier", "someone"),
  field("metadata", { job: "nightly" }),
  field("store", true),
  valued("service_tier", "flex", "flex"),
  valued("service_tier", "default", "default"),
  field("prediction", { type: "content", content: "Hi" }),
  valued("modalities", ["text", "audio"], "audio", { audio: { voice: "alloy", format: "wav" } }),
  field("web_search_options", {}),
  field("prompt_cache_key", "chat-7"),
  field("prompt_cache_options", { mode: "auto" }),
  field("prompt_cache_retention", "24h"),
  field("cache_control", { type: "ephemeral" }),
  { label: "an unknown field", base: HELLO, added: { some_field_of_its_own: 1 } },
  ...CONTENT_SAMPLES,
];

const TEXT = { input: "Hi" };

/** What a request for embeddings may hold; several texts are the gateway's business, which sends as many as a provider takes. */
export const EMBEDDING_SAMPLES: readonly Sample[] = [
  { label: "`input`", value: "tokens", base: TEXT, added: { input: [9906, 1917] } },
  { label: "`dimensions`", base: TEXT, added: { dimensions: 256 } },
  { label: "`encoding_format`", value: "base64", base: TEXT, added: { encoding_format: "base64" } },
  { label: "`user`", base: TEXT, added: { user: "someone" } },
];
