import { describe, expect, test } from "bun:test";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import type { DialectId } from "../contract.ts";
import { DIALECTS } from "./list.ts";

/** An id as some services give them: more than 2⁵³, so that a double holds another number. */
const ID = "1234567890123456789";
const INPUT = `{"id":${ID}}`;
const SHOWN = { model: "m", id: "req_1", createdS: 1 };
const TARGET = { quirks: {}, takesMetadata: false, maxOutputTokens: 4096, attachments: new Map() };

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
  (text) => Buffer.from(text, "utf8"),
);

function bedrockEvent(name: string, body: string): string {
  const header = (value: string) => ({ type: "string" as const, value });
  const headers = { ":message-type": header("event"), ":event-type": header(name) };
  return Buffer.from(codec.encode({ headers, body: Buffer.from(body) })).toString("latin1");
}

const GEMINI = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${INPUT}}}]},"finishReason":"STOP"}]}`;
const OLLAMA = `{"message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":${INPUT}}}]},"done":true}`;
const TOOL_USE = `{"type":"tool_use","id":"a","name":"f","input":${INPUT}}`;

interface Case {
  upstreamModel: string;
  answer: string;
  stream: string;
}

const OPENAI_CALL = `"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments": ${INPUT}}}]`;

/** Where an API, or a server that should know better, gives arguments as an object, not as text. */
const CASES: Record<DialectId, Case> = {
  openai: {
    upstreamModel: "any",
    answer: `{"choices":[{"message":{"role":"assistant",${OPENAI_CALL}},"finish_reason":"tool_calls"}]}`,
    stream: `data: {"choices":[{"index":0,"delta":{${OPENAI_CALL}},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`,
  },
  anthropic: {
    upstreamModel: "claude-opus-4-5",
    answer: `{"content":[${TOOL_USE}],"stop_reason":"tool_use"}`,
    stream: [
      `{"type":"message_start","message":{}}`,
      `{"type":"content_block_start","index":0,"content_block":${TOOL_USE}}`,
      `{"type":"content_block_stop","index":0}`,
      `{"type":"message_delta","delta":{"stop_reason":"tool_use"}}`,
    ]
      .map((data) => `data: ${data}\n\n`)
      .join(""),
  },
  gemini: { upstreamModel: "gemini-2.5-pro", answer: GEMINI, stream: `data: ${GEMINI}\n\n` },
  ollama: { upstreamModel: "llama3.1", answer: OLLAMA, stream: `${OLLAMA}\n` },
  bedrock: {
    upstreamModel: "amazon.nova-pro-v1:0",
    answer: `{"output":{"message":{"content":[{"toolUse":{"toolUseId":"a","name":"f","input":${INPUT}}}]}},"stopReason":"tool_use"}`,
    stream: [
      bedrockEvent(
        "contentBlockStart",
        `{"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"a","name":"f"}}}`,
      ),
      bedrockEvent(
        "contentBlockDelta",
        `{"contentBlockIndex":0,"delta":{"toolUse":{"input":${JSON.stringify(INPUT)}}}}`,
      ),
      bedrockEvent("messageStop", `{"stopReason":"tool_use"}`),
    ].join(""),
  },
};

const call = { id: "a", type: "function", function: { name: "f", arguments: INPUT } };
const messages = [
  { role: "user", content: "x" },
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", tool_call_id: "a", content: "y" },
];

describe.each(Object.entries(CASES))("%s: an id of 19 digits in a call's arguments", (id, it) => {
  const dialect = DIALECTS[id as DialectId];

  test("is sent as it was called with", () => {
    const wire = dialect.encodeChat({ messages }, { ...TARGET, upstreamModel: it.upstreamModel });
    if ("unsupported" in wire) throw new Error(wire.why);
    expect(wire.body.replaceAll("\\", "")).toContain(INPUT);
  });

  test("comes back as the model wrote it", () => {
    const decoded = dialect.decodeChat(it.answer, SHOWN);
    if ("kind" in decoded) throw new Error(decoded.cause);
    expect(JSON.parse(decoded.text).choices[0].message.tool_calls[0].function.arguments).toBe(INPUT);
  });

  test("comes back as the model wrote it in a stream", () => {
    const reader = dialect.streamReader({ ...SHOWN, showUsage: false });
    const out = reader.read(it.stream).out + reader.close().out;
    expect(out).toContain(JSON.stringify(INPUT).slice(1, -1));
    expect(reader.finishReason).toBe("tool_calls");
  });
});

test("arguments that are nothing but a long number are kept as such", () => {
  const wire = DIALECTS.ollama.encodeChat(
    { messages: [{ role: "assistant", tool_calls: [{ ...call, function: { name: "f", arguments: ID } }] }] },
    { ...TARGET, upstreamModel: "llama3.1" },
  );
  if ("unsupported" in wire) throw new Error(wire.why);
  expect(wire.body).toContain(`{"arguments":${ID}}`);
});
