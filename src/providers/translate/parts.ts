import type { JsonObject } from "../../core/json.ts";

/** Everything up to here may be cached by the provider; a null `ttl` is its default. */
export interface CacheMark {
  ttl: string | null;
  /** What the request calls it. */
  field: "cache_control" | "prompt_cache_breakpoint";
}

/** `url` is left only where the gateway did not fetch it; `id` is a file of the provider's own store. */
export type Source =
  | { kind: "data"; mediaType: string; base64: string }
  | { kind: "url"; url: string }
  | { kind: "id"; id: string };

interface Marked {
  cache: CacheMark | null;
}

export type TextPart = { kind: "text"; text: string } & Marked;
export type ImagePart = { kind: "image"; source: Source; path: string } & Marked;
export type FilePart = { kind: "file"; source: Source; name: string | null; path: string } & Marked;
/** `format`: OpenAI's word, `wav` or `mp3`. */
export type AudioPart = { kind: "audio"; format: string; base64: string; path: string } & Marked;
/** `signature`: Google's thought signature of this call. */
export type CallPart = {
  kind: "call";
  id: string;
  name: string;
  input: JsonObject;
  signature: string | null;
} & Marked;
/** `name`: of the tool, where its call is in the conversation or the message says it. */
export type ResultPart = {
  kind: "result";
  callId: string;
  name: string | null;
  parts: Part[];
  isError: boolean;
} & Marked;
export type ReasoningPart = { kind: "reasoning"; details: ReasoningDetail[] } & Marked;

/** `path`: where it stood in the request, for saying what is unsupported. */
export type Part = TextPart | ImagePart | FilePart | AudioPart | CallPart | ResultPart | ReasoningPart;

export interface Turn {
  role: "user" | "assistant";
  parts: Part[];
}

/**
 * One piece of reasoning as OpenRouter shapes it: `reasoning.text {text, signature}`, `reasoning.summary {summary}`,
 * `reasoning.encrypted {data}`. `format` says whose it is; only its issuer understands its signature.
 */
export type ReasoningDetail = JsonObject;

/** Appends a turn; a neighbour of the same role grows instead. A user's tool results go before what else is said. */
export function addTurn(turns: Turn[], turn: Turn): void {
  if (turn.parts.length === 0) return;
  const last = turns.at(-1);
  if (last?.role !== turn.role) {
    turns.push({ role: turn.role, parts: [...turn.parts] });
    return;
  }
  for (const part of turn.parts) {
    if (part.kind !== "result") last.parts.push(part);
    else last.parts.splice(behindResults(last.parts), 0, part);
  }
}

function behindResults(parts: readonly Part[]): number {
  return parts.findLastIndex(({ kind }) => kind === "result") + 1;
}

/** The text of the parts that are text, joined. */
export function textOf(parts: readonly Part[], separator = ""): string {
  return parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join(separator);
}

/** The details that one issuer wrote, by its `format`. */
export function detailsOf(parts: readonly Part[], format: string): ReasoningDetail[] {
  return parts.flatMap((part) =>
    part.kind === "reasoning" ? part.details.filter((detail) => detail.format === format) : [],
  );
}
