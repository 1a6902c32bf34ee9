import { EventStreamCodec } from "@smithy/eventstream-codec";
import type { JsonObject } from "../../core/json.ts";
import type { Answer } from "../scripted-upstream.ts";
import { type Item, type Role, systemOf, turnsOf } from "./items.ts";
import {
  type Failure,
  list,
  numberOrNull,
  record,
  type Said,
  schemaNames,
  text,
  toolName,
  type WireProvider,
} from "./wire-provider.ts";

const MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const PATH = `/model/${encodeURIComponent(MODEL)}/`;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const bedrockWire: WireProvider = {
  id: "bedrock",
  model: MODEL,
  settings: (origin) => ({
    baseUrl: origin,
    auth: { kind: "bearer" },
    paths: { chat: "", embeddings: "" },
    headers: {},
  }),
  problems({ path, headers, body }) {
    const messages = list(body.messages);
    return [
      path === `${PATH}converse` || path === `${PATH}converse-stream` ? "" : `path ${path}`,
      headers.authorization ? "" : "no authorization",
      "model" in body || "stream" in body ? "model or stream in the body" : "",
      ...messages.map(({ role }, at) =>
        role === messages[at - 1]?.role ? `turn ${at} repeats its role` : "",
      ),
      ...messages.flatMap(({ content }) =>
        list(content).map(({ toolUse }) =>
          toolUse && !/^[a-zA-Z0-9_-]{1,64}$/.test(text(record(toolUse).toolUseId))
            ? "a tool id of odd characters"
            : "",
        ),
      ),
    ].filter((problem) => problem !== "");
  },
  hear({ path, body }) {
    const said = itemsOf(body);
    const config = record(body.inferenceConfig);
    const tools = list(record(body.toolConfig).tools).map(({ toolSpec }) => record(toolSpec));
    const choice = record(record(body.toolConfig).toolChoice);
    const format = record(record(record(body.outputConfig).textFormat).structure).jsonSchema;
    const native = format === undefined ? undefined : JSON.parse(text(record(format).schema));
    const claudes = record(record(body.additionalModelRequestFields).tool_choice);
    const named = text(record(choice.tool).name) || text(claudes.name);
    const stand = native === undefined && /^(json|answer|response|structured)/.test(named) ? named : null;
    return {
      system: systemOf(said),
      turns: turnsOf(said),
      tools: tools
        .filter(({ name }) => name !== stand)
        .map(({ name, inputSchema }) => toolName(name, record(inputSchema).json)),
      forced: stand ? null : named !== "" ? named : "any" in choice || claudes.type === "any" ? "any" : null,
      schema: schemaNames(native ?? record(tools.find(({ name }) => name === stand)?.inputSchema).json),
      maxTokens: numberOrNull(config.maxTokens),
      temperature: numberOrNull(config.temperature),
      stop: Array.isArray(config.stopSequences) ? config.stopSequences.map(text) : [],
      thinks: JSON.stringify(body.additionalModelRequestFields ?? {}).includes("budget_tokens"),
      stream: path.endsWith("-stream"),
    };
  },
  items: itemsOf,
  say(said, { path }, answer) {
    const usage = usageOf(said);
    if (!path.endsWith("-stream")) {
      const message = { role: "assistant", content: blocksOf(said) };
      answer.json(200, {
        output: { message },
        stopReason: STOP[said.ends],
        usage,
        metrics: { latencyMs: 5 },
      });
      return;
    }
    binary(answer, [...eventsOf(said), ["metadata", { usage, metrics: { latencyMs: 5 } }]]);
    answer.endStream();
  },
  fail(failure, answer) {
    const [status, type, message] = FAILURES[failure];
    answer.json(
      status,
      { message },
      { "x-amzn-errortype": type, ...(failure === "rate_limited" ? { "retry-after": "7" } : {}) },
    );
  },
  begin(words, answer) {
    binary(answer, [
      ["messageStart", { role: "assistant" }],
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: words } }],
    ]);
  },
};

function itemsOf(body: JsonObject): Item[] {
  const messages = [{ role: "system", content: body.system }, ...list(body.messages)];
  return messages.flatMap(({ role, content }) => blockItems(list(content), text(role) as Role));
}

