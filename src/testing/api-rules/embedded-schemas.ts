import { Ajv2020 } from "ajv/dist/2020.js";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";

const ajv = new Ajv2020({ strict: false, logger: false });

/** What is wrong with a JSON schema inside a request: it is none, or a reference leads nowhere. */
export function schemaProblems(schema: unknown): string[] {
  if (!isObject(schema)) return ["a schema is no object"];
  const { $schema: _, ...rest } = schema;
  const problems = ajv.validateSchema(rest) ? [] : [`no JSON schema: ${ajv.errorsText(ajv.errors)}`];
  return [...problems, ...danglingReferences(rest, rest)];
}

function danglingReferences(node: unknown, root: JsonObject): string[] {
  if (Array.isArray(node)) return node.flatMap((it) => danglingReferences(it, root));
  if (!isObject(node)) return [];
  const inner = Object.values(node).flatMap((it) => danglingReferences(it, root));
  const { $ref } = node;
  if (typeof $ref !== "string" || leadsSomewhere($ref, root)) return inner;
  return [...inner, `${$ref} leads nowhere`];
}

function leadsSomewhere(reference: string, root: JsonObject): boolean {
  if (!reference.startsWith("#")) return false;
  let at: unknown = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return false;
    at = at[step];
  }
  return at !== undefined;
}

const ONE = ["items", "additionalProperties", "not"];
const LISTED = ["anyOf", "oneOf", "allOf", "prefixItems"];
const NAMED = ["properties", "$defs", "definitions", "patternProperties"];

/** The names of all properties that a schema has anywhere in it. */
export function propertiesOf(schema: unknown): string[] {
  if (!isObject(schema)) return [];
  const inner = [
    ...ONE.map((word) => schema[word]),
    ...LISTED.flatMap((word) => (Array.isArray(schema[word]) ? schema[word] : [])),
    ...NAMED.flatMap((word) => (isObject(schema[word]) ? Object.values(schema[word]) : [])),
  ];
  const own = isObject(schema.properties) ? Object.keys(schema.properties) : [];
  return [...own, ...inner.flatMap(propertiesOf)];
}

/** At least the names of all properties of the schemas that are somewhere in a request, as text too. */
export function propertyNames(node: unknown): Set<string> {
  const names = new Set<string>();
  const walk = (it: unknown): void => {
    if (typeof it === "string" && it.startsWith('{"')) walk(parseJson(it));
    if (Array.isArray(it)) for (const inner of it) walk(inner);
    if (!isObject(it)) return;
    if (isObject(it.properties)) for (const name of Object.keys(it.properties)) names.add(name);
    for (const inner of Object.values(it)) walk(inner);
  };
  walk(node);
  return names;
}
