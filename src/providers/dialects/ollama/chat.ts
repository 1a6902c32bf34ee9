import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Reading, Target, Unsupported, WireRequest } from "../../contract.ts";
import {
  type ChatOptions,
  droppedFields,
  readOptions,
  severalAnswers,
  unsupportedIn,
} from "../../translate/options.ts";
import { readTools, type Tool, type Toolbox } from "../../translate/tools.ts";
import { ollamaMessages } from "./messages.ts";
import { thinkOf } from "./models.ts";
import { demandOf } from "./tools.ts";

/** Fields that find their place in the request, or need none. */
const TAKEN: ReadonlySet<string> = new Set([
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "repetition_penalty",
  "stop",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "n",
  "logprobs",
  "top_logprobs",
  "reasoning_effort",
  "reasoning",
  "response_format",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
]);

/**
 * An OpenAI chat as `POST /api/chat` (https://docs.ollama.com/api/chat). Two fields are always ours: without
 * `truncate: false` a prompt that is too long loses its oldest messages, and without `shift: false` up to half of it,
 * both unsaid (https://github.com/ollama/ollama/issues/17427). `num_ctx` is set only to what the operator declares,
 * the same in every request: another value makes Ollama load the model anew, and a large one may not fit its memory.
 */
export function encodeChat(body: Readonly<JsonObject>, target: Target): WireRequest | Unsupported {
  const options = readOptions(body);
  const toolbox = readTools(body);
  if ("unsupported" in toolbox) return toolbox;
  const refused = severalAnswers(options) ?? unsupportedIn(body);
  if (refused) return refused;
  const demand = demandOf(toolbox, options.format);
  if ("unsupported" in demand) return demand;
  const messages = ollamaMessages(body.messages, target.attachments);
  if ("unsupported" in messages) return messages;
  const think = options.effort === null ? null : thinkOf(target.upstreamModel, options.effort);
  const runtime = runtimeOptions(body, options, target);
  const sent: JsonObject = { model: target.upstreamModel, messages, stream: body.stream === true };
  if (demand.tools.length > 0) sent.tools = demand.tools.map(writeTool);
  if (demand.format !== undefined) sent.format = demand.format;
  if (think?.think !== undefined) sent.think = think.think;
  if (options.logprobs) sent.logprobs = true;
  if (options.logprobs && options.topLogprobs !== null) sent.top_logprobs = options.topLogprobs;
  if (Object.keys(runtime).length > 0) sent.options = runtime;
  const dropped = [
    ...droppedFields(body, TAKEN),
    ...lostTools(toolbox, demand.format !== undefined),
    ...(isFormless(toolbox, options) ? ["response_format"] : []),
    ...lostReasoning(body, options, think?.exact ?? true),
  ];
  const added = ["truncate", "shift", ...(runtime.num_ctx === undefined ? [] : ["options.num_ctx"])];
  const reading: Reading = { ...demand.reading, ...(options.hideReasoning ? { hideReasoning: true } : {}) };
  return {
    operation: "chat",
    body: JSON.stringify({ ...sent, truncate: false, shift: false }),
    dropped,
    added,
    ...(Object.keys(reading).length > 0 ? { reading } : {}),
  };
}

/** https://docs.ollama.com/modelfile#parameter; the penalties are in Ollama's `api.Options`, not in its documentation. */
function runtimeOptions(
  body: Readonly<JsonObject>,
  options: ChatOptions,
  { declaredContext }: Target,
): JsonObject {
  const told: Record<string, unknown> = {
    num_ctx: declaredContext,
    num_predict: options.maxTokens,
    temperature: options.temperature,
    top_p: options.topP,
    top_k: options.topK,
    min_p: options.minP,
    repeat_penalty: typeof body.repetition_penalty === "number" ? body.repetition_penalty : null,
    presence_penalty: options.presencePenalty,
    frequency_penalty: options.frequencyPenalty,
    seed: options.seed,
    stop: options.stop.length > 0 ? options.stop : null,
  };
  for (const name of Object.keys(told))
    if (told[name] === null || told[name] === undefined) delete told[name];
  return told;
}

function writeTool({ name, description, parameters }: Tool): JsonObject {
  return { type: "function", function: { name, description, parameters } };
}

/** A format keeps to the schema, what the model calls by itself may not; and nothing keeps it from several calls. */
function lostTools({ tools, parallel, choice }: Toolbox, isFormat: boolean): string[] {
  if (tools.length === 0 || choice.kind === "none") return [];
  const lost = parallel === false ? ["parallel_tool_calls"] : [];
  if (!isFormat && tools.some(({ strict }) => strict)) lost.push("tools[].function.strict");
  return lost;
}

/** A call that must come has no other form than its tool's. */
function isFormless({ choice }: Toolbox, { format }: ChatOptions): boolean {
  return format.kind !== "text" && (choice.kind === "required" || choice.kind === "named");
}

function lostReasoning(body: Readonly<JsonObject>, options: ChatOptions, exact: boolean): string[] {
  const lost: string[] = [];
  const told = typeof body.reasoning_effort === "string";
  if (!exact) lost.push(told ? "reasoning_effort" : "reasoning");
  if (isObject(body.reasoning) && options.reasoningTokens !== null) lost.push("reasoning.max_tokens");
  return lost;
}
