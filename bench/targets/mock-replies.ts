/** What the mock upstream answers, rendered once: at run time it only copies bytes to sockets. */

/** A mock provider answers with a dated name, as real ones do, so a gateway has a name to put right. */
export const MOCK_MODEL = "mock-chat-2026-11-01";
export const BURST_DELTAS = 31;

const created = 1_793_520_000;
const words = "the relay keeps every byte that the provider sent and adds nothing of its own to it ".split(
  " ",
);

/** Words of an answer; about `count` tokens. */
function prose(count: number): string {
  return Array.from({ length: count }, (_, index) => words[index % words.length]).join(" ");
}

const usage = (completionTokens: number) => ({
  prompt_tokens: 112,
  completion_tokens: completionTokens,
  total_tokens: 112 + completionTokens,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
});

function jsonReply(status: string, body: unknown): Buffer {
  const text = JSON.stringify(body);
  return Buffer.from(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
      `x-request-id: req_mock\r\nopenai-processing-ms: 1\r\n\r\n${text}`,
  );
}

/** One chat completion of about 1 KB with its usage. */
export function chatReply(): Buffer {
  return jsonReply("200 OK", {
    id: "chatcmpl-mock0000000000000000000000",
    object: "chat.completion",
    created,
    model: MOCK_MODEL,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: prose(96), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: usage(96),
    service_tier: "default",
    system_fingerprint: "fp_mock",
  });
}

export function modelsReply(): Buffer {
  const data = ["mock-chat", "mock-steady", "mock-paced"].map((id) => ({
    id,
    object: "model",
    created,
    owned_by: "mock",
  }));
  return jsonReply("200 OK", { object: "list", data });
}

export function notFoundReply(): Buffer {
  return jsonReply("404 Not Found", { error: { message: "no such path", type: "invalid_request_error" } });
}

export function statsReply(stats: object): Buffer {
  return jsonReply("200 OK", stats);
}

const streamHead =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n" +
  "x-request-id: req_mock\r\nTransfer-Encoding: chunked\r\n\r\n";

function httpChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function event(fields: object): string {
  const body = {
    id: "chatcmpl-mock0000000000000000000000",
    object: "chat.completion.chunk",
    created,
    model: MOCK_MODEL,
    system_fingerprint: "fp_mock",
    ...fields,
  };
  return httpChunk(`data: ${JSON.stringify(body)}\n\n`);
}

const choice = (delta: object, finishReason: string | null) => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  usage: null,
});

/**
 * A stream as the writes that make it up, one event each: role, `deltas` pieces of text, finish, usage, `[DONE]`.
 * The response head rides on the first, the end of the body on the last.
 */
export function streamWrites(deltas: number): Buffer[] {
  const texts = Array.from({ length: deltas }, (_, index) => ` ${words[index % words.length]}`);
  const events = [
    streamHead + event(choice({ role: "assistant", content: "", refusal: null }, null)),
    ...texts.map((content) => event(choice({ content }, null))),
    event(choice({}, "stop")),
    event({ choices: [], usage: usage(deltas) }),
    `${httpChunk("data: [DONE]\n\n")}0\r\n\r\n`,
  ];
  return events.map((text) => Buffer.from(text));
}

/** How many events `streamWrites(deltas)` carries, `[DONE]` included. */
export function streamEventCount(deltas: number): number {
  return deltas + 4;
}
