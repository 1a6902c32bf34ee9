import type { JsonObject } from "../core/json.ts";
import { type ParamsNotTaken, wordsOf } from "../core/params-not-taken.ts";
import type { Dialect, Target, Unsupported, WireRequest } from "./contract.ts";

/** What a field may say, and the fields without which it may not be said. */
interface Probe {
  field: string;
  values: readonly unknown[];
  /** Each value fares by itself; absent = one stands for all. */
  isWorded?: true;
  beside?: Readonly<JsonObject>;
}

const PARAMETERS = { type: "object", properties: { at: { type: "string" } }, required: ["at"] };
const TOOL = { type: "function", function: { name: "look", parameters: PARAMETERS } };
const TOOLS = { tools: [TOOL] };
const ALLOWED = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [TOOL] } };
const SCHEMA = { ...PARAMETERS, additionalProperties: false };
const FORMAT = { type: "json_schema", json_schema: { name: "place", strict: true, schema: SCHEMA } };
const VOICE = { audio: { voice: "alloy", format: "wav" } };

const whole = (field: string, value: unknown, beside?: JsonObject): Probe => ({
  field,
  values: [value],
  ...(beside && { beside }),
});
const worded = (field: string, values: readonly unknown[], beside?: JsonObject): Probe => ({
  field,
  values,
  isWorded: true,
  ...(beside && { beside }),
});

/**
 * What says how a chat is to be answered. Who asks, and what is kept or cached of it (`user`, `metadata`, `store`,
 * `prompt_cache_key`), changes no answer and is nothing to miss.
 */
const CHAT_PROBES: readonly Probe[] = [
  ...["max_tokens", "max_completion_tokens"].map((field) => whole(field, 1000)),
  ...["temperature", "top_p", "min_p", "top_a"].map((field) => whole(field, 0.5)),
  ...["frequency_penalty", "presence_penalty"].map((field) => whole(field, 0.5)),
  whole("repetition_penalty", 1.1),
  ...["top_k", "seed"].map((field) => whole(field, 7)),
  whole("stop", ["END"]),
  whole("n", 2),
  whole("logit_bias", { "50256": -100 }),
  whole("logprobs", true),
  whole("top_logprobs", 3, { logprobs: true }),
  whole("tools", [TOOL]),
  whole("functions", [TOOL.function]),
  worded(
    "tool_choice",
    ["auto", "none", "required", { type: "function", function: { name: "look" } }, ALLOWED],
    TOOLS,
  ),
  worded("parallel_tool_calls", [true, false], TOOLS),
  worded("response_format", [{ type: "text" }, { type: "json_object" }, FORMAT]),
  worded("reasoning_effort", ["none", "minimal", "low", "medium", "high", "xhigh"]),
  whole("reasoning", { effort: "high" }),
  worded("verbosity", ["low", "medium", "high"]),
  worded("service_tier", ["default", "flex", "priority"]),
  worded("modalities", [["text"], ["audio"], ["image"]], VOICE),
  whole("prediction", { type: "content", content: "Hi" }),
  whole("web_search_options", { search_context_size: "low" }),
];
const EMBEDDING_PROBES: readonly Probe[] = [whole("dimensions", 256)];

const HELLO: Readonly<JsonObject> = { model: "", messages: [{ role: "user", content: "Hi" }] };
const TEXT: Readonly<JsonObject> = { model: "", input: "Hi" };

/** Asks the dialect what would become of each field that a request may hold. Pure; some ten microseconds a field. */
export function paramsNotTaken(dialect: Dialect, target: Target): ParamsNotTaken {
  const chat = askedOf((body) => dialect.encodeChat(body, target), HELLO, CHAT_PROBES);
  const embeddings = askedOf((body) => dialect.encodeEmbeddings(body, target), TEXT, EMBEDDING_PROBES);
  return Object.fromEntries([...chat, ...embeddings]);
}

type Encode = (body: Readonly<JsonObject>) => WireRequest | Unsupported;

function askedOf(encode: Encode, least: Readonly<JsonObject>, probes: readonly Probe[]) {
  return probes.flatMap(({ field, values, isWorded, beside }) => {
    const base = { ...least, ...beside };
    const without = encode(base);
    // Nothing can be said of a field whose company is refused already, and of it something is.
    if ("unsupported" in without) return [];
    const lost = values.filter((value) => isLost(encode({ ...base, [field]: value }), without, field));
    if (lost.length === 0) return [];
    const told = isWorded && lost.length < values.length ? lost.flatMap(wordsOf) : (true as const);
    return [[field, told] as const];
  });
}

function isLost(wire: WireRequest | Unsupported, without: WireRequest, field: string): boolean {
  return "unsupported" in wire || (wire.dropped.includes(field) && !without.dropped.includes(field));
}
