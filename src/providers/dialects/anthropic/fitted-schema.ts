import { isObject, type JsonObject } from "../../../core/json.ts";

/** A JSON schema as structured outputs take it. */
export interface FittedSchema {
  schema: JsonObject;
  /** Keywords that are not enforced: the model only reads of them, in the description of what they belong to. */
  unenforced: string[];
  /** Properties that may be missing, and those of several types: the API allows few of both. */
  optionalCount: number;
  unionCount: number;
}

/** What the walk over one schema found. */
interface Walk {
  unenforced: Set<string>;
  optionalCount: number;
  unionCount: number;
  /** By definition, those it refers to; the root is the empty name. */
  references: Map<string, Set<string>>;
  definition: string;
}

/** Annotations, and what has no meaning for an answer. */
const KEPT = new Set(["title", "description", "default", "enum", "const"]);
const WITHOUT_MEANING = new Set(
  "$schema $id $comment examples example deprecated readOnly writeOnly nullable discriminator xml externalDocs".split(
    " ",
  ),
);
const FORMATS = new Set("date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "));

/**
 * Rewrites a schema so that it means no more than it did: objects are closed, `oneOf` becomes `anyOf`, limits (`minimum`,
 * `maxLength`, `pattern`, …) move into descriptions. Null where that cannot be done: objects with free keys, values of
 * any type, tuples, intersections, recursion.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function fittedSchema(schema: JsonObject): FittedSchema | null {
  const walk: Walk = {
    unenforced: new Set(),
    optionalCount: 0,
    unionCount: 0,
    references: new Map(),
    definition: "",
  };
  const { $defs, definitions, ...told } = schema;
  const fitted = fitNode(rootOf(told, schema), walk);
  if (!fitted) return null;
  for (const [key, told] of Object.entries({ $defs, definitions })) {
    if (told === undefined) continue;
    const defined = fitDefinitions(told, `#/${key}/`, walk);
    if (!defined) return null;
    fitted[key] = defined;
  }
  if (isRecursive(walk.references)) return null;
  const { optionalCount, unionCount } = walk;
  return { schema: fitted, unenforced: [...walk.unenforced], optionalCount, unionCount };
}

/** The same of a tool's parameters, which must be an object, and never null. */
export function fittedParameters(parameters: JsonObject): FittedSchema | null {
  const fitted = fittedSchema(parameters);
  return fitted?.schema.type === "object" ? fitted : null;
}

/** A root that only refers (what generators write of a named type) is what it refers to: a tool needs its own type. */
function rootOf(told: JsonObject, schema: JsonObject, hops = 0): unknown {
  const only = Array.isArray(told.allOf) && told.allOf.length === 1 ? told.allOf[0] : told;
  if (!isObject(only) || typeof only.$ref !== "string") return only;
  const [, place = "", name = ""] = REFERENCE.exec(only.$ref) ?? [];
  const named = schema[place];
  const found = isObject(named) && Object.hasOwn(named, name) ? named[name] : null;
  return isObject(found) && hops < MOST_HOPS ? rootOf(found, schema, hops + 1) : null;
}

const REFERENCE = /^#\/(\$defs|definitions)\/([^/]+)$/;
/** More is a reference to itself. */
const MOST_HOPS = 20;

function fitDefinitions(told: unknown, prefix: string, walk: Walk): JsonObject | null {
  if (!isObject(told)) return null;
  const fitted: JsonObject = {};
  for (const [name, node] of Object.entries(told)) {
    walk.definition = prefix + name;
    const definition = fitNode(node, walk);
    if (!definition) return null;
    fitted[name] = definition;
  }
  return fitted;
}

function fitNode(node: unknown, walk: Walk): JsonObject | null {
  if (!isObject(node)) return null;
  if (typeof node.$ref === "string") return fitReference(node.$ref, walk);
  // What pydantic writes around a reference with a description.
  if (Array.isArray(node.allOf)) return node.allOf.length === 1 ? fitNode(node.allOf[0], walk) : null;
  const fitted: JsonObject = {};
  const rest: JsonObject = {};
  for (const [key, value] of Object.entries(node)) {
    if (KEPT.has(key)) fitted[key] = value;
    else if (!WITHOUT_MEANING.has(key)) rest[key] = value;
  }
  const isFit = rest.anyOf || rest.oneOf ? fitUnion(rest, fitted, walk) : fitType(rest, fitted, node, walk);
  if (!isFit) return null;
  tellUnenforced(rest, fitted, walk);
  return fitted;
}

