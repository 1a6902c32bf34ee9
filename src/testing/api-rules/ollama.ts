import { isObject, type JsonObject } from "../../core/json.ts";
import { list, record } from "../wire/wire-provider.ts";
import { schemaProblems } from "./embedded-schemas.ts";

/** What Ollama refuses, or would not understand, although the schema allows it; empty = nothing. */
export function ollamaProblems(body: JsonObject): string[] {
  const tools = list(body.tools).map(({ function: it }) => record(it));
  const names = tools.map(({ name }) => name);
  return [
    ...(new Set(names).size < names.length ? ["two tools of one name"] : []),
    ...tools.flatMap(({ parameters }) => schemaProblems(parameters)),
    ...(isObject(body.format) ? schemaProblems(body.format) : []),
    ...nameProblems(list(body.messages)),
  ];
}

/** Templates show a result under its tool's name. */
function nameProblems(messages: readonly JsonObject[]): string[] {
  let open: unknown[] = [];
  const problems: string[] = [];
  for (const message of messages) {
    const calls = list(message.tool_calls);
    if (calls.length > 0) open = calls.map(({ function: it }) => record(it).name);
    if (message.role !== "tool") continue;
    const at = open.indexOf(message.tool_name);
    if (at < 0) problems.push(`a result of ${message.tool_name}, where [${open}] was called`);
    else open.splice(at, 1);
  }
  return problems;
}
