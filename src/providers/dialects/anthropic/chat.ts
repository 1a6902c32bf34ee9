import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Reading, Target, Unsupported, WireRequest } from "../../contract.ts";
import { urlsIn } from "../../translate/content-parts.ts";
import { type Conversation, readConversation } from "../../translate/conversation.ts";
import {
  type ChatOptions,
  droppedFields,
  readOptions,
  severalAnswers,
  unsupportedIn,
} from "../../translate/options.ts";
import { readTools } from "../../translate/tools.ts";
import { wireJson } from "../../translate/wire-json.ts";
import { CacheMarks } from "./cache-marks.ts";
import {
  type EncodedMessages,
  encodeMessages,
  endsWithAssistant,
  loopLacksThinking,
  trimEnd,
  withoutThinking,
} from "./messages.ts";
import { type ModelTraits, traitsOf } from "./models.ts";
import { encodeSampling } from "./sampling.ts";
import { encodeThinking, type Thinking } from "./thinking.ts";
import { ToolIds } from "./tool-ids.ts";
import { type EncodedTools, encodeTools } from "./tools.ts";

/** Fields that are translated; what becomes of them otherwise is said below, one by one. */
const TAKEN = new Set(
  `max_tokens max_completion_tokens temperature top_p top_k stop user safety_identifier service_tier tools tool_choice
  parallel_tool_calls response_format reasoning_effort reasoning cache_control`.split(/\s+/),
);

/** The Messages API: https://platform.claude.com/docs/en/api/messages */
export function encodeChat(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const options = readOptions(body);
  const refused = unsupportedIn(body) ?? severalAnswers(options);
  if (refused) return refused;
  const box = readTools(body);
  if ("unsupported" in box) return box;
  const conversation = readConversation(body.messages, target.attachments);
  if ("unsupported" in conversation) return conversation;

  const traits = traitsOf(target.upstreamModel);
  const marks = new CacheMarks();
  const tools = encodeTools(box, options.format, traits, marks, toolsCalledIn(conversation));
  if ("unsupported" in tools) return tools;
  const said = encodeMessages(conversation, { ids: new ToolIds(), marks });
  if ("unsupported" in said) return said;
  const cannotGoOn = refusesEnd(said, tools, traits);
  if (cannotGoOn) return cannotGoOn;
  return written(body, options, target, { traits, marks, tools, said });
}

interface Encodings {
  traits: ModelTraits;
  marks: CacheMarks;
  tools: EncodedTools;
  said: EncodedMessages;
}

function written(
  body: Readonly<JsonObject>,
  options: ChatOptions,
  target: Target,
  { traits, marks, tools, said }: Encodings,
): WireRequest {
  const limit = encodeLimit(body, options, target, traits);
  const thinking = encodeThinking(options, traits, body.reasoning_effort ? "reasoning_effort" : "reasoning", {
    maxTokens: limit.maxTokens,
    isForced: tools.isForced,
    endsWithAssistant: endsWithAssistant(said.messages),
    loopLacksThinking: loopLacksThinking(said.messages),
  });
  const sampling = encodeSampling(options, traits, thinking.isOn);
  const stop = options.stop.filter((text) => text.trim() !== "");
  const who = encodeUser(body, options);
  const automatic = isObject(body.cache_control)
    ? marks.written({ ttl: typeof body.cache_control.ttl === "string" ? body.cache_control.ttl : null })
    : undefined;
  const lostMarks = marks.limit(automatic);
  const wire = {
    model: target.upstreamModel,
    max_tokens: limit.maxTokens,
    ...(automatic && { cache_control: automatic }),
    ...(said.system.length > 0 && { system: said.system }),
    messages: thinking.isOn ? said.messages : withoutThinking(said.messages),
    ...(tools.tools.length > 0 && { tools: tools.tools }),
    ...(tools.choice && { tool_choice: tools.choice }),
    ...outputConfig(tools, thinking),
    ...(thinking.thinking && { thinking: thinking.thinking }),
    ...sampling.fields,
    ...(stop.length > 0 && { stop_sequences: stop }),
    ...who.fields,
    ...(body.stream === true && { stream: true }),
  };
  const dropped = [
    ...droppedFields(body, TAKEN),
    ...limit.dropped,
    ...tools.dropped,
    ...thinking.dropped,
    ...sampling.dropped,
    ...(stop.length < options.stop.length ? ["stop"] : []),
    ...who.dropped,
    ...lostMarks,
  ];
  const added = [...limit.added, ...said.added, ...tools.added];
  return { operation: "chat", body: wireJson(wire), dropped, added, ...readingOf(tools, thinking) };
}

