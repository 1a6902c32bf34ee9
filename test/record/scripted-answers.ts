import { type EventMessage, eventStream } from "../../src/testing/event-stream.ts";
import type { Answer, Script } from "../../src/testing/scripted-upstream.ts";

/** What providers tell of who asks. None of it may be in what is written. */
export const PLANTED = {
  apiKey: 'Wy7/own+key"of\\mine=42',
  headerToken: "proxy-token-8841",
  otherKey: "gsk_otherprovider1234",
  person: "jane.doe@corp.example",
  organization: "org-AbCdEf0123456789",
  requestId: "req_011CSHoEeqs5C35K2UUqR7Fy",
  uuid: "0f8fad5b-d9cb-469f-a165-70867728950e",
  account: "123456789012",
  cookie: "__cf_bm=Zm9vYmFy",
  fingerprint: "fp_44709d6fcb",
  address: "203.0.113.77",
};
export type Planted = typeof PLANTED;

const { apiKey, headerToken, otherKey, person, organization, requestId, uuid, account } = PLANTED;
const base64 = (text: string) => Buffer.from(text).toString("base64");

const HEADERS = {
  "set-cookie": PLANTED.cookie,
  "openai-organization": organization,
  "x-request-id": requestId,
  "cf-ray": PLANTED.uuid,
};
/** What a provider says too much, in prose and in fields. */
const TOLD = `for ${person} of ${organization} (${uuid}) at ${PLANTED.address}, key ${apiKey}, ${base64(apiKey)}, ${headerToken}, ${otherKey}`;

const sse = (answer: Answer, events: readonly unknown[], end = "") => {
  answer.startStream(HEADERS);
  for (const event of events) answer.chunk(`data: ${JSON.stringify(event)}\n\n`);
  if (end) answer.chunk(end);
};

const chunk = (delta: unknown, finish_reason: string | null = null) => ({
  id: `chatcmpl-${uuid}`,
  object: "chat.completion.chunk",
  created: 1_790_000_000,
  model: "gpt-4o-mini-2024-07-18",
  system_fingerprint: PLANTED.fingerprint,
  choices: [{ index: 0, delta, finish_reason }],
});
const USAGE = { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 };

const openStream: Script = (_, answer) => {
  const deltas = [
    { role: "assistant", content: "" },
    { content: "Blue: äöü 😀" },
    { content: `\nask ${person}` },
  ];
  sse(answer, [
    ...deltas.map((delta) => chunk(delta)),
    chunk({}, "stop"),
    { ...chunk({}), choices: [], usage: USAGE },
  ]);
  answer.chunk(`: ${headerToken}\n\ndata: [DONE]\n\n`);
  answer.endStream();
};

const openTools: Script = (_, answer) => {
  const call = { name: "get_weather", arguments: JSON.stringify({ city: "Oslo", user_id: person }) };
  const message = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call_Ab1", type: "function", function: call }],
  };
  const reply = {
    id: `chatcmpl-${uuid}`,
    object: "chat.completion",
    created: 1_790_000_000,
    model: "gpt-4o-mini-2024-07-18",
    system_fingerprint: PLANTED.fingerprint,
    choices: [{ index: 0, message, finish_reason: "tool_calls" }],
    usage: USAGE,
    debug: { organization, request_id: requestId, account_id: Number(account), note: TOLD },
  };
  answer.json(200, JSON.stringify(reply, null, 2), HEADERS);
};

const openRefused: Script = (_, answer) => {
  const error = {
    message: `Rate limit reached ${TOLD}`,
    type: "requests",
    param: null,
    code: "rate_limit_exceeded",
  };
  answer.json(429, { error }, { ...HEADERS, "retry-after": "20" });
};

const claudeStream: Script = (_, answer) => {
  const call = (index: number, id: string, city: string) => [
    {
      type: "content_block_start",
      index,
      content_block: { type: "tool_use", id, name: "get_weather", input: {} },
    },
    {
      type: "content_block_delta",
      index,
      delta: { type: "input_json_delta", partial_json: `{"city":"${city}"}` },
    },
    { type: "content_block_stop", index },
  ];
  const message = {
    ...{ id: "msg_01XFDUDYJgAACzvnptvVoYEL", type: "message", role: "assistant", model: "claude-sonnet-4-5" },
    ...{ content: [], stop_reason: null, organization_id: uuid },
    usage: { input_tokens: 500, output_tokens: 1 },
  };
  const events = [
    { type: "message_start", message },
    ...call(0, "toolu_01A", "Oslo"),
    ...call(1, "toolu_01B", "Rome"),
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 80 } },
    { type: "message_stop" },
  ];
  answer.startStream(HEADERS);
  for (const event of events) answer.chunk(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  answer.endStream();
};

