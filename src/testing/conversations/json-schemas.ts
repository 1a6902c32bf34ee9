import fc from "fast-check";
import type { JsonObject } from "../../core/json.ts";
import { mixed } from "./mixed.ts";
import { words } from "./texts.ts";

const DEFINITIONS = ["Address", "Node"] as const;
const propertyNames = mixed(
  [8, fc.constantFrom("city", "unit", "count", "tags", "when", "nested", "type", "default")],
  [1, fc.constantFrom("constructor", "$ref", "naïve key", "properties", "enum")],
);

const described = fc.record({ title: words, description: words }, { requiredKeys: [] });
const plain: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { type: "string" },
  { type: "string", format: "date-time" },
  { type: "string", minLength: 1, maxLength: 9, pattern: "^[a-z]+$" },
  { type: "number", minimum: 0, maximum: 1.5 },
  { type: "integer", multipleOf: 2 },
  { type: "boolean", default: false },
  { type: ["string", "null"] },
  { type: "string", nullable: true },
  { type: "null" },
  { enum: ["a", "b", null] },
  { type: "string", enum: ["C", "F"] },
  { type: "integer", enum: [1, 2] },
  { const: "fixed" },
  { const: 3 },
  { $ref: "#/$defs/Address" },
  { $ref: "#/definitions/Node", description: "a reference with a neighbour" },
  { allOf: [{ $ref: "#/$defs/Address" }] },
  {},
);

const DEEPEST = 3;

function nodes(depth: number): fc.Arbitrary<JsonObject> {
  const leaf = fc.tuple(plain, described).map(([schema, about]): JsonObject => ({ ...about, ...schema }));
  if (depth === 0) return leaf;
  const inner = nodes(depth - 1);
  const unions = fc.array(inner, { minLength: 1, maxLength: 3 });
  return mixed<JsonObject>(
    [6, leaf],
    [2, objects(depth - 1)],
    [1, inner.map((items) => ({ type: "array", items, minItems: 1 }))],
    [1, unions.map((anyOf) => ({ anyOf }))],
    [0.3, inner.map((it) => ({ oneOf: [it, { type: "null" }] }))],
    [0.3, inner.map((it) => ({ type: "object", additionalProperties: it }))],
    [0.1, inner.map((it) => ({ type: "array", prefixItems: [it], items: false }))],
    [0.1, fc.constantFrom({ not: { type: "null" } }, { type: "object", patternProperties: { "^x": {} } })],
  );
}

function objects(depth: number): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      fc.dictionary(propertyNames, nodes(depth), { maxKeys: 4, noNullPrototype: true }),
      fc.boolean(),
      fc.constantFrom<unknown>(undefined, undefined, false, true),
    )
    .map(([properties, areAllNeeded, additionalProperties]) => ({
      type: "object",
      properties,
      ...(areAllNeeded ? { required: Object.keys(properties) } : {}),
      ...(additionalProperties === undefined ? {} : { additionalProperties }),
    }));
}

/** What the references of a schema lead to, one of them to itself. */
const definitions = {
  $defs: {
    [DEFINITIONS[0]]: {
      type: "object",
      properties: { street: { type: "string" } },
      required: ["street"],
      additionalProperties: false,
    },
  },
  definitions: {
    [DEFINITIONS[1]]: {
      type: "object",
      properties: { next: { $ref: "#/definitions/Node" } },
      additionalProperties: false,
    },
  },
};

/** Keeps only the definitions that are referred to, so that most schemas have none. */
function withDefinitions(schema: JsonObject): JsonObject {
  const told = JSON.stringify(schema);
  return {
    ...schema,
    ...(told.includes('"#/$defs/') ? { $defs: definitions.$defs } : {}),
    ...(told.includes('"#/definitions/') ? { definitions: definitions.definitions } : {}),
  };
}

/** Of an object, mostly closed enough that it can be enforced. */
export const objectSchemas: fc.Arbitrary<JsonObject> = mixed(
  [5, objects(DEEPEST).map(withDefinitions)],
  [1, fc.constant<JsonObject>({ type: "object", properties: {} })],
  [
    1,
    fc.constant<JsonObject>({
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    }),
  ],
);

/** Those that APIs rather refuse: a reference or a union at the root, or no object at all. */
export const oddSchemas: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant<JsonObject>({}),
  fc.constant<JsonObject>({ type: "object" }),
  fc.constant<JsonObject>({ $ref: "#/$defs/Address" }).map(withDefinitions),
  fc.array(objects(1), { minLength: 1, maxLength: 2 }).map((anyOf) => withDefinitions({ anyOf })),
  nodes(1).map(withDefinitions),
);
