import type { JsonObject } from "../../../core/json.ts";
import type { Target, Unsupported, WireRequest } from "../../contract.ts";
import { readConversation } from "../../translate/conversation.ts";
import { markFields } from "../../translate/mark-fields.ts";
import { type ChatOptions, droppedFields, readOptions, unsupportedIn } from "../../translate/options.ts";
import { readTools } from "../../translate/tools.ts";
import { wireJson } from "../../translate/wire-json.ts";
import { writeContents } from "./contents.ts";
import { type GenerationConfig, modalitiesOf, writeFormat, writeOptions } from "./generation.ts";
import { limitOf } from "./limit.ts";
import { pathOf } from "./model-path.ts";
import { type GeminiModel, modelOf } from "./models.ts";
import { writeThinking } from "./thinking.ts";
import { type WrittenTools, writeTools } from "./tools.ts";

/** Fields that find their way into the request. */
const TAKEN = new Set([
  ...["max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "seed", "n"],
  ...["presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "response_format"],
  ...[
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning_effort",
    "reasoning",
    "functions",
    "function_call",
  ],
  "modalities",
]);

/** Chat Completions as a call of `generateContent`: https://ai.google.dev/api/generate-content */
export function encodeChat(request: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const { body, refused } = without(request, target.quirks.drop ?? []);
  const model = modelOf(target.upstreamModel);
  const conversation = readConversation(body.messages, target.attachments);
  if ("unsupported" in conversation) return conversation;
  const toolbox = readTools(body);
  if ("unsupported" in toolbox) return toolbox;
  const told = readOptions(body);
  const limit = limitOf(body, told, target);
  const options = { ...told, maxTokens: limit.maxTokens };
  const stream = body.stream === true;
  const unsupported = unsupportedIn(body) ?? tooManyAnswers(options, model, stream);
  if (unsupported) return unsupported;
  const contents = writeContents(conversation, model);
  if ("unsupported" in contents) return contents;
  const tools = writeTools(toolbox, options.format, model);
  if ("unsupported" in tools) return tools;
  // Gemini caches by itself; marks say nothing to it.
  const marks = markFields(conversation, toolbox);
  const dropped = [...refused, ...droppedFields(body, TAKEN), ...limit.dropped, ...marks];
  const generationConfig = writeConfig(body, options, model, tools, dropped);
  if ("unsupported" in generationConfig) return generationConfig;
  if (toolbox.parallel === false && toolbox.tools.length > 0) dropped.push("parallel_tool_calls");
  const configured = Object.keys(generationConfig).length > 0 ? { generationConfig } : {};
  return {
    operation: "chat",
    path: pathOf(target.upstreamModel, stream ? "streamGenerateContent?alt=sse" : "generateContent"),
    body: wireJson({ ...contents.fields, ...tools.fields, ...configured }),
    dropped: [...new Set(dropped)],
    added: contents.added,
    ...(tools.reading ? { reading: tools.reading } : {}),
  };
}

function writeConfig(
  body: Readonly<JsonObject>,
  options: ChatOptions,
  model: GeminiModel,
  tools: WrittenTools,
  dropped: string[],
): GenerationConfig | Unsupported {
  const config = writeOptions(options, model, dropped);
  if ("unsupported" in config) return config;
  // Where every answer is a call there is no reply to give a form to, and Google refuses to be asked for both.
  const isFormless = tools.isForced && tools.reading === null && options.format.kind !== "text";
  if (isFormless) dropped.push("response_format");
  const format = tools.isForced ? {} : writeFormat(options.format, model);
  if ("unsupported" in format) return format;
  const thought = writeThinking(options, model, body.include_reasoning === true);
  if (thought.changed) dropped.push(body.reasoning_effort ? "reasoning_effort" : "reasoning");
  const modalities = modalitiesOf(body.modalities);
  return {
    ...config,
    ...format,
    ...(thought.config ? { thinkingConfig: thought.config } : {}),
    ...(modalities ? { responseModalities: modalities } : {}),
  };
}

/** The request without what the preset says that this provider refuses. */
function without(body: Readonly<JsonObject>, fields: readonly string[]) {
  const refused = fields.filter((field) => body[field] !== undefined && body[field] !== null);
  if (refused.length === 0) return { body, refused };
  const kept = Object.fromEntries(Object.entries(body).filter(([field]) => !refused.includes(field)));
  return { body: kept, refused };
}

function tooManyAnswers({ n }: ChatOptions, model: GeminiModel, stream: boolean): Unsupported | null {
  const most = stream ? 1 : model.maxAnswers;
  const where = stream ? " in a stream" : "";
  return n > most ? { unsupported: "n", why: `This model gives at most ${most} answers${where}.` } : null;
}
