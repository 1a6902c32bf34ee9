import { isObject, type JsonObject } from "../../core/json.ts";
import type { Unsupported } from "../contract.ts";
import { readCacheMark } from "./content-parts.ts";
import type { CacheMark } from "./parts.ts";

export interface Tool {
  name: string;
  /** Empty = none. */
  description: string;
  /** A JSON schema of `type: object`; that of a tool without parameters has no properties. */
  parameters: JsonObject;
  strict: boolean;
  cache: CacheMark | null;
  /** Where it stood in the request, for saying what is unsupported. */
  path: string;
}

export type ToolChoice =
  | { kind: "auto" }
  | { kind: "none" }
  | { kind: "required" }
  | { kind: "named"; name: string };

export interface Toolbox {
  /** Only those that may be called, where the choice allows some. */
  tools: Tool[];
  choice: ToolChoice;
  /** Null = the provider's default. */
  parallel: boolean | null;
}

/** `tools`, `tool_choice` and `parallel_tool_calls`. A choice without tools is none. */
export function readTools(body: Readonly<JsonObject>): Toolbox | Unsupported {
  if (Array.isArray(body.functions) && body.functions.length > 0)
    return { unsupported: "functions", why: "Use `tools`: `functions` is deprecated." };
  const list = Array.isArray(body.tools) ? body.tools : [];
  const tools: Tool[] = [];
  for (let i = 0; i < list.length; i++) {
    const tool = readTool(list[i], `tools[${i}]`);
    if (!tool) return { unsupported: `tools[${i}]`, why: "Only function tools can go to this provider." };
    tools.push(tool);
  }
  const parallel = typeof body.parallel_tool_calls === "boolean" ? body.parallel_tool_calls : null;
  const told = chosen(body.tool_choice, tools);
  if (told.tools.length === 0 && told.choice.kind === "required")
    return { unsupported: "tool_choice", why: "`tool_choice` demands a tool that is not in `tools`." };
  return { ...told, parallel };
}

function readTool(raw: unknown, path: string): Tool | null {
  if (!isObject(raw) || !isObject(raw.function) || typeof raw.function.name !== "string") return null;
  const { name, description, parameters, strict } = raw.function;
  return {
    name,
    description: typeof description === "string" ? description : "",
    parameters: withObjectType(isObject(parameters) ? parameters : {}),
    strict: strict === true,
    cache: readCacheMark(raw) ?? readCacheMark(raw.function),
    path,
  };
}

/** Words that say elsewhere which properties there are. */
const ELSEWHERE = ["$ref", "anyOf", "oneOf", "allOf"] as const;

function withObjectType(parameters: JsonObject): JsonObject {
  const hasProperties = parameters.properties !== undefined || ELSEWHERE.some((word) => word in parameters);
  if (parameters.type === "object" && hasProperties) return parameters;
  return { ...parameters, type: "object", ...(hasProperties ? {} : { properties: {} }) };
}

function chosen(raw: unknown, tools: Tool[]): Pick<Toolbox, "tools" | "choice"> {
  if (tools.length === 0 || raw === "none") return { tools, choice: { kind: "none" } };
  if (raw === "required" || raw === "any") return { tools, choice: { kind: "required" } };
  if (!isObject(raw)) return { tools, choice: { kind: "auto" } };
  const named = isObject(raw.function) ? raw.function.name : raw.name;
  if (typeof named === "string") return { tools, choice: { kind: "named", name: named } };
  const allowed = isObject(raw.allowed_tools) ? raw.allowed_tools : null;
  if (!allowed) return { tools, choice: { kind: "auto" } };
  const list: unknown[] = Array.isArray(allowed.tools) ? allowed.tools : [];
  const names = new Set(
    list.map((tool) => (isObject(tool) && isObject(tool.function) ? tool.function.name : undefined)),
  );
  return {
    tools: tools.filter(({ name }) => names.has(name)),
    choice: { kind: allowed.mode === "required" ? "required" : "auto" },
  };
}
