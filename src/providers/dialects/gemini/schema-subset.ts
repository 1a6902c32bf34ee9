import { isObject, type JsonObject } from "../../../core/json.ts";

/** Words that mean the same in Google's part of OpenAPI: https://ai.google.dev/api/caching#Schema */
const SHARED = [
  "title",
  "description",
  "format",
  "default",
  "nullable",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minProperties",
  "maxProperties",
  "pattern",
  "required",
  "propertyOrdering",
] as const;

/** Words without which the schema allows nothing else. */
const WITHOUT_MEANING = new Set([
  "$schema",
  "$id",
  "$defs",
  "definitions",
  "$comment",
  "examples",
  "deprecated",
]);
const TRANSLATED = new Set([
  ...SHARED,
  ...[
    "type",
    "const",
    "enum",
    "items",
    "properties",
    "anyOf",
    "oneOf",
    "allOf",
    "$ref",
    "additionalProperties",
  ],
]);
/** Written out, references can make a small schema endless. */
const MOST_SCHEMAS = 2000;

/** The schema that is being converted. */
interface Whole {
  root: JsonObject;
  /** References that lead here: one that leads to itself cannot be written out. */
  open: ReadonlySet<string>;
  count: { schemas: number };
}

/** A JSON schema in the form that models before Gemini 2.5 take; null where it cannot be said. */
export function toSubset(schema: JsonObject): JsonObject | null {
  return convert(schema, { root: schema, open: new Set(), count: { schemas: 0 } });
}

function convert(schema: unknown, whole: Whole): JsonObject | null {
  if (!isObject(schema) || ++whole.count.schemas > MOST_SCHEMAS) return null;
  if (typeof schema.$ref === "string") return resolved(schema, schema.$ref, whole);
  if (Object.keys(schema).some((word) => !TRANSLATED.has(word) && !WITHOUT_MEANING.has(word))) return null;
  if (Array.isArray(schema.allOf)) return merged(schema, schema.allOf, whole);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return oneOfSeveral(schema, alternatives, whole);
  if (Array.isArray(schema.type)) return ofTypes(schema, schema.type, whole);
  return plain(schema, whole);
}

function shared(schema: JsonObject): JsonObject {
  return Object.fromEntries(SHARED.flatMap((word) => (word in schema ? [[word, schema[word]]] : [])));
}

function resolved(schema: JsonObject, ref: string, whole: Whole): JsonObject | null {
  const { root, open } = whole;
  const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)?.[1];
  const definitions = isObject(root.$defs) ? root.$defs : root.definitions;
  const target =
    name !== undefined && isObject(definitions) ? definitions[name] : ref === "#" ? root : undefined;
  const found = open.has(ref) ? null : convert(target, { ...whole, open: new Set([...open, ref]) });
  return found && { ...found, ...shared(schema) };
}

function merged(schema: JsonObject, all: unknown[], whole: Whole): JsonObject | null {
  if (all.length !== 1) return null;
  const found = convert(all[0], whole);
  return found && { ...found, ...shared(schema) };
}

function oneOfSeveral(schema: JsonObject, told: unknown[], whole: Whole): JsonObject | null {
  const values = told.filter((it) => !(isObject(it) && it.type === "null"));
  const converted = values.map((it) => convert(it, whole));
  const known = converted.filter((it) => it !== null);
  if (known.length === 0 || known.length < converted.length) return null;
  const nullable = values.length < told.length ? { nullable: true } : {};
  const [first, ...others] = known;
  return { ...shared(schema), ...(others.length === 0 ? first : { anyOf: known }), ...nullable };
}

function ofTypes(schema: JsonObject, types: unknown[], whole: Whole): JsonObject | null {
  const told = types.map((type) => (type === "null" ? { type } : { ...schema, type }));
  return oneOfSeveral({}, told, whole);
}

function plain(schema: JsonObject, whole: Whole): JsonObject | null {
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values !== undefined) {
    if (!Array.isArray(values)) return null;
    const texts = values.filter((value) => value !== null);
    // Only strings can be enumerated in this form.
    if (texts.length === 0 || texts.some((text) => typeof text !== "string")) return null;
    const nullable = texts.length < values.length ? { nullable: true } : {};
    return { ...shared(schema), type: "string", enum: texts, ...nullable };
  }
  switch (schema.type) {
    case "string":
    case "number":
    case "integer":
    case "boolean":
      return { ...shared(schema), type: schema.type };
    case "array": {
      const items = convert(schema.items, whole);
      return items && { ...shared(schema), type: "array", items };
    }
    default:
      return isObject(schema.properties) ? ofObject(schema, schema.properties, whole) : null;
  }
}

/** Properties that are not named are never written, so a schema that allows them is kept all the same. */
function ofObject(schema: JsonObject, named: JsonObject, whole: Whole): JsonObject | null {
  const entries = Object.entries(named).map(([name, it]) => [name, convert(it, whole)] as const);
  if (entries.length === 0 || entries.some(([, it]) => it === null)) return null;
  return { ...shared(schema), type: "object", properties: Object.fromEntries(entries) };
}
