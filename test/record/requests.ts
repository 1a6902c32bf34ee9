import type { JsonObject } from "../../src/core/json.ts";

/** A request as a client of the gateway writes it, without its model. */
export interface NamedRequest {
  body: Readonly<JsonObject>;
  /** The model that is asked; absent = the one that was told. */
  model?: string;
}

const user = (content: unknown) => ({ role: "user", content });

const SENTENCE = {
  messages: [
    { role: "system", content: "Answer in one short sentence." },
    user("Why is the sky blue? Ends with: äöü 😀"),
  ],
  max_completion_tokens: 400,
};

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of one city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string", description: "Name of the city." } },
      required: ["city"],
    },
  },
};

const PERSON = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
};

/** A red square. */
const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsIty/dMYyQi+hcEKLNO+FgEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGBywI6LQEAwyG+sAAAAABJRU5ErkJggg==";

/** What can be recorded without writing a request. Each is small, so that its answer is a small fixture. */
export const NAMED_REQUESTS: Readonly<Record<string, NamedRequest>> = {
  text: { body: SENTENCE },
  stream: { body: { ...SENTENCE, stream: true, stream_options: { include_usage: true } } },
  tools: {
    body: {
      messages: [user("What is the weather in Oslo?")],
      tools: [WEATHER],
      max_completion_tokens: 1000,
    },
  },
  "parallel-tools": {
    body: {
      messages: [user("What is the weather in Oslo and in Rome? Ask for both at once.")],
      tools: [WEATHER],
      parallel_tool_calls: true,
      max_completion_tokens: 1000,
    },
  },
  "forced-tool": {
    body: {
      messages: [user("I am in Oslo. Hello!")],
      tools: [WEATHER],
      tool_choice: { type: "function", function: { name: "get_weather" } },
      max_completion_tokens: 1000,
    },
  },
  "json-schema": {
    body: {
      messages: [user("Make up a person.")],
      response_format: {
        type: "json_schema",
        json_schema: { name: "person", strict: true, schema: PERSON },
      },
      max_completion_tokens: 1000,
    },
  },
  image: {
    body: {
      messages: [
        user([
          { type: "text", text: "Which colour is this? One word." },
          { type: "image_url", image_url: { url: PICTURE } },
        ]),
      ],
      max_completion_tokens: 400,
    },
  },
  reasoning: {
    body: {
      messages: [user("Which is larger, 9.11 or 9.9? One word.")],
      reasoning_effort: "low",
      max_completion_tokens: 2000,
    },
  },
  length: { body: { messages: [user("Tell a long story.")], max_completion_tokens: 16 } },
  error: { body: SENTENCE, model: "nyuro-no-such-model" },
};
