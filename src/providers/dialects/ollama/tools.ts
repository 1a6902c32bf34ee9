import type { JsonObject } from "../../../core/json.ts";
import type { Reading, Unsupported } from "../../contract.ts";
import type { ReplyFormat } from "../../translate/options.ts";
import type { Tool, Toolbox } from "../../translate/tools.ts";
import { embeddedSchema } from "./embedded-schema.ts";

/** What of tools and reply format goes into the request, and how its answer is to be read. */
export interface Demand {
  tools: readonly Tool[];
  /** `"json"`, a JSON schema, or nothing. */
  format?: "json" | JsonObject;
  reading?: Pick<Reading, "contentAsTool">;
}

/**
 * Ollama has no `tool_choice`, and a `format` leaves its models no way to call a tool
 * (https://github.com/ollama/ollama/issues/13750). So a call that must come is written as a format: the arguments of
 * the one tool, or `{name, arguments}` of any; where the answer may be either, the format allows both. A server that
 * calls natively nevertheless is taken at its word.
 */
export function demandOf({ tools, choice }: Toolbox, format: ReplyFormat): Demand | Unsupported {
  switch (choice.kind) {
    case "none":
      return { tools: [], ...formatOf(format) };
    case "auto":
      return { tools, ...formatOrCall(format, tools) };
    case "required":
      return forced(tools);
    case "named":
      return forced(tools.filter(({ name }) => name === choice.name));
  }
}

function forced(tools: readonly Tool[]): Demand | Unsupported {
  const [only, ...others] = tools;
  if (!only)
    return { unsupported: "tool_choice", why: "`tool_choice` demands a tool that is not in `tools`." };
  if (others.length > 0) return { tools, format: anyOf(tools), reading: callReading(tools) };
  return { tools, format: only.parameters, reading: { contentAsTool: { name: only.name } } };
}

function formatOrCall(format: ReplyFormat, tools: readonly Tool[]): Omit<Demand, "tools"> {
  if (format.kind === "text" || tools.length === 0) return formatOf(format);
  const written = format.kind === "json" ? ("json" as const) : anyOf(tools, format.schema);
  return { format: written, reading: callReading(tools) };
}

function formatOf(format: ReplyFormat): Pick<Demand, "format"> {
  if (format.kind === "text") return {};
  return { format: format.kind === "json" ? "json" : format.schema };
}

function callReading(tools: readonly Tool[]): Pick<Reading, "contentAsTool"> {
  return { contentAsTool: { name: null, among: tools.map(({ name }) => name) } };
}

function anyOf(tools: readonly Tool[], answer?: JsonObject): JsonObject {
  const definitions: Record<string, unknown> = {};
  const branches = tools.map(({ name, parameters }, at) => ({
    type: "object",
    properties: {
      name: { const: name },
      arguments: embeddedSchema(parameters, `call_${at}`, definitions),
    },
    required: ["name", "arguments"],
    additionalProperties: false,
  }));
  const all = answer ? [embeddedSchema(answer, "answer", definitions), ...branches] : branches;
  return { anyOf: all, ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}) };
}