const claudeRefused: Script = (_, answer) => {
  const error = { type: "not_found_error", message: `model: nyuro-no-such-model ${TOLD}` };
  answer.json(404, { type: "error", error, request_id: requestId }, HEADERS);
};

const GOOGLE_USAGE = { promptTokenCount: 12, candidatesTokenCount: 8, totalTokenCount: 20 };

const googleReply: Script = (_, answer) => {
  const content = { role: "model", parts: [{ text: '{"name":"Ada","age":36}' }] };
  const candidates = [{ index: 0, content, finishReason: "STOP" }];
  const told = { responseId: uuid, modelVersion: "gemini-recorded", projectNumber: account, note: TOLD };
  answer.json(200, { candidates, usageMetadata: GOOGLE_USAGE, ...told }, HEADERS);
};

const googleUnfinished: Script = (_, answer) => {
  const content = { role: "model", parts: [{ text: `Because ${person}` }] };
  sse(answer, [{ candidates: [{ index: 0, content }], responseId: uuid }]);
  answer.endStream();
};

const llamaStream: Script = (_, answer) => {
  const line = (message: object, rest: object = { done: false }) =>
    `${JSON.stringify({ model: "qwen3:0.6b", created_at: "2026-11-01T00:00:00Z", message: { role: "assistant", content: "", ...message }, ...rest })}\n`;
  const end = { done: true, done_reason: "stop", prompt_eval_count: 14, eval_count: 30 };
  answer.startStream({ ...HEADERS, "content-type": "application/x-ndjson" });
  answer.chunk(line({ thinking: `Who is ${person}?` }));
  answer.chunk(line({ content: "9.9" }) + line({}, end));
  answer.endStream();
};

const amazonStream: Script = (_, answer) => {
  const who = `arn:aws:iam::${account}:user/jane`;
  const messages: EventMessage[] = [
    [{ ":event-type": "messageStart" }, { role: "assistant", p: "abcd" }],
    [
      { ":event-type": "contentBlockDelta" },
      { contentBlockIndex: 0, delta: { text: `Blue, ${who}` }, p: "ab" },
    ],
    [{ ":event-type": "contentBlockStop" }, { contentBlockIndex: 0 }],
    [{ ":event-type": "messageStop" }, { stopReason: "end_turn" }],
    [
      { ":event-type": "metadata" },
      { usage: { inputTokens: 11, outputTokens: 5, totalTokens: 16 }, note: TOLD },
    ],
  ];
  answer.startStream({ ...HEADERS, "content-type": "application/vnd.amazon.eventstream" });
  answer.chunk(Buffer.from(eventStream(messages), "latin1"));
  answer.endStream();
};

/** The own key, in pieces that only the sum of the answer shows. */
const inPieces: Script = (_, answer) => {
  const [half, rest] = [apiKey.slice(0, 8), apiKey.slice(8)];
  sse(
    answer,
    [chunk({ role: "assistant", content: half }), chunk({ content: rest }), chunk({}, "stop")],
    "data: [DONE]\n\n",
  );
  answer.endStream();
};

const halfMasked: Script = (_, answer) =>
  answer.json(401, { error: { message: `bad key ${apiKey.slice(0, 14)}***`, code: "invalid_api_key" } });

const broken: Script = (_, answer) => {
  answer.json(200, '{"choices":[', { "content-length": "1000" });
  answer.cut();
};

/** By the model that is asked. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  "m-open-stream": openStream,
  "m-open-tools": openTools,
  "m-open-refused": openRefused,
  "m-in-pieces": inPieces,
  "m-half-masked": halfMasked,
  "m-broken": broken,
  "claude-sonnet-4-5": claudeStream,
  "nyuro-no-such-model": claudeRefused,
  "gemini-recorded": googleReply,
  "gemini-unfinished": googleUnfinished,
  "qwen3:0.6b": llamaStream,
  "anthropic.recorded-v1:0": amazonStream,
};
