import type { JsonObject } from "../../../core/json.ts";
import type { Reading, Unsupported } from "../../contract.ts";
import type { ReplyFormat } from "../../translate/options.ts";
import type { Tool, Toolbox } from "../../translate/tools.ts";
import type { CacheMarks } from "./cache-marks.ts";
import { type FittedSchema, fittedParameters, fittedSchema } from "./fitted-schema.ts";
import type { ModelTraits } from "./models.ts";

export interface EncodedTools {
  tools: JsonObject[];
  choice?: JsonObject;
  /** For `output_config.format`. */
  format?: JsonObject;
  reading?: Reading;
  /** The model must call a tool. */
  isForced: boolean;
  dropped: string[];
  added: string[];
}

/** What all schemas of one request that are enforced may have together; beyond it the API refuses. */
class Room {
  private tools = 20;
  private optionals = 24;
  private unions = 16;

  takes({ optionalCount, unionCount }: FittedSchema, toolCount: number): boolean {
    if (toolCount > this.tools || optionalCount > this.optionals || unionCount > this.unions) return false;
    this.tools -= toolCount;
    this.optionals -= optionalCount;
    this.unions -= unionCount;
    return true;
  }
}

/**
 * Tools, the choice among them, and the form of the answer, which may become a tool as well: where the model has no
 * structured outputs, the schema does not fit them, or any JSON object will do, a tool stands in whose input is the
 * answer. `calledBefore` are the tools that the conversation has calls of: Anthropic refuses such a conversation without
 * tools, so that they are told again, not to be called.
 */
export function encodeTools(
  box: Toolbox,
  format: ReplyFormat,
  traits: ModelTraits,
  marks: CacheMarks,
  calledBefore: readonly string[],
): EncodedTools | Unsupported {
  const dropped: string[] = [];
  const room = new Room();
  const answer = encodeFormat(format, box, traits, room);
  if ("unsupported" in answer) return answer;
  if (answer.isLost) dropped.push("response_format");
  for (const keyword of answer.unenforced) dropped.push(`response_format.schema.${keyword}`);
  const odd = box.tools.find(({ parameters }) => hasRootUnion(parameters));
  if (odd)
    return {
      unsupported: "tools",
      why: `This provider takes no union at the root of a tool's parameters, as \`${odd.name}\` has.`,
    };

  const tools = box.tools.map((tool) => encodeTool(tool, traits, room, marks, dropped));
  if (answer.standIn) tools.push(answer.standIn);
  const isForced = answer.standIn !== undefined || isForcing(box);
  if (isForced && !traits.forcesTools)
    return { unsupported: "tool_choice", why: "This model cannot be made to call a tool." };
  const encoded: EncodedTools = { tools, isForced, dropped: [...new Set(dropped)], added: [] };
  if (answer.format) encoded.format = answer.format;
  if (answer.standIn) {
    encoded.reading = { toolAsContent: answer.standIn.name };
    if (box.parallel === true) encoded.dropped.push("parallel_tool_calls");
  }
  const choice = encodeChoice(box, answer.standIn);
  if (choice) encoded.choice = choice;
  if (tools.length > 0 || calledBefore.length === 0) return encoded;
  return {
    ...encoded,
    tools: calledBefore.map((name) => ({ name, input_schema: { type: "object", properties: {} } })),
    choice: { type: "none" },
    added: ["tools", "tool_choice"],
  };
}

function isForcing({ choice }: Toolbox): boolean {
  return choice.kind === "required" || choice.kind === "named";
}

interface AnswerForm {
  format?: JsonObject;
  standIn?: JsonObject & { name: string };
  /** The answer is a call, which has no other form than its tool's. */
  isLost?: true;
  unenforced: string[];
}

function encodeFormat(
  format: ReplyFormat,
  box: Toolbox,
  traits: ModelTraits,
  room: Room,
): AnswerForm | Unsupported {
  if (format.kind === "text") return { unenforced: [] };
  if (format.kind === "schema" && traits.hasSchemas) {
    const fitted = fittedSchema(format.schema);
    if (fitted && room.takes(fitted, 0))
      return { format: { type: "json_schema", schema: fitted.schema }, unenforced: fitted.unenforced };
  }
  if (isForcing(box)) return { isLost: true, unenforced: [] };
  const schema = format.kind === "schema" ? rootObject(format.schema) : ANY_OBJECT;
  if (!schema)
    return { unsupported: "response_format", why: "This model answers in JSON objects only, of no union." };
  if (!traits.forcesTools)
    return { unsupported: "response_format", why: "This model cannot be held to this form of answer." };
  return {
    standIn: { name: freeName(box.tools), description: STAND_IN, input_schema: schema },
    unenforced: [],
  };
}

const STAND_IN =
  "Give your answer by calling this tool, once: its input is the JSON object that is the answer.";
const ANY_OBJECT: JsonObject = { type: "object", additionalProperties: true };

/** A tool's input is an object; null where the schema means something else. */
function rootObject(schema: JsonObject): JsonObject | null {
  if (hasRootUnion(schema) || (schema.type !== undefined && schema.type !== "object")) return null;
  return { ...schema, type: "object" };
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use: refused with a 400. */
function hasRootUnion(schema: JsonObject): boolean {
  return ["anyOf", "oneOf", "allOf"].some((key) => key in schema);
}

function freeName(tools: readonly Tool[]): string {
  let name = "json_answer";
  for (let count = 2; tools.some((tool) => tool.name === name); count++) name = `json_answer_${count}`;
  return name;
}

function encodeTool(
  { name, description, parameters, strict, cache }: Tool,
  { hasSchemas }: ModelTraits,
  room: Room,
  marks: CacheMarks,
  dropped: string[],
): JsonObject {
  const fitted = strict && hasSchemas ? fittedParameters(parameters) : null;
  const isStrict = fitted !== null && room.takes(fitted, 1);
  if (strict && !isStrict) dropped.push("tools.strict");
  if (isStrict) for (const keyword of fitted.unenforced) dropped.push(`tools.parameters.${keyword}`);
  const tool: JsonObject = { name };
  if (description !== "") tool.description = description;
  tool.input_schema = isStrict ? fitted.schema : parameters;
  if (isStrict) tool.strict = true;
  return marks.mark(tool, cache);
}

/** Undefined = the API's default, which is to choose freely. */
function encodeChoice({ tools, choice, parallel }: Toolbox, standIn?: JsonObject): JsonObject | undefined {
  if (standIn) {
    const isOnly = choice.kind === "none";
    const chosen = isOnly ? { type: "tool", name: standIn.name } : { type: "any" };
    return { ...chosen, disable_parallel_tool_use: true };
  }
  if (tools.length === 0) return undefined;
  const single = parallel === false ? { disable_parallel_tool_use: true } : {};
  switch (choice.kind) {
    case "none":
      return { type: "none" };
    case "auto":
      return parallel === false ? { type: "auto", ...single } : undefined;
    case "required":
      return { type: "any", ...single };
    case "named":
      return { type: "tool", name: choice.name, ...single };
  }
}
