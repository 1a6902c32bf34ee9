import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Reading, Unsupported } from "../../contract.ts";
import type { ReplyFormat } from "../../translate/options.ts";
import type { Tool, Toolbox } from "../../translate/tools.ts";
import { writeJsonSchema } from "./json-schema.ts";
import type { GeminiModel } from "./models.ts";
import { toSubset } from "./schema-subset.ts";

export interface WrittenTools {
  /** `tools` and `toolConfig`, where there are any. */
  fields: JsonObject;
  /** Set where a tool stands in for the reply's schema. */
  reading: Reading | null;
  /** True where every answer is a call, so that no format of a reply can count. */
  isForced: boolean;
}

const NONE: WrittenTools = { fields: {}, reading: null, isForced: false };

/** https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes */
export function writeTools(
  { tools, choice }: Toolbox,
  format: ReplyFormat,
  model: GeminiModel,
): WrittenTools | Unsupported {
  // No call is wanted: the same as no tool, and the one way to ask some models for JSON.
  if (tools.length === 0 || (choice.kind === "none" && format.kind !== "text")) return NONE;
  if (!model.tools) return { unsupported: "tools", why: "This model cannot call tools." };
  const declared = declare(tools, model);
  if (!Array.isArray(declared)) return declared;
  if (choice.kind === "auto" && format.kind !== "text" && !model.jsonBesideTools)
    return withSchemaTool(tools, declared, format, model);
  const config = configOf(choice, tools);
  return {
    fields: { tools: [{ functionDeclarations: declared }], ...config },
    reading: null,
    isForced: choice.kind === "required" || choice.kind === "named",
  };
}

function configOf(choice: Toolbox["choice"], tools: readonly Tool[]): JsonObject {
  const mode = (name: string, rest: JsonObject = {}) => ({
    toolConfig: { functionCallingConfig: { mode: name, ...rest } },
  });
  switch (choice.kind) {
    case "none":
      return mode("NONE");
    case "required":
      return mode("ANY");
    case "named":
      return mode("ANY", { allowedFunctionNames: [choice.name] });
    case "auto":
      // Calls then keep to their schema, which is what `strict` asks for.
      return tools.some(({ strict }) => strict) ? mode("VALIDATED") : {};
  }
}

/** Refused with the whole request: https://github.com/google-gemini/gemini-cli/issues/7869 */
const NAME = /^[A-Za-z_]/;

function declare(tools: readonly Tool[], model: GeminiModel): JsonObject[] | Unsupported {
  const declared: JsonObject[] = [];
  for (const { name, description, parameters, strict, path } of tools) {
    if (!NAME.test(name))
      return { unsupported: path, why: `Names of functions begin with a letter or _ here, unlike ${name}.` };
    const schema = parametersOf(parameters, strict, model);
    if (schema === null)
      return { unsupported: path, why: `Gemini cannot hold calls of ${name} to its schema.` };
    declared.push({ name, ...(description === "" ? {} : { description }), ...schema });
  }
  return declared;
}

/** A tool without parameters has no schema: one without properties is refused. Null = it cannot be said. */
function parametersOf(parameters: JsonObject, strict: boolean, { json }: GeminiModel): JsonObject | null {
  if (takesNothing(parameters)) return {};
  if (json === "subset") {
    const subset = toSubset(parameters);
    return subset && { parameters: subset };
  }
  const { schema, isEnforced } = writeJsonSchema(parameters);
  return strict && !isEnforced ? null : { parametersJsonSchema: schema };
}

const OF_NO_PARAMETERS = new Set(
  "type properties required additionalProperties title description $schema".split(" "),
);

function takesNothing(parameters: JsonObject): boolean {
  const { properties, additionalProperties = false } = parameters;
  const isEmpty = isObject(properties) && Object.keys(properties).length === 0;
  const isAll = Object.keys(parameters).every((word) => OF_NO_PARAMETERS.has(word));
  return isEmpty && isAll && additionalProperties === false;
}

/**
 * `Function calling with a response mime type: 'application/json' is unsupported` before Gemini 3. So the reply is one
 * more tool, and the model has to call one: the answer is either a call of the caller's tools or the JSON.
 */
function withSchemaTool(
  tools: readonly Tool[],
  declared: JsonObject[],
  format: ReplyFormat,
  model: GeminiModel,
): WrittenTools | Unsupported {
  const unsupported = {
    unsupported: "response_format",
    why: "This model gives no such JSON while it may call tools.",
  };
  if (format.kind !== "schema" || format.schema.type !== "object") return unsupported;
  const parameters = parametersOf(format.schema, true, model);
  if (parameters === null) return unsupported;
  const name = freeName(format.name, tools);
  const description = "Gives the final answer. Call it once no other tool is needed.";
  return {
    fields: {
      tools: [{ functionDeclarations: [...declared, { name, description, ...parameters }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    },
    reading: { toolAsContent: name },
    isForced: true,
  };
}

function freeName(wanted: string, tools: readonly Tool[]): string {
  const name = wanted.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 56);
  return tools.some((tool) => tool.name === name) ? freeName(`${name}_`, tools) : name;
}