function fitReference(reference: string, walk: Walk): JsonObject | null {
  if (!REFERENCE.test(reference)) return null;
  const found = walk.references.get(walk.definition) ?? new Set();
  walk.references.set(walk.definition, found.add(reference));
  return { $ref: reference };
}

function fitUnion(rest: JsonObject, fitted: JsonObject, walk: Walk): boolean {
  const options = rest.anyOf ?? rest.oneOf;
  if (!Array.isArray(options) || options.length === 0 || "type" in rest || "properties" in rest) return false;
  const branches = options.map((option) => fitNode(option, walk));
  if (branches.includes(null)) return false;
  walk.unionCount += 1;
  fitted.anyOf = branches;
  delete rest.anyOf;
  delete rest.oneOf;
  return true;
}

/** Takes out of `rest` what it understood. */
function fitType(rest: JsonObject, fitted: JsonObject, node: JsonObject, walk: Walk): boolean {
  const types: unknown[] = Array.isArray(rest.type) ? rest.type : [rest.type];
  if (rest.type === undefined) return hasPlainValues(fitted);
  if ("enum" in fitted && !hasPlainValues(fitted)) return false;
  delete rest.type;
  const isNullable = node.nullable === true && !types.includes("null");
  fitted.type = isNullable ? [...types, "null"] : types.length === 1 ? types[0] : types;
  if (Array.isArray(fitted.type)) walk.unionCount += 1;
  if (typeof rest.format === "string" && FORMATS.has(rest.format)) {
    fitted.format = rest.format;
    delete rest.format;
  }
  if (types.includes("array") && !fitItems(rest, fitted, walk)) return false;
  return !types.includes("object") || fitObject(rest, fitted, walk);
}

function hasPlainValues({ enum: values, const: value }: JsonObject): boolean {
  const all: unknown[] = Array.isArray(values) ? values : value === undefined ? [] : [value];
  return all.length > 0 && all.every((it) => it === null || typeof it !== "object");
}

function fitItems(rest: JsonObject, fitted: JsonObject, walk: Walk): boolean {
  const items = "prefixItems" in rest ? null : fitNode(rest.items, walk);
  if (!items) return false;
  fitted.items = items;
  delete rest.items;
  if (rest.minItems === 0 || rest.minItems === 1) {
    fitted.minItems = rest.minItems;
    delete rest.minItems;
  }
  return true;
}

/** An object that must have free keys would lose them; one that merely may have others stays right without. */
function fitObject(rest: JsonObject, fitted: JsonObject, walk: Walk): boolean {
  const { properties, additionalProperties, required } = rest;
  if (isObject(additionalProperties) || "patternProperties" in rest) return false;
  if (!isObject(properties) && additionalProperties !== false) return false;
  const told = isObject(properties) ? properties : {};
  const own = Object.fromEntries(Object.entries(told).map(([name, node]) => [name, fitNode(node, walk)]));
  if (Object.values(own).includes(null)) return false;
  const needed: unknown[] = Array.isArray(required) ? required : [];
  const isNeeded = new Set(needed);
  walk.optionalCount += Object.keys(own).filter((name) => !isNeeded.has(name)).length;
  fitted.properties = own;
  fitted.additionalProperties = false;
  if (needed.length > 0) fitted.required = needed;
  for (const key of ["properties", "additionalProperties", "required"]) delete rest[key];
  return needed.every((name) => typeof name === "string" && Object.hasOwn(own, name));
}

function tellUnenforced(rest: JsonObject, fitted: JsonObject, walk: Walk): void {
  const keys = Object.keys(rest);
  if (keys.length === 0) return;
  for (const key of keys) walk.unenforced.add(key);
  const limits = keys.map((key) => `${key}: ${JSON.stringify(rest[key])}`).join(", ");
  const description = typeof fitted.description === "string" ? `${fitted.description}\n\n` : "";
  fitted.description = `${description}{${limits}}`;
}

/** Takes away what nobody refers to until nothing is left, or a circle. No call stack: callers may write long chains. */
function isRecursive(references: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const pending = new Map<string, number>();
  for (const names of references.values())
    for (const name of names) pending.set(name, (pending.get(name) ?? 0) + 1);
  const free = [...references.keys()].filter((name) => !pending.has(name));
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    for (const next of references.get(name) ?? []) {
      const left = (pending.get(next) ?? 0) - 1;
      if (left > 0) pending.set(next, left);
      else {
        pending.delete(next);
        free.push(next);
      }
    }
  }
  return pending.size > 0;
}
