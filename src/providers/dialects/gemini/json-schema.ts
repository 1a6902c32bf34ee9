import { isObject, type JsonObject } from "../../../core/json.ts";

/** They decide what an answer may look like, and Gemini passes over them. */
const UNENFORCED = [
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "dependentSchemas",
  "dependentRequired",
  "unevaluatedProperties",
  "unevaluatedItems",
  "contains",
  "$dynamicRef",
  "$recursiveRef",
] as const;

/** Where schemas stand inside a schema: one, a list, or by name. */
const ONE = ["items", "additionalProperties"] as const;
const LISTED = ["anyOf", "oneOf", "prefixItems", "allOf"] as const;
const NAMED = ["properties", "$defs"] as const;

export interface WrittenSchema {
  schema: JsonObject;
  /** False where a part of it that shapes the answer is not enforced: https://ai.google.dev/api/generate-content#FIELDS.response_json_schema */
  isEnforced: boolean;
}

/**
 * A JSON schema as `responseJsonSchema` and `parametersJsonSchema` want it. It says the same in the words that Google
 * knows: `const` is an `enum` of one, `definitions` are `$defs`, and a `$ref` has no neighbours.
 */
export function writeJsonSchema(schema: JsonObject): WrittenSchema {
  const written: WrittenSchema = { schema: {}, isEnforced: true };
  written.schema = rewritten(schema, written);
  return written;
}

function rewritten(schema: JsonObject, found: WrittenSchema): JsonObject {
  if (UNENFORCED.some((word) => schema[word] !== undefined)) found.isEnforced = false;
  const { $schema: _, definitions, const: constant, ...rest } = schema;
  const out: JsonObject = rest;
  if (isObject(definitions)) out.$defs = { ...definitions, ...(isObject(rest.$defs) ? rest.$defs : {}) };
  if (constant !== undefined) Object.assign(out, ofConstant(constant));
  for (const word of ONE) if (isObject(out[word])) out[word] = rewritten(out[word], found);
  for (const word of LISTED) {
    const list = out[word];
    if (Array.isArray(list))
      out[word] = list.map((it: unknown) => (isObject(it) ? rewritten(it, found) : it));
  }
  for (const word of NAMED) {
    const named = out[word];
    if (isObject(named)) out[word] = mapValues(named, (it) => (isObject(it) ? rewritten(it, found) : it));
  }
  return withRefAlone(withoutAllOf(out, found), found);
}

/** Only strings and numbers can be enumerated. */
function ofConstant(constant: unknown): JsonObject {
  if (constant === null) return { type: "null" };
  return typeof constant === "string" || typeof constant === "number"
    ? { enum: [constant] }
    : { const: constant };
}

/** Beside `$ref` only what begins with `$` may stand: what describes it stands around it. */
function withRefAlone(schema: JsonObject, found: WrittenSchema): JsonObject {
  const { $ref: told, ...neighbours } = schema;
  if (typeof told !== "string") return schema;
  const $ref = told.replace("#/definitions/", "#/$defs/");
  if (Object.keys(neighbours).every((word) => word.startsWith("$"))) return { ...neighbours, $ref };
  if (neighbours.anyOf !== undefined) found.isEnforced = false;
  return { anyOf: [{ $ref }], ...neighbours };
}

/** All of one is that one; Google has no word for all of several. */
function withoutAllOf(schema: JsonObject, found: WrittenSchema): JsonObject {
  const { allOf, ...rest } = schema;
  if (!Array.isArray(allOf)) return schema;
  if (allOf.length === 1 && rest.anyOf === undefined) return { ...rest, anyOf: allOf };
  found.isEnforced = false;
  return schema;
}

function mapValues(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
