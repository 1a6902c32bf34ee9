/**
 * What Amazon Bedrock's Converse and ConverseStream take, as a JSON Schema (2020-12), from
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and its service model
 * (botocore 1.44, `bedrock-runtime/2023-09-30/service-2.json`). AWS refuses unknown fields and unions of more than one
 * member, so everything but a model's own fields is closed. Stricter than the model where the service was seen to be:
 * no blank text, who may say what, and ids without `.` and `:`, which Claude refuses.
 */
const text = { type: "string" } as const;
const said = { type: "string", pattern: "\\S" } as const;
const flag = { type: "boolean" } as const;
const part = { type: "number", minimum: 0, maximum: 1 } as const;
const empty = { type: "object", maxProperties: 0 } as const;
const base64 = { type: "string", pattern: "^[A-Za-z0-9+/]+={0,2}$" } as const;
const callId = { type: "string", pattern: "^[a-zA-Z0-9_-]{1,64}$" } as const;
const toolName = { type: "string", pattern: "^[a-zA-Z0-9_-]{1,64}$" } as const;
/** A document type: any JSON object. */
const json = { type: "object" } as const;

function closed<T extends Record<string, unknown>>(properties: T, required: readonly string[] = []) {
  return { type: "object", additionalProperties: false, properties, required } as const;
}

/** One member, and no more. */
function union<T extends Record<string, unknown>>(properties: T) {
  return { ...closed(properties), minProperties: 1, maxProperties: 1 } as const;
}

const source = union({
  bytes: base64,
  s3Location: closed({ uri: { type: "string", pattern: "^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$" } }, [
    "uri",
  ]),
});
const media = (formats: readonly string[]) =>
  closed({ format: { enum: formats }, source }, ["format", "source"]);

