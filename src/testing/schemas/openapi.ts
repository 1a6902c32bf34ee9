/**
 * What OpenAPI 3.1 demands of the objects that our document uses, closed but for `x-…`: written after
 * https://spec.openapis.org/oas/3.1/schema/2022-10-07, which is not shipped with any package here. What lies in a
 * schema is JSON Schema 2020-12 and checked as that.
 */

const text = { type: "string" };
const anything = {};
const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const listOf = (items: object) => ({ type: "array", items });
const mapOf = (values: object) => ({ type: "object", additionalProperties: values });

const object = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
  patternProperties: { "^x-": anything },
  additionalProperties: false,
});

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const operations = Object.fromEntries(METHODS.map((method) => [method, ref("operation")]));

export const OPENAPI = {
  $id: "https://nyuro.test/openapi-3.1",
  $ref: "#/$defs/document",
  $defs: {
    document: object(
      {
        openapi: { type: "string", pattern: "^3\\.1\\.\\d+$" },
        info: object({ title: text, version: text, description: text, summary: text }, ["title", "version"]),
        servers: listOf(object({ url: text, description: text }, ["url"])),
        paths: {
          type: "object",
          patternProperties: { "^/": ref("pathItem"), "^x-": anything },
          additionalProperties: false,
        },
        components: ref("components"),
        security: listOf(ref("requirement")),
        tags: listOf(object({ name: text, description: text }, ["name"])),
        // By the words of the specification; zod-openapi leaves it empty.
        webhooks: mapOf(ref("pathItem")),
      },
      ["openapi", "info", "paths"],
    ),
    components: object({
      schemas: { ...mapOf(ref("schema")), propertyNames: { pattern: "^[a-zA-Z0-9._-]+$" } },
      parameters: mapOf(ref("parameter")),
      responses: mapOf(ref("response")),
      securitySchemes: mapOf(ref("securityScheme")),
    }),
    pathItem: object({
      ...operations,
      parameters: listOf(ref("parameter")),
      summary: text,
      description: text,
    }),
    operation: object(
      {
        summary: text,
        description: text,
        operationId: text,
        tags: listOf(text),
        deprecated: { type: "boolean" },
        parameters: { ...listOf(ref("parameter")), uniqueItems: true },
        requestBody: object({ description: text, required: { type: "boolean" }, content: ref("content") }, [
          "content",
        ]),
        responses: {
          type: "object",
          minProperties: 1,
          patternProperties: { "^[1-5](?:\\d\\d|XX)$": ref("response"), "^default$": ref("response") },
          additionalProperties: false,
        },
        security: listOf(ref("requirement")),
      },
      ["responses"],
    ),
    parameter: {
      ...object(
        {
          name: text,
          in: { enum: ["query", "header", "path", "cookie"] },
          description: text,
          required: { type: "boolean" },
          deprecated: { type: "boolean" },
          schema: ref("schema"),
          style: text,
          explode: { type: "boolean" },
        },
        ["name", "in", "schema"],
      ),
      if: { properties: { in: { const: "path" } } },
      then: { required: ["required"], properties: { required: { const: true } } },
    },
    response: object({ description: text, headers: mapOf(anything), content: ref("content") }, [
      "description",
    ]),
    content: mapOf(object({ schema: ref("schema"), example: anything, examples: mapOf(anything) })),
    requirement: mapOf(listOf(text)),
    securityScheme: object(
      {
        type: { enum: ["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"] },
        description: text,
        scheme: text,
        bearerFormat: text,
        name: text,
        in: { enum: ["query", "header", "cookie"] },
      },
      ["type"],
    ),
    schema: { type: ["object", "boolean"] },
  },
};
