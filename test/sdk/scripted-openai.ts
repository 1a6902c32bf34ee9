import type { z } from "zod";
import { TEST_KEY, UPSTREAM_SECRET } from "../../src/testing/gateway.ts";
import { usageOf } from "../../src/testing/openai-replies.ts";
import type { Answer, Script, UpstreamRequest } from "../../src/testing/scripted-upstream.ts";
import { chatRequest, embeddingsRequest } from "./openai-requests.ts";

/** What the scripted tools are asked about, in this order, unless the caller wants one call at a time. */
export const CITIES = ["Paris", "Oslo"] as const;
/** What a schema is answered with. */
export const STRUCTURED = { city: "Paris", degrees: 21 } as const;
export const USAGE = { prompt: 10, completion: 5 } as const;

/** Headers of OpenAI's that must not pass for the gateway's own. */
const REPLY_HEADERS = { "x-request-id": "req-of-the-upstream", "openai-organization": "org-of-the-upstream" };
/** Fields that are the gateway's own: OpenAI refuses them. */
const NOT_OPENAI = ["models", "provider", "route", "transforms", "usage", "max_cost_usd", "industry"];

interface Refusal {
  message: string;
  type: "invalid_request_error";
  param: string | null;
  code: string | null;
}

const refusal = (message: string, param: string | null = null, code: string | null = null): Refusal => ({
  message,
  type: "invalid_request_error",
  param,
  code,
});

/**
 * Answers as OpenAI does: refuses what OpenAI refuses and what must never reach a provider; calls tools while there is
 * no result of one; fills schemas; else repeats the user's last words. Usage in a stream only if asked for.
 */
export const openai: Script = (request, answer) => {
  const leaked = leakIn(request);
  if (leaked) return answer.json(400, { error: refusal(leaked) });
  if (request.path === "/v1/embeddings") return embed(request, answer, null);
  return chat(request, answer);
};

/** Embeds like OpenAI but in one encoding only, whatever was asked for. */
export function embedsOnly(encoding: "float" | "base64"): Script {
  return (request, answer) => embed(request, answer, encoding);
}

/** Fails with a status and OpenAI's error body. */
export function failing(
  status: number,
  error: Partial<Record<"message" | "type" | "param" | "code", string | null>> = {},
  headers: Record<string, string> = {},
): Script {
  const body = { message: "scripted failure", type: "server_error", param: null, code: null, ...error };
  return (_, answer) => answer.json(status, { error: body }, headers);
}

/** One script for each call in turn; the last one stays. */
export function inTurn(...scripts: [Script, ...Script[]]): Script {
  let calls = 0;
  return (request, answer) => {
    const script = scripts[Math.min(calls++, scripts.length - 1)] ?? scripts[0];
    return script(request, answer);
  };
}

function leakIn({ headers, text, body }: UpstreamRequest): string | null {
  if (headers.authorization !== `Bearer ${UPSTREAM_SECRET}`) return "the credential is not the provider's";
  if (`${JSON.stringify(headers)}${text}`.includes(TEST_KEY)) return "the caller's key went upstream";
  const foreign = Object.keys(headers).find((name) => /^x-stainless|^openai-|^x-api-key$/.test(name));
  if (foreign) return `the caller's header ${foreign} went upstream`;
  const ours = NOT_OPENAI.find((field) => field in body);
  return ours ? `the gateway's field ${ours} went upstream` : null;
}

/** OpenAI's refusal of the first thing wrong: `messages[0].role` and a code. */
function refusalFor(error: z.ZodError): Refusal {
  const [issue] = error.issues;
  const path = (issue?.path ?? []).map((part) =>
    typeof part === "number" ? `[${part}]` : `.${String(part)}`,
  );
  const param = path.join("").replace(/^\./, "");
  return refusal(`Invalid '${param}': ${issue?.message}`, param, "invalid_value");
}

type ChatRequest = z.infer<typeof chatRequest>;

interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

interface Said {
  content: string | null;
  toolCalls: ToolCall[];
}

function chat(request: UpstreamRequest, answer: Answer): void {
  const read = chatRequest.safeParse(request.body);
  if (!read.success) return answer.json(400, { error: refusalFor(read.error) });
  const said = say(read.data);
  return read.data.stream ? streamed(read.data, said, answer) : whole(read.data, said, answer);
}

