import fc from "fast-check";
import type { JsonSchema } from "../served-routes.ts";

/** How deep a value of a schema without an end may go. */
const DEEPEST = 6;
const TIMES = [
  "2027-01-15T08:00:00Z",
  "2027-01-15T09:00:00+01:00",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
];

/**
 * Values that a schema of the document allows, of the keywords it uses. What a pattern allows is told by example where
 * there is one for the name of the property.
 */
export class ValidValues {
  private readonly schemas: Readonly<Record<string, JsonSchema>>;
  private readonly examples: Readonly<Record<string, readonly unknown[]>>;

  constructor(
    schemas: Readonly<Record<string, JsonSchema>>,
    examples: Readonly<Record<string, readonly unknown[]>>,
  ) {
    this.schemas = schemas;
    this.examples = examples;
  }

  of(schema: JsonSchema, name = "", depth = 0): fc.Arbitrary<unknown> {
    const examples = this.examples[name];
    if (examples && depth > 0) return fc.constantFrom(...examples);
    if (depth > DEEPEST) return fc.constantFrom(null, 1, "deep");
    if (typeof schema.$ref === "string") return this.of(this.named(schema.$ref), name, depth);
    if ("const" in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    const some = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
    if (some) return fc.oneof(...some.map((it) => this.of(it, name, depth + 1)));
    if (Array.isArray(schema.allOf)) return this.allOf(schema.allOf, name, depth);
    const types = [schema.type].flat().filter((it) => typeof it === "string");
    if (types.length === 0) return fc.jsonValue({ maxDepth: 2 });
    return fc.oneof(...types.map((type) => this.ofType(type, schema, name, depth)));
  }

  private named(ref: string): JsonSchema {
    const found = this.schemas[ref.replace("#/components/schemas/", "")];
    if (!found) throw new Error(`${ref} leads nowhere`);
    return found;
  }

  private allOf(parts: readonly JsonSchema[], name: string, depth: number): fc.Arbitrary<unknown> {
    return fc
      .tuple(...parts.map((part) => this.of(part, name, depth + 1)))
      .map((values) => Object.assign({}, ...values));
  }

  private ofType(type: string, schema: JsonSchema, name: string, depth: number): fc.Arbitrary<unknown> {
    if (type === "null") return fc.constant(null);
    if (type === "boolean") return fc.boolean();
    if (type === "integer" || type === "number") return numbers(schema, type === "integer");
    if (type === "array") return this.lists(schema, name, depth);
    return type === "object" ? this.objects(schema, depth) : texts(schema);
  }

  private lists(schema: JsonSchema, name: string, depth: number): fc.Arbitrary<unknown[]> {
    const items = this.of((schema.items ?? {}) as JsonSchema, name, depth + 1);
    const minLength = Number(schema.minItems ?? 0);
    return fc.array(items, { minLength, maxLength: Math.max(minLength, 3) });
  }

  private objects(schema: JsonSchema, depth: number): fc.Arbitrary<object> {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
    const model = Object.fromEntries(properties.map(([key, it]) => [key, this.of(it, key, depth + 1)]));
    const requiredKeys = (schema.required ?? []) as string[];
    const known = fc.record(model, { requiredKeys, noNullPrototype: true });
    const { additionalProperties: more } = schema;
    if (typeof more !== "object" || more === null) return known;
    const others = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,8}$/),
      this.of(more as JsonSchema, "", depth + 1),
      {
        maxKeys: 2,
        noNullPrototype: true,
      },
    );
    return fc.tuple(others, known).map(([extra, told]) => ({ ...extra, ...told }));
  }
}

function numbers(schema: JsonSchema, isInteger: boolean): fc.Arbitrary<number> {
  const min = Number(schema.minimum ?? schema.exclusiveMinimum ?? -5);
  const max = Math.min(
    Number(schema.maximum ?? schema.exclusiveMaximum ?? min + 2000),
    Number.MAX_SAFE_INTEGER,
  );
  if (isInteger) return fc.integer({ min: Math.ceil(min), max: Math.floor(max) });
  const inner = fc.double({ min, max, noNaN: true, minExcluded: true, maxExcluded: true });
  return fc.oneof(inner, fc.constant((min + max) / 2));
}

function texts(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === "date-time") return fc.constantFrom(...TIMES);
  if (typeof schema.pattern === "string")
    return fc.stringMatching(new RegExp(schema.pattern), { maxLength: 40 });
  const minLength = Number(schema.minLength ?? 0);
  const maxLength = Math.max(minLength, Math.min(Number(schema.maxLength ?? 20), 20));
  return fc.string({ unit: "grapheme", minLength, maxLength });
}
