import type { JsonObject } from "../../core/json.ts";

/** An object that has these properties and no others; those with `?` may be missing. */
function object(properties: JsonObject, rest: JsonObject = {}): JsonObject {
  const names = Object.keys(properties);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace("?", ""), properties[name]])),
    required: names.filter((name) => !name.endsWith("?")),
    additionalProperties: false,
    ...rest,
  };
}

const ref = (name: string) => ({ $ref: `#/$defs/${name}` });
const list = (items: unknown, rest: JsonObject = {}) => ({ type: "array", items, minItems: 1, ...rest });
const text = { type: "string" };
const some = { type: "string", minLength: 1 };
const count = { type: "integer", minimum: 1 };
const signed = { "thoughtSignature?": some };
/** Letters, digits, underscores, dashes, dots and colons. Up to 64 on Vertex, up to 128 in AI Studio's reference. */
const name = { type: "string", pattern: "^[A-Za-z0-9_.:-]{1,128}$" };

/** https://ai.google.dev/api/caching#Part. Call ids are left out on purpose: Vertex refuses them. */
const PARTS = {
  text: object({ text, ...signed }),
  inlineData: object({
    inlineData: object({
      mimeType: { type: "string", pattern: "^(image|audio|video|text|application)/[\\w.+-]+$" },
      data: { type: "string", contentEncoding: "base64" },
    }),
  }),
  fileData: object({
    fileData: object({ "mimeType?": some, fileUri: { type: "string", pattern: "^(gs|https?)://" } }),
  }),
  functionCall: object({ functionCall: object({ name, args: { type: "object" } }), ...signed }),
  functionResponse: object({
    functionResponse: object({
      name,
      response: { type: "object", minProperties: 1 },
      "parts?": list(ref("inlineData")),
    }),
  }),
};

/** https://ai.google.dev/api/caching#Content */
const CONTENTS = {
  userContent: object({
    role: { const: "user" },
    parts: list({ oneOf: ["text", "inlineData", "fileData", "functionResponse"].map(ref) }),
  }),
  modelContent: object({
    role: { const: "model" },
    parts: list({ oneOf: ["text", "inlineData", "fileData", "functionCall"].map(ref) }),
  }),
};

/** The part of OpenAPI that is a `Schema`: https://ai.google.dev/api/caching#Schema */
const SCHEMA = object({
  "type?": { enum: ["string", "number", "integer", "boolean", "array", "object", "null"] },
  "title?": text,
  "description?": text,
  "format?": text,
  "nullable?": { type: "boolean" },
  "enum?": list(text),
  "default?": true,
  "pattern?": text,
  "items?": ref("schema"),
  "properties?": { type: "object", additionalProperties: ref("schema"), minProperties: 1 },
  "required?": { type: "array", items: text },
  "propertyOrdering?": { type: "array", items: text },
  "anyOf?": list(ref("schema")),
  ...Object.fromEntries(
    ["Items", "Length", "Properties", "imum"].flatMap((word) => [
      [`min${word}?`, { type: "number" }],
      [`max${word}?`, { type: "number" }],
    ]),
  ),
});

/** https://ai.google.dev/api/caching#FunctionDeclaration */
const TOOLS = {
  functionDeclaration: object(
    {
      name,
      "description?": text,
      "parameters?": ref("schema"),
      "parametersJsonSchema?": { type: "object" },
    },
    { not: { required: ["parameters", "parametersJsonSchema"] } },
  ),
  toolConfig: object({
    functionCallingConfig: object(
      { mode: { enum: ["AUTO", "ANY", "NONE", "VALIDATED"] }, "allowedFunctionNames?": list(name) },
      {
        dependentSchemas: { allowedFunctionNames: { properties: { mode: { enum: ["ANY", "VALIDATED"] } } } },
      },
    ),
  }),
};

/** One of the two: "You can only set only one of thinking budget and thinking level." */
const THINKING = object(
  {
    "includeThoughts?": { const: true },
    "thinkingBudget?": { type: "integer", minimum: -1 },
    "thinkingLevel?": { enum: ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
  },
  { minProperties: 1, not: { required: ["thinkingBudget", "thinkingLevel"] } },
);

/** https://ai.google.dev/api/generate-content#generationconfig */
const GENERATION_CONFIG = object(
  {
    "maxOutputTokens?": count,
    "temperature?": { type: "number", minimum: 0, maximum: 2 },
    "topP?": { type: "number", minimum: 0, maximum: 1 },
    "topK?": { type: "number" },
    "stopSequences?": list(some, { maxItems: 5 }),
    "candidateCount?": { type: "integer", minimum: 1, maximum: 8 },
    "seed?": { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
    "presencePenalty?": { type: "number", minimum: -2, maximum: 2 },
    "frequencyPenalty?": { type: "number", minimum: -2, maximum: 2 },
    "responseLogprobs?": { type: "boolean" },
    "logprobs?": { type: "integer", minimum: 1, maximum: 20 },
    "responseMimeType?": { enum: ["text/plain", "application/json"] },
    "responseSchema?": ref("schema"),
    "responseJsonSchema?": { type: "object" },
    "responseModalities?": list({ enum: ["TEXT", "IMAGE"] }),
    "thinkingConfig?": THINKING,
  },
  {
    minProperties: 1,
    not: { required: ["responseSchema", "responseJsonSchema"] },
    dependentSchemas: {
      responseSchema: { required: ["responseMimeType"] },
      responseJsonSchema: { required: ["responseMimeType"] },
      logprobs: { required: ["responseLogprobs"] },
    },
  },
);

/**
 * What `generateContent` and `streamGenerateContent` take, as a JSON Schema (2020-12), from
 * https://ai.google.dev/api/generate-content and, for what differs, Vertex's reference:
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference. Unknown fields are refused there
 * (`Invalid JSON payload received. Unknown name`), so this is closed. It knows only what the gateway sends.
 * Not confirmed: that a request may begin with the model's turn.
 */
export const geminiChatRequest: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $defs: { ...PARTS, ...CONTENTS, ...TOOLS, schema: SCHEMA },
  ...object(
    {
      "systemInstruction?": object({ parts: list(object({ text: some })) }),
      contents: list({ oneOf: [ref("userContent"), ref("modelContent")] }),
      "tools?": list(object({ functionDeclarations: list(ref("functionDeclaration"), { maxItems: 512 }) })),
      "toolConfig?": ref("toolConfig"),
      "generationConfig?": GENERATION_CONFIG,
    },
    { dependentSchemas: { toolConfig: { required: ["tools"] } } },
  ),
};

/** `batchEmbedContents`: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
export const geminiEmbedRequest: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...object({
    requests: list(
      object({
        model: { type: "string", pattern: "^models/[^/]+$" },
        content: object({ parts: list(object({ text })) }),
        "outputDimensionality?": count,
      }),
      { maxItems: 100 },
    ),
  }),
};

/** Vertex's `predict`: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
export const geminiPredictRequest: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...object({
    instances: list(object({ content: text }), { maxItems: 250 }),
    parameters: object({ autoTruncate: { type: "boolean" }, "outputDimensionality?": count }),
  }),
};