function say({ messages, tools, tool_choice, parallel_tool_calls, response_format }: ChatRequest): Said {
  const last = messages.at(-1);
  if (last?.role === "tool") return { content: results(messages), toolCalls: [] };
  const tool = tools?.[0];
  if (tool && tool_choice !== "none") {
    const cities = parallel_tool_calls === false ? CITIES.slice(0, 1) : CITIES;
    return { content: null, toolCalls: cities.map((city, i) => callOf(tool.function.name, city, i)) };
  }
  if (response_format?.type === "json_schema") return { content: JSON.stringify(STRUCTURED), toolCalls: [] };
  return { content: `You said: ${last ? textOf(last.content) : ""}`, toolCalls: [] };
}

function callOf(name: string, city: string, i: number): ToolCall {
  return {
    id: `call_scripted_${i}`,
    type: "function",
    function: { name, arguments: JSON.stringify({ city }) },
  };
}

/** `Paris: 21; Oslo: 7`, each result put to the city its call id belongs to. */
function results(messages: ChatRequest["messages"]): string {
  const told = messages.flatMap((message) =>
    message.role === "tool"
      ? [`${CITIES[Number(message.tool_call_id.at(-1))]}: ${textOf(message.content)}`]
      : [],
  );
  return told.join("; ");
}

function textOf(content: ChatRequest["messages"][number]["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("");
}

function base(object: string, model: string) {
  return {
    id: "chatcmpl-scripted",
    object,
    created: 1_700_000_000,
    model,
    system_fingerprint: "fp_scripted",
  };
}

function whole({ model }: ChatRequest, { content, toolCalls }: Said, answer: Answer): void {
  const calls = toolCalls.length > 0 ? { tool_calls: toolCalls } : {};
  const message = { role: "assistant", content, refusal: null, annotations: [], ...calls };
  const finish = toolCalls.length > 0 ? "tool_calls" : "stop";
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finish }];
  answer.json(200, { ...base("chat.completion", model), choices, usage: usageOf(USAGE) }, REPLY_HEADERS);
}

function streamed(request: ChatRequest, { content, toolCalls }: Said, answer: Answer): void {
  const wantsUsage = request.stream_options?.include_usage === true;
  const event = (choices: unknown[], usage: unknown = null) => {
    const told = wantsUsage ? { usage } : {};
    const chunk = { ...base("chat.completion.chunk", request.model), choices, ...told };
    answer.chunk(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const delta = (fields: unknown, finish: string | null = null) =>
    event([{ index: 0, delta: fields, logprobs: null, finish_reason: finish }]);
  answer.startStream(REPLY_HEADERS);
  delta({ role: "assistant", content: content === null ? null : "", refusal: null });
  for (const piece of content === null ? [] : pieces(content)) delta({ content: piece });
  for (const [index, call] of toolCalls.entries()) {
    delta({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: "" } }] });
    for (const piece of pieces(call.function.arguments))
      delta({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
  delta({}, toolCalls.length > 0 ? "tool_calls" : "stop");
  if (wantsUsage) event([], usageOf(USAGE));
  answer.chunk("data: [DONE]\n\n");
  answer.endStream();
}

/** Three characters at a time: words, JSON and code points of two units are all cut somewhere. */
function pieces(text: string): string[] {
  const characters = [...text];
  return characters.flatMap((_, i) => (i % 3 === 0 ? [characters.slice(i, i + 3).join("")] : []));
}

function embed(request: UpstreamRequest, answer: Answer, only: "float" | "base64" | null): void {
  const read = embeddingsRequest.safeParse(request.body);
  if (!read.success) return answer.json(400, { error: refusalFor(read.error) });
  const { input, encoding_format, dimensions, model } = read.data;
  const encoding = only ?? encoding_format ?? "float";
  const items = typeof input === "string" || typeof input[0] === "number" ? [input] : input;
  const data = items.map((item, index) => {
    const vector = vectorOf(item, dimensions);
    return { object: "embedding", index, embedding: encoding === "float" ? vector : base64Of(vector) };
  });
  const usage = { prompt_tokens: 8, total_tokens: 8 };
  answer.json(200, { object: "list", data, model, usage }, REPLY_HEADERS);
}

/** Begins with the length of the item, so that answers cannot be mixed up; exact in 32 bits. */
export function vectorOf(item: unknown, dimensions = 3): number[] {
  const length = typeof item === "string" || Array.isArray(item) ? item.length : 0;
  return [length, ...Array.from({ length: dimensions - 1 }, (_, i) => -0.5 / 2 ** i)];
}

/** Little-endian float32, as OpenAI sends it. */
export function base64Of(vector: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [i, value] of vector.entries()) bytes.setFloat32(i * 4, value, true);
  return Buffer.from(bytes.buffer).toString("base64");
}
