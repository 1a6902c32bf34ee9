import type { JsonObject } from "../../core/json.ts";
import { type Item, type Role, systemOf, turnsOf } from "./items.ts";
import {
  type Failure,
  list,
  numberOrNull,
  record,
  type Said,
  schemaNames,
  text,
  toolName,
  type WireProvider,
} from "./wire-provider.ts";

const MODEL = "qwen3:8b";

/** https://docs.ollama.com/api/chat */
export const ollamaWire: WireProvider = {
  id: "ollama",
  model: MODEL,
  settings: (origin) => ({
    baseUrl: origin,
    auth: { kind: "bearer" },
    paths: { chat: "/api/chat", embeddings: "/api/embed", models: "/api/tags" },
    headers: {},
  }),
  problems({ path, body }) {
    return [
      path === "/api/chat" ? "" : `path ${path}`,
      body.model === MODEL ? "" : `model ${body.model}`,
      typeof body.stream === "boolean" ? "" : "stream is not told, and its default is true",
      body.truncate === false ? "" : "a long prompt would be cut silently",
      ...list(body.messages).map(({ content }) =>
        typeof content === "string" ? "" : "content is no string",
      ),
      ...list(body.messages).flatMap(({ tool_calls }) =>
        list(tool_calls).map(({ function: fn }) =>
          typeof record(fn).arguments === "object" ? "" : "arguments are no object",
        ),
      ),
    ].filter((problem) => problem !== "");
  },
  hear({ body }) {
    const said = itemsOf(body);
    const options = record(body.options);
    const tools = list(body.tools).map(({ function: fn }) => record(fn));
    const format = typeof body.format === "object" ? record(body.format) : null;
    // There is no tool_choice: a tool is forced by its schema as the format.
    const forced = format !== null && tools.length > 0;
    return {
      system: systemOf(said),
      turns: turnsOf(said),
      tools: tools.map(({ name, parameters }) => toolName(name, parameters)),
      forced: !forced ? null : tools.length === 1 ? text(tools[0]?.name) : "any",
      schema: forced ? null : schemaNames(format),
      maxTokens: numberOrNull(options.num_predict),
      temperature: numberOrNull(options.temperature),
      stop: Array.isArray(options.stop) ? options.stop.map(text) : [],
      thinks: body.think !== undefined && body.think !== false,
      stream: body.stream === true,
    };
  },
  items: itemsOf,
  say(said, { body }, answer) {
    const last = {
      ...HEAD,
      done: true,
      done_reason: said.ends === "length" ? "length" : "stop",
      ...usageOf(said),
    };
    if (body.stream !== true) {
      answer.json(200, { ...last, message: wholeOf(said) });
      return;
    }
    answer.startStream({ "content-type": "application/x-ndjson" });
    const line = (value: unknown) => answer.chunk(`${JSON.stringify(value)}\n`);
    if (said.reasoning)
      line({
        ...HEAD,
        message: { role: "assistant", content: "", thinking: said.reasoning.text },
        done: false,
      });
    for (const content of said.text ?? [])
      line({ ...HEAD, message: { role: "assistant", content }, done: false });
    for (const call of callsOf(said))
      line({ ...HEAD, message: { role: "assistant", content: "", tool_calls: [call] }, done: false });
    line({ ...last, message: { role: "assistant", content: "" } });
    answer.endStream();
  },
  fail: (failure, answer) => answer.json(...FAILURES[failure]),
  begin(words, answer) {
    answer.startStream({ "content-type": "application/x-ndjson" });
    answer.chunk(
      `${JSON.stringify({ ...HEAD, message: { role: "assistant", content: words }, done: false })}\n`,
    );
  },
};

const HEAD = { model: MODEL, created_at: "2026-11-22T12:00:00.000000000Z" };

function itemsOf(body: JsonObject): Item[] {
  return list(body.messages).flatMap(itemsOfMessage);
}

/** Images have no media type here; what the scenarios send is PNG. */
function itemsOfMessage(message: JsonObject): Item[] {
  const content = text(message.content);
  const images = (Array.isArray(message.images) ? message.images : []).map(text);
  if (message.role === "tool") {
    const { tool_call_id: id, tool_name: name } = message;
    const texts = content === "" ? [] : [content];
    return [{ kind: "result", id: text(id), name: text(name), texts, media: images, isError: false }];
  }
  const role = text(message.role) as Role;
  const calls = list(message.tool_calls).map((call): Item => {
    const { name, arguments: input } = record(call.function);
    return { kind: "call", id: text(call.id), name: text(name), input: record(input) };
  });
  return [
    ...(content === "" ? [] : [{ kind: "text", role, text: content } as const]),
    ...images.map((data) => ({ kind: "media", role, mediaType: "image/png", data }) as const),
    ...calls,
  ];
}

const callsOf = ({ calls = [] }: Said) =>
  calls.map(({ name, input }) => ({ function: { name, arguments: input } }));

function wholeOf(said: Said) {
  return {
    role: "assistant",
    content: said.text?.join("") ?? "",
    ...(said.reasoning ? { thinking: said.reasoning.text } : {}),
    ...(said.calls ? { tool_calls: callsOf(said) } : {}),
  };
}

/** It knows neither cached nor reasoning tokens: both are in its totals. */
function usageOf({ usage: { input, cached, output, reasoning } }: Said) {
  return { total_duration: 5_000_000, prompt_eval_count: input + cached, eval_count: output + reasoning };
}

const FAILURES: Record<Failure, [number, unknown, Record<string, string>?]> = {
  bad_request: [400, { error: "invalid option: temperature" }],
  auth: [401, { error: "unauthorized" }],
  missing: [404, { error: "model 'x' not found" }],
  rate_limited: [429, { error: "too many requests" }, { "retry-after": "7" }],
  overloaded: [503, { error: "server busy, please try again.  maximum pending requests exceeded" }],
  context: [400, { error: "input length exceeds the context length" }],
};
