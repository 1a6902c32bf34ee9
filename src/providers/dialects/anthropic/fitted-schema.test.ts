import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import { fittedSchema } from "./fitted-schema.ts";

const text = { type: "string" };
const fitted = (schema: Record<string, unknown>) => fittedSchema(deepFreeze(schema));
const object = (properties: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  type: "object",
  properties,
  ...rest,
});

describe("a schema that can be made to fit", () => {
  test("every object is closed, however deep", () => {
    const inner = object({ b: text }, { required: ["b"] });
    const closed = { ...inner, additionalProperties: false };
    const found = fitted(
      object(
        {
          a: inner,
          list: { type: "array", items: inner, minItems: 1 },
          one: { anyOf: [inner, { type: "null" }] },
        },
        { required: ["a", "list"], $defs: { D: inner } },
      ),
    );
    expect(found).toEqual({
      schema: {
        type: "object",
        properties: {
          a: closed,
          list: { type: "array", items: closed, minItems: 1 },
          one: { anyOf: [closed, { type: "null" }] },
        },
        required: ["a", "list"],
        additionalProperties: false,
        $defs: { D: closed },
      },
      unenforced: [],
      optionalCount: 1,
      unionCount: 1,
    });
  });

  test("limits move into the description and are named", () => {
    const found = fitted(
      object({
        age: { type: "integer", minimum: 0, maximum: 150, description: "In years." },
        tags: { type: "array", items: { type: "string", pattern: "^a" }, minItems: 2 },
        day: { type: "string", format: "date" },
        odd: { type: "string", format: "color" },
      }),
    );
    expect(found?.schema.properties).toEqual({
      age: { type: "integer", description: "In years.\n\n{minimum: 0, maximum: 150}" },
      tags: {
        type: "array",
        items: { type: "string", description: '{pattern: "^a"}' },
        description: "{minItems: 2}",
      },
      day: { type: "string", format: "date" },
      odd: { type: "string", description: '{format: "color"}' },
    });
    expect(found?.unenforced).toEqual(["minimum", "maximum", "pattern", "minItems", "format"]);
  });

  test("unions, references, enums and nullable keep their meaning", () => {
    const found = fitted({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      ...object(
        {
          kind: { enum: ["a", "b", null] },
          who: { $ref: "#/$defs/Who", description: "left out: a reference stands alone" },
          also: { allOf: [{ $ref: "#/$defs/Who" }], title: "Also" },
          either: { oneOf: [text, { type: "number" }] },
          maybe: { type: "string", nullable: true },
        },
        { additionalProperties: true, $defs: { Who: object({ name: text }) } },
      ),
    });
    expect(found?.schema).toEqual({
      type: "object",
      properties: {
        kind: { enum: ["a", "b", null] },
        who: { $ref: "#/$defs/Who" },
        also: { $ref: "#/$defs/Who" },
        either: { anyOf: [text, { type: "number" }] },
        maybe: { type: ["string", "null"] },
      },
      additionalProperties: false,
      $defs: { Who: { type: "object", properties: { name: text }, additionalProperties: false } },
    });
    expect(found).toMatchObject({ optionalCount: 6, unionCount: 2, unenforced: [] });
  });

  test("a property may be called like a keyword", () => {
    const found = fitted(object({ minimum: text, properties: text, $ref: text }, { required: ["minimum"] }));
    expect(found?.schema.properties).toEqual({ minimum: text, properties: text, $ref: text });
    expect(found?.unenforced).toEqual([]);
  });
});

describe("a schema that cannot be made to fit without losing what it allows", () => {
  test.each([
    ["free keys of one type", { type: "object", additionalProperties: text }],
    ["free keys beside known ones", object({ a: text }, { additionalProperties: {} })],
    ["an object of anything", object({ a: { type: "object" } })],
    ["an object of anything, said so", { type: "object", additionalProperties: true }],
    ["keys by pattern", object({ a: text }, { patternProperties: { "^x": text } })],
    ["a value of any type", object({ a: {} })],
    ["a value of any type, said so", object({ a: true })],
    ["an array of anything", object({ a: { type: "array" } })],
    ["a tuple", object({ a: { type: "array", prefixItems: [text] } })],
    ["a tuple of the old form", object({ a: { type: "array", items: [text, text] } })],
    ["an intersection", { allOf: [object({ a: text }), object({ b: text })] }],
    ["a union beside properties", object({ a: text }, { anyOf: [{ required: ["a"] }, { required: [] }] })],
    [
      "recursion",
      object({ a: { $ref: "#/$defs/A" } }, { $defs: { A: object({ a: { $ref: "#/$defs/A" } }) } }),
    ],
    ["recursion into the root", object({ a: { $ref: "#" } })],
    ["a foreign reference", object({ a: { $ref: "https://example.com/a.json" } })],
    ["an enum of objects", object({ a: { enum: [{ b: 1 }] } })],
    ["a required property that is not told", object({ a: text }, { required: ["b"] })],
  ])("%s", (_, schema) => expect(fitted(schema)).toBeNull());
});
