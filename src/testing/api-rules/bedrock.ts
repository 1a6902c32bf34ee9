import type { JsonObject } from "../../core/json.ts";
import { bedrockWire } from "../wire/bedrock.ts";
import { list, record, text } from "../wire/wire-provider.ts";
import { schemaProblems } from "./embedded-schemas.ts";
import { blankTexts, halfCharacters, markProblems, turnProblems } from "./turns.ts";

/** What Converse refuses although the schema allows it; empty = nothing. */
export function bedrockProblems(body: JsonObject): string[] {
  const messages = list(body.messages);
  const turns = messages.map((message) => ({
    role: text(message.role),
    items: bedrockWire.items({ messages: [message] }),
  }));
  return [
    ...turnProblems(turns, { hasIds: true }),
    ...halfCharacters(body),
    ...blankTexts(bedrockWire.items(body), (it) => it.trim() === ""),
    ...markProblems(lifetimes(body)),
    ...pointProblems(body),
    ...documentProblems(messages),
    ...toolProblems(body, messages),
    ...thinkingProblems(body),
  ];
}

function lists(body: JsonObject): JsonObject[][] {
  const contents = list(body.messages).map(({ content }) => list(content));
  return [list(record(body.toolConfig).tools), list(body.system), ...contents];
}

function lifetimes(body: JsonObject): (string | undefined)[] {
  const points = lists(body)
    .flat()
    .filter(({ cachePoint }) => cachePoint);
  return points.map(({ cachePoint }) => text(record(cachePoint).ttl) || undefined);
}

/** A cache point closes what stands before it. */
function pointProblems(body: JsonObject): string[] {
  return lists(body).flatMap((blocks) =>
    blocks.some((it, at) => it.cachePoint && (at === 0 || blocks[at - 1]?.cachePoint))
      ? ["a cache point after nothing"]
      : [],
  );
}

function documentProblems(messages: readonly JsonObject[]): string[] {
  const blocks = messages.flatMap(({ content }) => list(content));
  const all = [...blocks, ...blocks.flatMap(({ toolResult }) => list(record(toolResult).content))];
  const names = all
    .filter(({ document }) => document)
    .map(({ document }) => text(record(document).name).toLowerCase());
  return new Set(names).size < names.length ? [`two documents of one name: ${names.join(", ")}`] : [];
}

function toolProblems(body: JsonObject, messages: readonly JsonObject[]): string[] {
  const config = record(body.toolConfig);
  const specs = list(config.tools)
    .filter(({ toolSpec }) => toolSpec)
    .map(({ toolSpec }) => record(toolSpec));
  const names = specs.map(({ name }) => name);
  const additional = record(record(body.additionalModelRequestFields).tool_choice);
  const forced = text(record(record(config.toolChoice).tool).name) || text(additional.name);
  const isUsed = messages.some(({ content }) => list(content).some((it) => it.toolUse || it.toolResult));
  const format = record(record(record(record(body.outputConfig).textFormat).structure).jsonSchema).schema;
  return [
    ...(new Set(names).size < names.length ? ["two tools of one name"] : []),
    ...(forced !== "" && !names.includes(forced) ? ["a forced tool that is not there"] : []),
    ...("type" in additional && "toolChoice" in config ? ["two tool choices"] : []),
    ...(isUsed && specs.length === 0 ? ["calls, but no tools"] : []),
    ...specs.flatMap(({ inputSchema }) => schemaProblems(record(inputSchema).json)),
    ...(typeof format === "string" ? schemaProblems(JSON.parse(format)) : []),
  ];
}

/** Claude's rules hold here too: https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
function thinkingProblems(body: JsonObject): string[] {
  const { thinking, top_k: topK, tool_choice: choice } = record(body.additionalModelRequestFields);
  const { maxTokens, temperature } = record(body.inferenceConfig);
  const { type, budget_tokens: budget } = record(thinking);
  if (type !== "enabled") return [];
  const toolChoice = record(record(body.toolConfig).toolChoice);
  const isForced =
    "any" in toolChoice || "tool" in toolChoice || ["any", "tool"].includes(text(record(choice).type));
  return [
    ...(typeof maxTokens === "number" && maxTokens > Number(budget) ? [] : ["no room to answer"]),
    ...(temperature !== undefined || topK !== undefined ? ["samples while it thinks"] : []),
    ...(isForced ? ["thinks and is forced"] : []),
  ];
}
