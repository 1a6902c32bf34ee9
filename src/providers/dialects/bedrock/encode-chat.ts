import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Reading, Target, Unsupported, WireRequest } from "../../contract.ts";
import { readConversation } from "../../translate/conversation.ts";
import { markFields } from "../../translate/mark-fields.ts";
import {
  type ChatOptions,
  droppedFields,
  readOptions,
  severalAnswers,
  unsupportedIn,
} from "../../translate/options.ts";
import { readTools } from "../../translate/tools.ts";
import { wireJson } from "../../translate/wire-json.ts";
import { limitPoints } from "./cache-points.ts";
import { type Limit, limitOf } from "./limit.ts";
import {
  endsWithAssistant,
  type Message,
  type Messages,
  trimEnd,
  withoutReasoningBlocks,
  writeMessages,
} from "./messages.ts";
import { type BedrockModel, bedrockModel } from "./models.ts";
import { writeParameters } from "./parameters.ts";
import { type Reasoning, writeReasoning } from "./reasoning.ts";
import { requestMetadata } from "./request-metadata.ts";
import { type ToolConfig, writeToolConfig } from "./tool-config.ts";

/** Converse's own fields, which a caller who knows Bedrock may send as they are. */
const OWN = ["guardrailConfig", "performanceConfig"] as const;

const TAKEN = new Set<string>([
  ...OWN,
  "requestMetadata",
  "metadata",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "reasoning_effort",
  "reasoning",
  "service_tier",
]);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function encodeChat(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const model = bedrockModel(target.upstreamModel);
  const told = readOptions(body);
  const limit = limitOf(body, told, target, model);
  const options = { ...told, maxTokens: limit.maxTokens };
  const refused = unsupportedIn(body) ?? severalAnswers(options);
  if (refused) return refused;
  const conversation = readConversation(body.messages, target.attachments);
  if ("unsupported" in conversation) return conversation;
  const toolbox = readTools(body);
  if ("unsupported" in toolbox) return toolbox;
  const written = writeMessages(conversation, model);
  if ("unsupported" in written) return written;
  const tools = writeToolConfig(toolbox, options.format, model, written.calledTools);
  if ("unsupported" in tools) return tools;
  const cannotGoOn = refusesEnd(written, tools, model);
  if (cannotGoOn) return cannotGoOn;
  const marks = markFields(conversation, toolbox);
  return wireOf(body, target, { model, options, written, tools, limit, marks });
}

/** Newer models of Claude answer only the user; older ones continue the last answer, but not in a form that is enforced. */
function refusesEnd({ messages }: Messages, tools: ToolConfig, { claude }: BedrockModel): Unsupported | null {
  if (!endsWithAssistant(messages)) return null;
  if (claude && !claude.prefills)
    return {
      unsupported: "messages",
      why: "This model does not continue an answer: the conversation must end with the user or a tool.",
    };
  if (claude && tools.outputConfig)
    return { unsupported: "response_format", why: "This model does not continue an answer in JSON." };
  trimEnd(messages);
  return null;
}

interface Understood {
  model: BedrockModel;
  options: ChatOptions;
  written: Messages;
  tools: ToolConfig;
  limit: Limit;
  /** What the request calls its cache marks. */
  marks: readonly string[];
}

function wireOf(
  body: Readonly<JsonObject>,
  target: Target,
  { model, options, written, tools, limit, marks }: Understood,
): WireRequest {
  const reasoning = writeReasoning(
    {
      options,
      field: body.reasoning_effort === undefined ? "reasoning" : "reasoning_effort",
      maxOutputTokens: target.maxOutputTokens,
      isForced: tools.isForced,
      endsWithAssistant: endsWithAssistant(written.messages),
      loopLacksReasoning: written.loopLacksReasoning,
    },
    model,
  );
  const parameters = writeParameters(options, model, reasoning);
  const metadata = requestMetadata(body, target.takesMetadata);
  const tier = serviceTier(options.serviceTier);
  // Claude wants its reasoning back only while it reasons.
  const isMute = model.claude !== null && !reasoning.isOn;
  const messages = isMute ? withoutReasoningBlocks(written.messages) : written.messages;
  const cached = withinLimit(messages, written.system, tools.tools, marks);
  const additional = { ...parameters.additional, ...reasoning.fields, ...tools.additional };
  const sent = {
    messages: cached.messages,
    ...field("system", cached.system),
    ...field("inferenceConfig", parameters.inferenceConfig),
    ...field("toolConfig", toolConfig(tools, cached.tools)),
    ...field("outputConfig", tools.outputConfig ?? {}),
    ...field("additionalModelRequestFields", additional),
    ...field("requestMetadata", metadata.sent),
    ...field("serviceTier", tier.sent),
    ...ownFields(body),
  };
  const lost = [limit, written, tools, reasoning, parameters, metadata, tier, cached];
  return {
    operation: "chat",
    path: body.stream === true ? "/model/{model}/converse-stream" : "/model/{model}/converse",
    body: wireJson(sent),
    dropped: unique([...droppedFields(body, TAKEN), ...lost.flatMap(({ dropped }) => dropped)]),
    added: unique([...written.added, ...tools.added, ...reasoning.added]),
    ...readingOf(tools, reasoning),
  };
}

function readingOf({ reading }: ToolConfig, { mustHide }: Reasoning): { reading?: Reading } {
  return mustHide ? { reading: { ...reading, hideReasoning: true } } : reading ? { reading } : {};
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** Nothing where there is nothing to say: Converse refuses empty lists. */
function field(name: string, value: JsonObject | readonly JsonObject[]): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [name]: value };
}

function toolConfig({ toolChoice }: ToolConfig, tools: readonly JsonObject[]): JsonObject {
  return tools.length === 0 ? {} : { tools, ...(toolChoice ? { toolChoice } : {}) };
}

/** With the cache points that Bedrock takes. */
function withinLimit(
  messages: readonly Message[],
  system: readonly JsonObject[],
  tools: readonly JsonObject[],
  marks: readonly string[],
) {
  const limited = limitPoints({ tools, system, contents: messages.map(({ content }) => content) });
  return {
    ...limited,
    messages: messages.map(({ role }, at) => ({ role, content: limited.contents[at] ?? [] })),
    dropped: limited.isCut ? marks : [],
  };
}

const TIERS = ["default", "flex", "priority"];

/** https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html */
function serviceTier(tier: string | null): { sent: JsonObject; dropped: string[] } {
  if (tier === null || tier === "auto") return { sent: {}, dropped: [] };
  return TIERS.includes(tier)
    ? { sent: { type: tier }, dropped: [] }
    : { sent: {}, dropped: ["service_tier"] };
}

function ownFields(body: Readonly<JsonObject>): JsonObject {
  return Object.fromEntries(OWN.flatMap((name) => (isObject(body[name]) ? [[name, body[name]]] : [])));
}