/** Newer models answer only the user; older ones continue the last answer, but not in a form that is enforced. */
function refusesEnd(
  { messages }: EncodedMessages,
  tools: EncodedTools,
  traits: ModelTraits,
): Unsupported | null {
  if (!endsWithAssistant(messages)) return null;
  if (!traits.prefills)
    return {
      unsupported: "messages",
      why: "This model does not continue an answer: the conversation must end with the user or a tool.",
    };
  if (tools.format)
    return { unsupported: "response_format", why: "This model does not continue an answer in JSON." };
  trimEnd(messages);
  return null;
}

/** The API wants a limit. One above what the model can write would be refused; thinking counts in both APIs. */
function encodeLimit(
  body: Readonly<JsonObject>,
  { maxTokens }: ChatOptions,
  { maxOutputTokens }: Target,
  traits: ModelTraits,
): { maxTokens: number; dropped: string[]; added: string[] } {
  if (maxTokens === null)
    return { maxTokens: maxOutputTokens ?? traits.maxOutputTokens, dropped: [], added: ["max_tokens"] };
  const ceiling = Math.max(maxOutputTokens ?? 0, traits.isCeilingGuessed ? 0 : traits.maxOutputTokens);
  if (ceiling === 0 || maxTokens <= ceiling) return { maxTokens, dropped: [], added: [] };
  const field = typeof body.max_completion_tokens === "number" ? "max_completion_tokens" : "max_tokens";
  return { maxTokens: ceiling, dropped: [field], added: [] };
}

const MOST_USER_CHARACTERS = 256;
/** OpenAI's `default` is never the priority tier, and Anthropic's `auto` may be. */
const TIERS = new Map([
  ["default", "standard_only"],
  ["standard_only", "standard_only"],
]);

/** On whose behalf, and at what tier. */
function encodeUser(body: Readonly<JsonObject>, { user, serviceTier }: ChatOptions) {
  const fields: JsonObject = {};
  const dropped: string[] = [];
  if (user !== null && user.length <= MOST_USER_CHARACTERS) fields.metadata = { user_id: user };
  else if (user !== null) dropped.push(body.safety_identifier === user ? "safety_identifier" : "user");
  if (typeof body.user === "string" && body.user !== "" && body.user !== user) dropped.push("user");
  const tier = serviceTier === null ? undefined : TIERS.get(serviceTier);
  if (tier !== undefined) fields.service_tier = tier;
  else if (serviceTier !== null && serviceTier !== "auto") dropped.push("service_tier");
  return { fields, dropped };
}

function outputConfig({ format }: EncodedTools, { effort }: Thinking): JsonObject {
  if (!format && effort === undefined) return {};
  return { output_config: { ...(effort !== undefined && { effort }), ...(format && { format }) } };
}

function readingOf({ reading }: EncodedTools, { mustHide }: Thinking): { reading?: Reading } {
  if (!mustHide) return reading ? { reading } : {};
  return { reading: { ...reading, hideReasoning: true } };
}

function toolsCalledIn({ turns }: Conversation): string[] {
  const names = new Set<string>();
  for (const { parts } of turns) for (const part of parts) if (part.kind === "call") names.add(part.name);
  return [...names];
}

const PDF = /^[^?#]*\.pdf([?#]|$)/i;

/** Anthropic fetches images from https itself, and takes any other URL for a PDF's. */
export function urlsToFetch(body: Readonly<JsonObject>): string[] {
  const images = new Set(urlsIn(body.messages, "images"));
  return urlsIn(body.messages).filter((url) => !/^https:/i.test(url) || (!images.has(url) && !PDF.test(url)));
}