function blockItems(blocks: readonly JsonObject[], role: Role): Item[] {
  return blocks.filter(({ cachePoint }) => cachePoint === undefined).map((block) => itemOf(block, role));
}

function itemOf(block: JsonObject, role: Role): Item {
  const [[kind, value] = ["nothing", null]] = Object.entries(block);
  const told = record(value);
  switch (kind) {
    case "text":
      return { kind, role, text: text(value) };
    case "toolUse":
      return { kind: "call", id: text(told.toolUseId), name: text(told.name), input: record(told.input) };
    case "toolResult":
      return resultOf(told, role);
    case "reasoningContent":
      return {
        kind: "signed",
        signature: text(record(told.reasoningText).signature) || text(told.redactedContent),
      };
    case "image":
    case "document":
    case "video":
    case "audio":
      return {
        kind: "media",
        role,
        mediaType: `${kind}/${text(told.format)}`,
        data: text(record(told.source).bytes) || text(record(record(told.source).s3Location).uri),
      };
    default:
      throw new Error(`a block of ${kind}`);
  }
}

function resultOf(told: JsonObject, role: Role): Item {
  const inner = blockItems(list(told.content), role);
  return {
    kind: "result",
    id: text(told.toolUseId),
    name: "",
    texts: inner.flatMap((it) => (it.kind === "text" ? [it.text] : [])),
    media: inner.flatMap((it) => (it.kind === "media" ? [it.data] : [])),
    isError: told.status === "error",
  };
}

const STOP = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  refused: "content_filtered",
} as const;

function blocksOf(said: Said): unknown[] {
  const { reasoning, calls = [] } = said;
  return [
    ...(reasoning
      ? [{ reasoningContent: { reasoningText: { text: reasoning.text, signature: reasoning.signature } } }]
      : []),
    ...(said.text ? [{ text: said.text.join("") }] : []),
    ...calls.map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } })),
  ];
}

type Event = [name: string, payload: unknown];

function eventsOf(said: Said): Event[] {
  const events: Event[] = [["messageStart", { role: "assistant" }]];
  let contentBlockIndex = 0;
  const delta = (value: unknown) => events.push(["contentBlockDelta", { contentBlockIndex, delta: value }]);
  const stop = () => {
    events.push(["contentBlockStop", { contentBlockIndex }]);
    contentBlockIndex += 1;
  };
  if (said.reasoning) {
    delta({ reasoningContent: { text: said.reasoning.text } });
    delta({ reasoningContent: { signature: said.reasoning.signature } });
    stop();
  }
  if (said.text) {
    for (const piece of said.text) delta({ text: piece });
    stop();
  }
  for (const { id, name, input } of said.calls ?? []) {
    events.push(["contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } }]);
    for (const piece of JSON.stringify(input).match(/.{1,6}/gs) ?? []) delta({ toolUse: { input: piece } });
    stop();
  }
  events.push(["messageStop", { stopReason: STOP[said.ends] }]);
  return events;
}

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)),
  (words) => new TextEncoder().encode(words),
);

function binary(answer: Answer, events: readonly Event[]): void {
  answer.startStream({ "content-type": "application/vnd.amazon.eventstream" });
  for (const [name, payload] of events) {
    const header = (value: string) => ({ type: "string" as const, value });
    const headers = {
      ":message-type": header("event"),
      ":event-type": header(name),
      ":content-type": header("application/json"),
    };
    answer.chunk(codec.encode({ headers, body: new TextEncoder().encode(JSON.stringify(payload)) }));
  }
}

function usageOf({ usage: { input, cached, output, reasoning } }: Said) {
  return {
    inputTokens: input,
    outputTokens: output + reasoning,
    totalTokens: input + cached + output + reasoning,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: 0,
  };
}

const FAILURES: Record<Failure, [status: number, type: string, message: string]> = {
  bad_request: [400, "ValidationException", "The value at inferenceConfig.temperature is invalid."],
  auth: [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
  missing: [
    404,
    "ResourceNotFoundException",
    "Could not resolve the foundation model from the provided model identifier.",
  ],
  rate_limited: [429, "ThrottlingException", "Too many requests, please wait before trying again."],
  overloaded: [503, "ServiceUnavailableException", "Bedrock is unable to process your request."],
  context: [400, "ValidationException", "Input is too long for requested model."],
};
