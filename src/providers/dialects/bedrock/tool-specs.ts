import type { JsonObject } from "../../../core/json.ts";
import type { Tool } from "../../translate/tools.ts";
import { fittedParameters } from "../anthropic/fitted-schema.ts";
import { cachePoint, losesMark } from "./cache-points.ts";
import type { BedrockModel } from "./models.ts";

export interface Specs {
  /** For `toolConfig.tools`. */
  tools: JsonObject[];
  dropped: string[];
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
export function toolSpecs(tools: readonly Tool[], model: BedrockModel): Specs {
  const written: JsonObject[] = [];
  const dropped = new Set<string>();
  for (const { name, description, parameters, strict, cache } of tools) {
    const fitted = strict && model.takesStrict ? fittedParameters(parameters) : null;
    if (strict && !fitted) dropped.add("tools.strict");
    for (const word of fitted?.unenforced ?? []) dropped.add(`tools.parameters.${word}`);
    const spec: JsonObject = { name };
    if (description.trim() !== "") spec.description = description;
    spec.inputSchema = { json: fitted?.schema ?? parameters };
    if (fitted) spec.strict = true;
    written.push({ toolSpec: spec });
    if (cache === null) continue;
    if (losesMark(cache, "tools", model)) dropped.add(cache.field);
    const point = cachePoint(cache, "tools", model);
    if (point) written.push(point);
  }
  return { tools: written, dropped: [...dropped] };
}

/** Tools that the conversation called and the request no longer offers: all that is known of them is the name. */
export function stubs(names: readonly string[]): JsonObject[] {
  return [...new Set(names)].map((name) => ({
    toolSpec: { name, inputSchema: { json: { type: "object", properties: {} } } },
  }));
}
