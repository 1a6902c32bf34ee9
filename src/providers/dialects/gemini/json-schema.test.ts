import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../core/json.ts";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import { writeJsonSchema } from "./json-schema.ts";
import { toSubset } from "./schema-subset.ts";

const text = { type: "string" };
const object = (properties: JsonObject, rest: JsonObject = {}) => ({ type: "object", properties, ...rest });

describe("a JSON schema for Gemini 2.5 and later", () => {
  test.each([
    [object({ a: { const: 7 } }), object({ a: { enum: [7] } })],
    [object({ a: { const: null } }), object({ a: { type: "null" } })],
    [object({ a: { const: true } }), object({ a: { const: true } })],
    [object({ const: text }), object({ const: text })],
    [
      object({ a: { $ref: "#/definitions/t" } }, { definitions: { t: { const: "x" } } }),
      object({ a: { $ref: "#/$defs/t" } }, { $defs: { t: { enum: ["x"] } } }),
    ],
    [
      object({ a: { $ref: "#/$defs/t", title: "T" } }),
      object({ a: { anyOf: [{ $ref: "#/$defs/t" }], title: "T" } }),
    ],
    [object({ a: { allOf: [text], default: "x" } }), object({ a: { anyOf: [text], default: "x" } })],
    [
      { $schema: "x", ...object({ a: { anyOf: [text, { const: 1 }] } }) },
      object({ a: { anyOf: [text, { enum: [1] }] } }),
    ],
    [
      object({ a: { type: "array", items: { const: "x" } } }),
      object({ a: { type: "array", items: { enum: ["x"] } } }),
    ],
    [
      object({}, { additionalProperties: { const: "x" } }),
      object({}, { additionalProperties: { enum: ["x"] } }),
    ],
  ])("says the same in Google's words: %j", (schema, written) => {
    expect(writeJsonSchema(deepFreeze(schema))).toEqual({ schema: written, isEnforced: true });
  });

  test.each([
    object({ a: { allOf: [text, text] } }),
    object({ a: { not: text } }),
    object({}, { patternProperties: { "^x": text } }),
    object({ a: { type: "array", items: { anyOf: [{ if: text }] } } }),
    object({ a: { $ref: "#/$defs/t" } }, { $defs: { t: { contains: text } } }),
    object({ a: { $ref: "#/$defs/t", anyOf: [text] } }),
  ])("is told apart where Google passes over it: %j", (schema) => {
    expect(writeJsonSchema(deepFreeze(schema)).isEnforced).toBe(false);
  });
});

describe("a JSON schema for older models", () => {
  test.each([
    [object({ a: text }), object({ a: text })],
    [
      object({ a: { oneOf: [text, { type: "integer" }] } }),
      object({ a: { anyOf: [text, { type: "integer" }] } }),
    ],
    [
      object({ a: { anyOf: [text, { type: "null" }], title: "A" } }),
      object({ a: { ...text, title: "A", nullable: true } }),
    ],
    [
      object({ a: { type: ["string", "integer", "null"] } }),
      object({ a: { anyOf: [text, { type: "integer" }], nullable: true } }),
    ],
    [object({ a: { const: "x" } }), object({ a: { ...text, enum: ["x"] } })],
    [object({ a: { allOf: [{ $ref: "#/$defs/t" }] } }, { $defs: { t: text } }), object({ a: text })],
    [
      object({ a: { $ref: "#/$defs/t", description: "D" } }, { $defs: { t: text } }),
      object({ a: { ...text, description: "D" } }),
    ],
    [
      { $schema: "x", ...object({ a: { ...text, examples: ["x"] } }, { additionalProperties: false }) },
      object({ a: text }),
    ],
  ])("is converted: %j", (schema, converted) => {
    expect(toSubset(deepFreeze(schema))).toEqual(converted);
  });

  test.each([
    object({}),
    { type: "string", not: {} },
    object({ a: { enum: [1, 2] } }),
    object({ a: { const: true } }),
    object({ a: { type: "array" } }),
    object({ a: { type: "array", prefixItems: [text], items: text } }),
    object({ a: {} }),
    object({ a: true }),
    object({ a: { allOf: [text, text] } }),
    object({ a: { anyOf: [{ type: "null" }] } }),
    object({ a: { type: "integer", exclusiveMinimum: 0 } }),
    object({ a: { $ref: "https://example.com/schema" } }),
    object({ a: { $ref: "#/$defs/t" } }, { $defs: { t: object({ a: { $ref: "#/$defs/t" } }) } }),
    object({ a: { $ref: "#" } }),
  ])("is refused where it cannot be said: %j", (schema) => {
    expect(toSubset(deepFreeze(schema))).toBeNull();
  });

  test("is refused at once where its references would make it endless", () => {
    const names = Array.from({ length: 30 }, (_, at) => `t${at}`);
    const twice = (name: string) =>
      object({ a: { $ref: `#/$defs/${name}` }, b: { $ref: `#/$defs/${name}` } });
    const $defs = Object.fromEntries(names.map((name, at) => [name, at < 29 ? twice(`t${at + 1}`) : text]));
    expect(toSubset({ ...twice("t0"), $defs })).toBeNull();
  });
});
