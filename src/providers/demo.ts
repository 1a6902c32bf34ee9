import { systemClock } from "../core/clock.ts";
import { isObject, parseJson } from "../core/json.ts";
import type { WireRequest } from "./contract.ts";
import { DONE_EVENT, dataEvent } from "./frames.ts";

export const DEMO_MODEL = "demo";

/**
 * The built-in provider: answers in this process, in OpenAI's shape, so that the first request of a fresh install
 * works before any key is configured. It says plainly that it is simulated; it is gone once anything real is there.
 */
export function demoReply(wire: WireRequest): Response {
  const body = parseJson(wire.body);
  const request = isObject(body) ? body : {};
  if (wire.operation === "models")
    return Response.json({ object: "list", data: [{ id: DEMO_MODEL, object: "model" }] });
  if (wire.operation === "embeddings") return demoEmbeddings(request);
  const asked = lastUserText(request.messages);
  const answer =
    `This is a simulated answer: Nyuro works, and no real provider is configured yet. ` +
    `You said: "${asked.slice(0, 200)}". Set a key such as OPENAI_API_KEY and start again, or start Ollama: it is found by itself.`;
  const usage = {
    prompt_tokens: Math.ceil(wire.body.length / 4),
    completion_tokens: Math.ceil(answer.length / 4),
  };
  const told = { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens };
  const base = { id: "chatcmpl-demo", created: Math.floor(systemClock.now() / 1000), model: DEMO_MODEL };
  if (request.stream === true) return streamed(base, answer, told);
  return Response.json({
    ...base,
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content: answer, refusal: null }, finish_reason: "stop" },
    ],
    usage: told,
  });
}

function streamed(base: Record<string, unknown>, answer: string, usage: Record<string, number>): Response {
  const chunk = (delta: Record<string, unknown>, finish: string | null) =>
    dataEvent(
      JSON.stringify({
        ...base,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason: finish }],
      }),
    );
  const words = answer.split(/(?<= )/);
  const events = [
    chunk({ role: "assistant", content: "" }, null),
    ...words.map((word) => chunk({ content: word }, null)),
    chunk({}, "stop"),
    dataEvent(JSON.stringify({ ...base, object: "chat.completion.chunk", choices: [], usage })),
    DONE_EVENT,
  ];
  return new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
}

function demoEmbeddings(request: Record<string, unknown>): Response {
  const inputs =
    Array.isArray(request.input) && typeof request.input[0] !== "number" ? request.input : [request.input];
  const data = inputs.map((input, index) => ({
    object: "embedding",
    index,
    embedding: demoVector(JSON.stringify(input)),
  }));
  const tokens = Math.ceil(JSON.stringify(inputs).length / 4);
  return Response.json({
    object: "list",
    data,
    model: DEMO_MODEL,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** Eight numbers that depend on the text and mean nothing. */
function demoVector(text: string): number[] {
  const vector = new Array<number>(8).fill(0);
  for (let i = 0; i < text.length; i++)
    vector[i % 8] = ((vector[i % 8] ?? 0) * 31 + text.charCodeAt(i)) % 997;
  return vector.map((value) => value / 997);
}

function lastUserText(messages: unknown): string {
  if (!Array.isArray(messages)) return "";
  for (const message of [...messages].reverse()) {
    if (isObject(message) && message.role === "user") return textOf(message.content);
  }
  return "";
}

/** The text of a message, which may stand in parts beside images. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}
