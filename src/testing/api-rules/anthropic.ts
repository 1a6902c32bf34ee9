import { isObject, type JsonObject } from "../../core/json.ts";
import { anthropicWire } from "../wire/anthropic.ts";
import { list, record, text } from "../wire/wire-provider.ts";
import { schemaProblems } from "./embedded-schemas.ts";
import { blankTexts, halfCharacters, markProblems, turnProblems } from "./turns.ts";

/** What the Messages API refuses although the schema allows it; empty = nothing. */
export function anthropicProblems(body: JsonObject): string[] {
  const messages = list(body.messages);
  const turns = messages.map((message) => ({
    role: text(message.role),
    items: anthropicWire.items({ messages: [message] }),
  }));
  return [
    ...turnProblems(turns, { hasIds: true }),
    ...halfCharacters(body),
    ...blankTexts(anthropicWire.items(body), (it) => it.trim() === ""),
    ...markProblems(lifetimes(body)),
    ...thinkingProblems(body, messages),
    ...toolProblems(body, messages),
    ...lastWords(messages),
  ];
}

/** In the order in which Anthropic reads them; the mark of the whole request stands behind all others. */
function lifetimes(body: JsonObject): (string | undefined)[] {
  const blocks = [
    ...list(body.tools),
    ...list(body.system),
    ...list(body.messages).flatMap(({ content }) => list(content)),
    body,
  ];
  return blocks.filter((it) => it.cache_control).map((it) => text(record(it.cache_control).ttl) || undefined);
}

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
function thinkingProblems(body: JsonObject, messages: readonly JsonObject[]): string[] {
  const thinking = record(body.thinking);
  const problems: string[] = [];
  const isBudget = thinking.type === "enabled";
  if (isBudget && Number(thinking.budget_tokens) >= Number(body.max_tokens))
    problems.push("no room to answer");
  if (isBudget && ["any", "tool"].includes(text(record(body.tool_choice).type)))
    problems.push("thinks and is forced");
  if (isBudget && ("top_k" in body || "temperature" in body || Number(body.top_p ?? 1) < 0.95))
    problems.push("samples while it thinks");
  if (isBudget && messages.at(-1)?.role === "assistant") problems.push("thinks and continues");
  if (isBudget && !loopBeginsThinking(messages))
    problems.push("the loop under way does not begin with thinking");
  return problems;
}

const isThinking = ({ type }: JsonObject) => type === "thinking" || type === "redacted_thinking";
const hasResults = ({ content }: JsonObject) => list(content).some(({ type }) => type === "tool_result");

function loopBeginsThinking(messages: readonly JsonObject[]): boolean {
  if (!messages.at(-1) || !hasResults(messages.at(-1) ?? {})) return true;
  const asked = messages.findLastIndex((message) => message.role === "user" && !hasResults(message));
  return list(messages[asked + 1]?.content).some(isThinking);
}

function toolProblems(body: JsonObject, messages: readonly JsonObject[]): string[] {
  const tools = list(body.tools);
  const names = tools.map(({ name }) => name);
  const choice = record(body.tool_choice);
  const isCalled = messages.some(({ content }) => list(content).some(({ type }) => type === "tool_use"));
  const format = record(record(body.output_config).format).schema;
  return [
    ...(new Set(names).size < names.length ? ["two tools of one name"] : []),
    ...(choice.type === "tool" && !names.includes(choice.name) ? ["a forced tool that is not there"] : []),
    ...(isCalled && tools.length === 0 ? ["calls, but no tools"] : []),
    ...tools.flatMap(({ input_schema }) => schemaProblems(input_schema)),
    ...tools
      .filter(({ input_schema }) => record(input_schema).type !== "object")
      .map(() => "a tool without an object"),
    ...(isObject(format) ? schemaProblems(format) : []),
  ];
}

/** "final assistant content cannot end with trailing whitespace" */
function lastWords(messages: readonly JsonObject[]): string[] {
  const last = messages.at(-1);
  const words = last?.role === "assistant" ? text(list(last.content).at(-1)?.text) : "";
  return words === words.trimEnd() ? [] : ["the answer to be continued ends with a blank"];
}