const image = media(["png", "jpeg", "gif", "webp"]);
const video = media(["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"]);
const audio = media(["mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "m4a", "pcm", "webm"]);
const document = closed(
  {
    format: { enum: ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"] },
    name: { type: "string", pattern: "^(?!.*\\s\\s)[a-zA-Z0-9\\s\\-()\\[\\]]{1,200}$" },
    source,
  },
  ["format", "name", "source"],
);
const cachePoint = closed({ type: { const: "default" }, ttl: { enum: ["5m", "1h"] } }, ["type"]);

const toolResult = closed(
  {
    toolUseId: callId,
    content: { type: "array", minItems: 1, items: union({ text: said, json, image, document, video }) },
    status: { enum: ["success", "error"] },
  },
  ["toolUseId", "content"],
);
const toolUse = closed({ toolUseId: callId, name: toolName, input: json }, ["toolUseId", "name", "input"]);
const reasoningContent = union({
  reasoningText: closed({ text, signature: { type: "string", minLength: 1 } }, ["text", "signature"]),
  redactedContent: base64,
});

const blocks = (members: Record<string, unknown>) =>
  ({ type: "array", minItems: 1, items: union(members) }) as const;
const userMessage = closed(
  {
    role: { const: "user" },
    content: {
      ...blocks({ text: said, image, document, video, audio, toolResult, cachePoint }),
      // "If you include a ContentBlock with a document field, you must also include one with a text field."
      if: { contains: { required: ["document"] } },
      then: { contains: { required: ["text"] } },
    },
  },
  ["role", "content"],
);
const assistantMessage = closed(
  { role: { const: "assistant" }, content: blocks({ text: said, toolUse, reasoningContent, cachePoint }) },
  ["role", "content"],
);

const tool = union({
  toolSpec: closed(
    {
      name: toolName,
      description: { type: "string", minLength: 1 },
      inputSchema: union({
        json: { type: "object", required: ["type"], properties: { type: { const: "object" } } },
      }),
      strict: flag,
    },
    ["name", "inputSchema"],
  ),
  cachePoint,
});
const toolChoice = union({ auto: empty, any: empty, tool: closed({ name: toolName }, ["name"]) });

const jsonSchema = closed({ name: text, description: text, schema: { type: "string", pattern: "^\\{" } }, [
  "schema",
]);
const metadataText = "[a-zA-Z0-9\\s:_@$#=/+,.-]";

/** `POST /model/{modelId}/converse` and `/converse-stream`. */
export const bedrockConverseRequest = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...closed(
    {
      messages: {
        type: "array",
        minItems: 1,
        prefixItems: [userMessage],
        items: { anyOf: [userMessage, assistantMessage] },
      },
      system: { type: "array", minItems: 1, items: union({ text: said, cachePoint }) },
      inferenceConfig: {
        ...closed({
          maxTokens: { type: "integer", minimum: 1 },
          temperature: part,
          topP: part,
          stopSequences: {
            type: "array",
            minItems: 1,
            maxItems: 2500,
            items: { type: "string", minLength: 1 },
          },
        }),
        minProperties: 1,
      },
      toolConfig: closed({ tools: { type: "array", minItems: 1, items: tool }, toolChoice }, ["tools"]),
      guardrailConfig: closed({
        guardrailIdentifier: text,
        guardrailVersion: { type: "string", pattern: "^([1-9][0-9]{0,7}|DRAFT)?$" },
        trace: { enum: ["enabled", "disabled", "enabled_full"] },
        streamProcessingMode: { enum: ["sync", "async"] },
      }),
      additionalModelRequestFields: { type: "object", minProperties: 1 },
      requestMetadata: {
        type: "object",
        minProperties: 1,
        maxProperties: 16,
        propertyNames: { pattern: `^${metadataText}{1,256}$` },
        additionalProperties: { type: "string", pattern: `^${metadataText}{0,256}$` },
      },
      performanceConfig: closed({ latency: { enum: ["standard", "optimized"] } }),
      serviceTier: closed({ type: { enum: ["priority", "default", "flex", "reserved"] } }, ["type"]),
      outputConfig: closed({
        textFormat: closed({ type: { const: "json_schema" }, structure: union({ jsonSchema }) }, [
          "type",
          "structure",
        ]),
        effort: { type: "string", maxLength: 16 },
      }),
    },
    ["messages"],
  ),
} as const;

/**
 * `POST /model/{modelId}/invoke` for the embeddings of one family each:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html, …-titan-embed-mm.html,
 * …-embed-v3.html, …-embed-v4.html and https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html.
 * Unconfirmed: that they refuse what is not listed.
 */
export const bedrockEmbedRequest = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  anyOf: [
    closed({ inputText: text, dimensions: { enum: [256, 512, 1024] }, normalize: flag }, ["inputText"]),
    closed(
      {
        inputText: text,
        embeddingConfig: closed({ outputEmbeddingLength: { enum: [256, 384, 1024] } }, [
          "outputEmbeddingLength",
        ]),
      },
      ["inputText", "embeddingConfig"],
    ),
    closed(
      {
        texts: { type: "array", minItems: 1, maxItems: 96, items: text },
        input_type: { enum: ["search_document", "search_query", "classification", "clustering"] },
        truncate: { enum: ["NONE", "START", "END", "LEFT", "RIGHT"] },
        embedding_types: { type: "array", items: { const: "float" } },
        output_dimension: { enum: [256, 512, 1024, 1536] },
      },
      ["texts", "input_type"],
    ),
    closed(
      {
        taskType: { const: "SINGLE_EMBEDDING" },
        singleEmbeddingParams: closed(
          {
            embeddingPurpose: text,
            embeddingDimension: { enum: [256, 384, 1024, 3072] },
            text: closed({ truncationMode: { enum: ["NONE", "START", "END"] }, value: text }, [
              "truncationMode",
              "value",
            ]),
          },
          ["embeddingPurpose", "text"],
        ),
      },
      ["taskType", "singleEmbeddingParams"],
    ),
  ],
} as const;
