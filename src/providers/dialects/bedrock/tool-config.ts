import type { JsonObject } from "../../../core/json.ts";
import type { Reading, Unsupported } from "../../contract.ts";
import type { ReplyFormat } from "../../translate/options.ts";
import type { Tool, Toolbox, ToolChoice } from "../../translate/tools.ts";
import { wireJson } from "../../translate/wire-json.ts";
import { fittedSchema } from "../anthropic/fitted-schema.ts";
import type { BedrockModel } from "./models.ts";
import { type Specs, stubs, toolSpecs } from "./tool-specs.ts";

/** The tools, and how an answer is held to a schema: both may need a forced call, so they are decided together. */
export interface ToolConfig {
  /** `toolConfig.tools`; empty = no `toolConfig`. */
  tools: JsonObject[];
  toolChoice?: JsonObject;
  outputConfig?: JsonObject;
  /** For `additionalModelRequestFields`. */
  additional: JsonObject;
  reading?: Reading;
  isForced: boolean;
  dropped: string[];
  added: string[];
}

const NO_TOOLS: ToolConfig = { tools: [], additional: {}, isForced: false, dropped: [], added: [] };

/**
 * `calledTools`: what the conversation already called, because "the toolConfig field must be defined when using
 * toolUse and toolResult content blocks".
 */
export function writeToolConfig(
  toolbox: Toolbox,
  format: ReplyFormat,
  model: BedrockModel,
  calledTools: readonly string[],
): ToolConfig | Unsupported {
  const { choice, tools } = toolbox;
  const odd = model.claude ? tools.find(({ parameters }) => hasRootUnion(parameters)) : undefined;
  if (odd)
    return {
      unsupported: "tools",
      why: `This model takes no union at the root of the parameters of \`${odd.name}\`.`,
    };
  const isForced = choice.kind === "required" || choice.kind === "named";
  if (isForced && (model.forces === "nothing" || !isOffered(toolbox))) return UNFORCEABLE;
  const asked = choice.kind === "none" ? [] : tools;
  const base = isForced ? formless(format) : heldTo(format, { ...toolbox, tools: asked }, model);
  if ("unsupported" in base || base.reading) return base;
  if (asked.length > 0)
    return joined(base, callable(toolSpecs(offered(toolbox, model), model), toolbox, model));
  if (calledTools.length === 0) return base;
  if (tools.length === 0) return joined(base, { tools: stubs(calledTools), added: ["tools"] });
  // There is no choice of none: what the conversation needs is told again, and may be called.
  return joined(base, { ...toolSpecs(tools, model), dropped: ["tool_choice"] });
}

/** A call has no other form than its tool's. */
function formless({ kind }: ReplyFormat): ToolConfig {
  return kind === "text" ? NO_TOOLS : { ...NO_TOOLS, dropped: ["response_format"] };
}

function joined(base: ToolConfig, more: Partial<ToolConfig>): ToolConfig {
  return { ...base, ...more, dropped: [...base.dropped, ...(more.dropped ?? [])] };
}

const UNFORCEABLE: Unsupported = {
  unsupported: "tool_choice",
  why: "This model on Bedrock cannot be made to call this tool.",
};

function isOffered({ choice, tools }: Toolbox): boolean {
  return choice.kind !== "named" || tools.some(({ name }) => name === choice.name);
}

/** https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use: refused with a 400. */
function hasRootUnion(schema: JsonObject): boolean {
  return ["anyOf", "oneOf", "allOf"].some((word) => word in schema);
}

/** Natively where the model and the schema allow it, else by a tool whose arguments are the answer. */
function heldTo(format: ReplyFormat, asked: Toolbox, model: BedrockModel): ToolConfig | Unsupported {
  if (format.kind === "text") return NO_TOOLS;
  if (format.kind === "schema" && model.takesSchema) {
    const fitted = fittedSchema(format.schema);
    if (fitted)
      return {
        ...NO_TOOLS,
        outputConfig: textFormat(format.name, fitted.schema),
        dropped: fitted.unenforced.map((word) => `response_format.schema.${word}`),
      };
  }
  const schema = format.kind === "schema" ? format.schema : ANY_OBJECT;
  const isObject = schema.type === "object" && !hasRootUnion(schema);
  if (isObject && model.forces !== "nothing") return standIn(schema, asked, model);
  return {
    unsupported: "response_format",
    why: "This model on Bedrock cannot be held to this form of answer.",
  };
}

const ANY_OBJECT: JsonObject = { type: "object", additionalProperties: true };

/** The schema travels as text: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputFormat.html */
function textFormat(name: string, schema: JsonObject): JsonObject {
  const jsonSchema = { name, schema: wireJson(schema) };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

/** With the caller's tools beside it, the model calls one of them or this. */
function standIn(schema: JsonObject, { tools, parallel }: Toolbox, model: BedrockModel): ToolConfig {
  let name = "json_answer";
  for (let count = 2; tools.some((tool) => tool.name === name); count++) name = `json_answer_${count}`;
  const description =
    "Give your answer by calling this tool, once: its input is the JSON object that is the answer.";
  const spec = { toolSpec: { name, description, inputSchema: { json: schema } } };
  const own = toolSpecs(tools, model);
  const choice: ToolChoice = tools.length === 0 ? { kind: "named", name } : { kind: "required" };
  const all = { tools: [...own.tools, spec], dropped: own.dropped };
  return {
    ...NO_TOOLS,
    ...callable(all, { tools, choice, parallel: tools.length === 0 ? null : parallel }, model),
    reading: { toolAsContent: name },
  };
}

/** Where only some call can be forced, offering one tool forces that one. */
function offered({ choice, tools }: Toolbox, model: BedrockModel): readonly Tool[] {
  if (choice.kind !== "named" || model.forces !== "any") return tools;
  return tools.filter(({ name }) => name === choice.name);
}

function callable(
  { tools, dropped }: Specs,
  { choice, parallel }: Toolbox,
  model: BedrockModel,
): Partial<ToolConfig> {
  const isForced = choice.kind !== "auto";
  if (parallel === false && model.claude)
    return { tools, dropped, isForced, additional: { tool_choice: anthropicChoice(choice) } };
  const toolChoice = choiceOf(choice, model);
  return {
    tools,
    isForced,
    ...(toolChoice ? { toolChoice } : {}),
    dropped: parallel === false ? [...dropped, "parallel_tool_calls"] : dropped,
  };
}

/** Undefined where the model chooses anyway: several models take no `toolChoice` at all. */
function choiceOf(choice: ToolChoice, model: BedrockModel): JsonObject | undefined {
  if (choice.kind === "named" && model.forces === "one") return { tool: { name: choice.name } };
  return choice.kind === "named" || choice.kind === "required" ? { any: {} } : undefined;
}

/**
 * Anthropic's own field in place of `toolChoice`; both are refused: "The additional field tool_choice/type conflicts
 * with the existing field toolConfig.toolChoice.auto".
 */
function anthropicChoice(choice: ToolChoice): JsonObject {
  const single = { disable_parallel_tool_use: true };
  if (choice.kind === "named") return { type: "tool", name: choice.name, ...single };
  return { type: choice.kind === "required" ? "any" : "auto", ...single };
}
