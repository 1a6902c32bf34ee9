import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../core/json.ts";
import type { DialectId } from "../contract.ts";
import { DIALECTS } from "./list.ts";

/** What a caller may write costs no more than its length: everything runs on the one thread that serves everybody. */

const MODELS: Record<DialectId, readonly string[]> = {
  openai: ["gpt-4o"],
  anthropic: ["claude-3-5-sonnet", "claude-opus-4-5"],
  gemini: ["gemini-2.5-flash", "gemini-3-pro-preview"],
  ollama: ["llama3.1"],
  bedrock: [
    "anthropic.claude-opus-4-5-20251101-v1:0",
    "amazon.nova-pro-v1:0",
    "mistral.mistral-large-2402-v1:0",
  ],
};
/** Each is written in well under half a second; a square of their number takes from five seconds to minutes. */
const MANY = 50_000;
const AT_MOST_MS = 3_000;

const list = <Item>(make: (at: number) => Item): Item[] => Array.from({ length: MANY }, (_, at) => make(at));
const user = (content: unknown) => ({ role: "user", content });

function called(idOf: (at: number) => string): JsonObject {
  const call = (at: number) => ({ id: idOf(at), type: "function", function: { name: "f", arguments: "{}" } });
  const result = (at: number) => ({ role: "tool", tool_call_id: idOf(at), content: "r" });
  return {
    messages: [user("x"), { role: "assistant", content: null, tool_calls: list(call) }, ...list(result)],
  };
}

function schemed(schema: JsonObject): JsonObject {
  const tool = { type: "function", function: { name: "f", strict: true, parameters: schema } };
  const format = { type: "json_schema", json_schema: { name: "n", strict: true, schema } };
  return { messages: [user("x")], tools: [tool], response_format: format };
}

function closed(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

const ref = (at: number) => ({ $ref: `#/$defs/d${at}` });
const chain = list(
  (at) => [`d${at}`, at === MANY - 1 ? { type: "string" } : closed({ a: ref(at + 1) })] as const,
);
const doubling = list(
  (at) => [`d${at}`, at >= 40 ? { type: "string" } : closed({ a: ref(at + 1), b: ref(at + 1) })] as const,
);

const BODIES: [string, JsonObject][] = [
  ["calls with ids of their own", called((at) => `call_${at}`)],
  ["calls that share one id", called(() => "call")],
  ["calls whose ids look like what we write", called((at) => (at % 2 ? "call" : `call_${at}`))],
  [
    "a schema with many required fields",
    schemed(closed(Object.fromEntries(list((at) => [`p${at}`, { type: "string" }])))),
  ],
  [
    "a schema whose definitions are a long chain",
    schemed({ ...closed({ a: ref(0) }), $defs: Object.fromEntries(chain) }),
  ],
  [
    "a schema whose definitions would double forty times",
    schemed({ ...closed({ a: ref(0) }), $defs: Object.fromEntries(doubling.slice(0, 42)) }),
  ],
  [
    "tools, all of them allowed by name",
    {
      messages: [user("x")],
      tools: list((at) => ({ type: "function", function: { name: `f${at}` } })),
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: {
          mode: "auto",
          tools: list((at) => ({ type: "function", function: { name: `f${at}` } })),
        },
      },
    },
  ],
  [
    "images by URL",
    { messages: [user(list((at) => ({ type: "image_url", image_url: { url: `https://a.test/${at}` } })))] },
  ],
  [
    "files of one name",
    {
      messages: [
        user(
          list(() => ({
            type: "file",
            file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
          })),
        ),
      ],
    },
  ],
  [
    "cache marks",
    { messages: [user(list(() => ({ type: "text", text: "x", cache_control: { type: "ephemeral" } })))] },
  ],
  ["turns", { messages: list((at) => ({ role: at % 2 ? "assistant" : "user", content: "x" })) }],
];

describe.each(BODIES)("fifty thousand %s", (_, body) => {
  test.each(Object.entries(MODELS) as [DialectId, readonly string[]][])("%s", (id, models) => {
    for (const upstreamModel of models) {
      const target = {
        upstreamModel,
        quirks: {},
        takesMetadata: true,
        maxOutputTokens: 8192,
        attachments: new Map(),
      };
      const startedMs = performance.now();
      DIALECTS[id].urlsToFetch?.(body, target);
      DIALECTS[id].encodeChat(body, target);
      expect(performance.now() - startedMs).toBeLessThan(AT_MOST_MS);
    }
  });
});
