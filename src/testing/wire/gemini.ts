import type { JsonObject } from "../../core/json.ts";
import { type Item, type Role, systemOf, turnsOf } from "./items.ts";
import {
  type Failure,
  list,
  numberOrNull,
  record,
  type Said,
  schemaNames,
  sse,
  text,
  toolName,
  type WireProvider,
} from "./wire-provider.ts";

const MODEL = "gemini-2.5-flash";

/** https://ai.google.dev/api/generate-content */
export const geminiWire: WireProvider = {
  id: "gemini",
  model: MODEL,
  settings: (origin) => ({
    baseUrl: `${origin}/v1beta`,
    auth: { kind: "header", name: "x-goog-api-key" },
    paths: { chat: "", embeddings: "", models: "/models" },
    headers: {},
  }),
  problems({ path, headers, body }) {
    const known = [
      `/v1beta/models/${MODEL}:generateContent`,
      `/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`,
    ];
    const contents = list(body.contents);
    return [
      known.includes(path) ? "" : `path ${path}`,
      headers["x-goog-api-key"] ? "" : "no x-goog-api-key",
      "model" in body ? "a model in the body" : "",
      ...contents.map(({ role }) => (role === "user" || role === "model" ? "" : `role ${role}`)),
      ...contents.flatMap(({ parts }) => list(parts).map(partProblem)),
    ].filter((problem) => problem !== "");
  },
  hear({ path, body }) {
    const said = itemsOf(body);
    const config = record(body.generationConfig);
    const declared = list(body.tools).flatMap((tool) => list(tool.functionDeclarations));
    const calling = record(record(body.toolConfig).functionCallingConfig);
    const names = Array.isArray(calling.allowedFunctionNames) ? calling.allowedFunctionNames : [];
    const thinking = record(config.thinkingConfig);
    return {
      system: systemOf(said),
      turns: turnsOf(said),
      tools: declared.map((tool) => toolName(tool.name, tool.parametersJsonSchema ?? tool.parameters)),
      forced: calling.mode !== "ANY" ? null : names.length === 1 ? text(names[0]) : "any",
      schema: schemaNames(config.responseJsonSchema ?? config.responseSchema),
      maxTokens: numberOrNull(config.maxOutputTokens),
      temperature: numberOrNull(config.temperature),
      stop: Array.isArray(config.stopSequences) ? config.stopSequences.map(text) : [],
      thinks: Number(thinking.thinkingBudget ?? 0) !== 0 || "thinkingLevel" in thinking,
      stream: path.includes(":stream"),
    };
  },
  items: itemsOf,
  say(said, { path }, answer) {
    const pieces = partsOf(said);
    if (!path.includes(":stream")) {
      const whole = said.text
        ? [
            ...pieces.filter(({ text: piece, thought }) => piece === undefined || thought),
            { text: said.text.join("") },
          ]
        : pieces;
      answer.json(200, reply(sorted(whole), said));
      return;
    }
    const body = pieces.map((part) => [null, reply([part], null)] as const);
    sse(answer, [...body, [null, reply(said.ends === "refused" ? null : [{ text: "" }], said)]]);
    answer.endStream();
  },
  fail: (failure, answer) => answer.json(...FAILURES[failure]),
  begin(words, answer) {
    sse(answer, [[null, reply([{ text: words }], null)]]);
  },
};

function partProblem(part: Record<string, unknown>): string {
  const result = part.functionResponse;
  if (result === undefined) return "";
  return text(record(result).name) === "" ? "a function response without a name" : "";
}

/** Thoughts, text, calls. */
function sorted(parts: Record<string, unknown>[]) {
  const rank = (part: Record<string, unknown>) => (part.thought ? 0 : part.functionCall ? 2 : 1);
  return parts.toSorted((a, b) => rank(a) - rank(b));
}

const ROLES: Readonly<Record<string, Role>> = { user: "user", model: "assistant", system: "system" };

function itemsOf(body: JsonObject): Item[] {
  const contents = [{ role: "system", ...record(body.systemInstruction) }, ...list(body.contents)];
  return contents.flatMap((content: JsonObject) => {
    const role = ROLES[text(content.role)];
    if (!role) throw new Error(`a content of ${content.role}`);
    return list(content.parts).flatMap((part) => itemsOfPart(part, role));
  });
}

function itemsOfPart(part: JsonObject, role: Role): Item[] {
  const { functionCall, functionResponse, inlineData, fileData, thoughtSignature } = part;
  const signature = text(thoughtSignature);
  const signed: Item[] = signature === "" ? [] : [{ kind: "signed", signature }];
  if (functionCall) {
    const { id, name, args } = record(functionCall);
    return [...signed, { kind: "call", id: text(id), name: text(name), input: record(args) }];
  }
  if (functionResponse) return [resultOf(record(functionResponse))];
  const data = record(inlineData ?? fileData);
  if (inlineData || fileData) {
    const media = { mediaType: text(data.mimeType), data: text(data.data) || text(data.fileUri) };
    return [{ kind: "media", role, ...media }];
  }
  return [...signed, { kind: "text", role, text: text(part.text) }];
}

function resultOf({ id, name, response, parts }: JsonObject): Item {
  const told = record(response);
  return {
    kind: "result",
    id: text(id),
    name: text(name),
    texts: Object.values(told).map(String),
    media: list(parts).map((part) => text(record(part.inlineData).data)),
    isError: "error" in told,
  };
}

function partsOf(said: Said): Record<string, unknown>[] {
  const parts: Record<string, unknown>[] = [];
  if (said.reasoning) parts.push({ text: said.reasoning.text, thought: true });
  for (const piece of said.text ?? []) parts.push({ text: piece });
  (said.calls ?? []).forEach(({ id, name, input }, at) => {
    const signature = at === 0 && said.reasoning ? { thoughtSignature: said.reasoning.signature } : {};
    parts.push({ functionCall: { id, name, args: input }, ...signature });
  });
  return parts;
}

const FINISH = { stop: "STOP", length: "MAX_TOKENS", tool_calls: "STOP", refused: "SAFETY" } as const;

/** `said` null = more follows. */
function reply(parts: unknown[] | null, said: Said | null) {
  const content = parts ? { content: { role: "model", parts } } : {};
  const end = said ? { finishReason: FINISH[said.ends] } : {};
  return {
    candidates: [{ index: 0, ...content, ...end }],
    ...(said ? { usageMetadata: usageOf(said) } : {}),
    modelVersion: MODEL,
    responseId: "resp-1",
  };
}

function usageOf({ usage: { input, cached, output, reasoning } }: Said) {
  return {
    promptTokenCount: input + cached,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    candidatesTokenCount: output,
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    totalTokenCount: input + cached + output + reasoning,
  };
}

const error = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, details },
});
const RETRY = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }];
const KEY = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }];
const FAILURES: Record<Failure, [number, unknown, Record<string, string>?]> = {
  bad_request: [400, error(400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.temperature'")],
  auth: [400, error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", KEY)],
  missing: [404, error(404, "NOT_FOUND", "models/x is not found for API version v1beta")],
  rate_limited: [429, error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", RETRY)],
  overloaded: [503, error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")],
  context: [
    400,
    error(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    ),
  ],
};
