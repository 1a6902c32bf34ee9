import { isObject, type JsonObject } from "../../core/json.ts";
import { isNeutral } from "../../core/params-not-taken.ts";
import type { Unsupported } from "../contract.ts";
import { OWN_FIELDS } from "../own-fields.ts";

export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof EFFORTS)[number];

export type ReplyFormat =
  | { kind: "text" }
  | { kind: "json" }
  | { kind: "schema"; name: string; schema: JsonObject; strict: boolean };

/** The options of a request that most APIs have in one form or another; null = not told. */
export interface ChatOptions {
  maxTokens: number | null;
  temperature: number | null;
  topP: number | null;
  topK: number | null;
  minP: number | null;
  /** Empty = none. */
  stop: string[];
  seed: number | null;
  presencePenalty: number | null;
  frequencyPenalty: number | null;
  n: number;
  logprobs: boolean;
  topLogprobs: number | null;
  /** Who the end user is, for the provider's abuse detection. */
  user: string | null;
  serviceTier: string | null;
  effort: Effort | null;
  /** OpenRouter's `reasoning.max_tokens`; none at all is the effort `none`. */
  reasoningTokens: number | null;
  /** OpenRouter's `reasoning.exclude`: think, but keep it to yourself. */
  hideReasoning: boolean;
  format: ReplyFormat;
}

export function readOptions(body: Readonly<JsonObject>): ChatOptions {
  const reasoning = isObject(body.reasoning) ? body.reasoning : {};
  return {
    maxTokens: numberOr(body.max_completion_tokens) ?? numberOr(body.max_tokens),
    temperature: numberOr(body.temperature),
    topP: numberOr(body.top_p),
    topK: numberOr(body.top_k),
    minP: numberOr(body.min_p),
    stop: stopOf(body.stop),
    seed: numberOr(body.seed),
    presencePenalty: numberOr(body.presence_penalty),
    frequencyPenalty: numberOr(body.frequency_penalty),
    n: numberOr(body.n) ?? 1,
    logprobs: body.logprobs === true,
    topLogprobs: numberOr(body.top_logprobs),
    user: textOr(body.safety_identifier) ?? textOr(body.user),
    serviceTier: textOr(body.service_tier),
    effort: effortOf(body.reasoning_effort ?? reasoning.effort, reasoning),
    reasoningTokens: numberOr(reasoning.max_tokens) || null,
    hideReasoning: reasoning.exclude === true || body.include_reasoning === false,
    format: formatOf(body.response_format),
  };
}

function effortOf(told: unknown, reasoning: JsonObject): Effort | null {
  const effort = EFFORTS.find((known) => known === told);
  if (effort !== undefined) return effort;
  if (reasoning.enabled === false || reasoning.max_tokens === 0) return "none";
  return reasoning.enabled === true && reasoning.max_tokens === undefined ? "medium" : null;
}

function formatOf(raw: unknown): ReplyFormat {
  if (!isObject(raw)) return { kind: "text" };
  if (raw.type === "json_object") return { kind: "json" };
  const told = raw.type === "json_schema" && isObject(raw.json_schema) ? raw.json_schema : null;
  if (!told) return { kind: "text" };
  const name = textOr(told.name) ?? "answer";
  return isObject(told.schema)
    ? { kind: "schema", name, schema: told.schema, strict: told.strict === true }
    : { kind: "json" };
}

function stopOf(raw: unknown): string[] {
  const list: unknown[] = Array.isArray(raw) ? raw : [raw];
  return list.filter((stop): stop is string => typeof stop === "string" && stop !== "");
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function textOr(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Fields that say how to answer or what the gateway does, and have no meaning of their own upstream. */
const WITHOUT_LOSS = new Set<string>([
  ...OWN_FIELDS,
  "model",
  "messages",
  "stream",
  "stream_options",
  "store",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "include_reasoning",
]);

/**
 * The fields of the request that this target has no word for: neither translated (`taken`) nor without meaning to it.
 * Those inside messages that no other API has are named once, without their place: `messages.name`.
 */
export function droppedFields(body: Readonly<JsonObject>, taken: ReadonlySet<string>): string[] {
  const dropped = Object.keys(body).filter((field) => {
    const value = body[field];
    if (value === null || value === undefined || WITHOUT_LOSS.has(field)) return false;
    if (taken.has(field)) return field === "reasoning_effort" && !EFFORTS.some((effort) => effort === value);
    if (field === "modalities") return !(Array.isArray(value) && value.every((word) => word === "text"));
    return !isNeutral(field, value);
  });
  for (const message of Array.isArray(body.messages) ? body.messages : [])
    if (isObject(message)) addDroppedOf(message, dropped);
  return dropped;
}

function addDroppedOf(message: JsonObject, dropped: string[]): void {
  // A tool's name goes along with its result.
  if (message.role !== "tool" && typeof message.name === "string") addOnce(dropped, "messages.name");
  if (!Array.isArray(message.content)) return;
  for (const part of message.content) {
    const detail = isObject(part) && isObject(part.image_url) ? part.image_url.detail : undefined;
    if (typeof detail === "string" && detail !== "auto") addOnce(dropped, "messages.image_url.detail");
  }
}

function addOnce(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}

/** What would change the meaning of the answer if it were dropped, and no translating dialect has; null = nothing. */
export function unsupportedIn(body: Readonly<JsonObject>): Unsupported | null {
  if (Array.isArray(body.modalities) && body.modalities.includes("audio"))
    return { unsupported: "modalities", why: "This provider cannot answer with audio." };
  if (isObject(body.web_search_options))
    return { unsupported: "web_search_options", why: "This provider has no web search of OpenAI's form." };
  return null;
}

/** For targets that answer once per call. */
export function severalAnswers({ n }: ChatOptions): Unsupported | null {
  return n > 1
    ? { unsupported: "n", why: "This provider gives one answer per request: `n` must be 1." }
    : null;
}
