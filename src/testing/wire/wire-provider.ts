import type { JsonObject } from "../../core/json.ts";
import type { DialectId, Provider } from "../../providers/contract.ts";
import type { Answer, UpstreamRequest } from "../scripted-upstream.ts";
import type { Item } from "./items.ts";

/** What a scripted provider answers, whatever it speaks. */
export interface Said {
  /** In pieces, as it is streamed. */
  text?: readonly string[];
  reasoning?: { text: string; signature: string };
  calls?: readonly { id: string; name: string; input: JsonObject }[];
  /** `refused`: the provider's own filter or model would not answer. */
  ends: "stop" | "length" | "tool_calls" | "refused";
  /** Disjoint: `input` is without `cached`, `output` without `reasoning`. */
  usage: { input: number; cached: number; output: number; reasoning: number };
}

/** What a provider was asked, in words that all dialects share. */
export interface Heard {
  system: string;
  /** `user: text=hi`, `assistant: call=weather{"city":"Oslo"}`, `user: result=sun`, `user: image=image/png/AAAA`. */
  turns: string[];
  /** Names with their parameter's names: `weather(city)`. */
  tools: string[];
  /** The tool that must be called, `any`, or null. */
  forced: string | null;
  /** The property names of the JSON schema asked for; null = none. */
  schema: string[] | null;
  maxTokens: number | null;
  temperature: number | null;
  stop: string[];
  /** Something in it turns reasoning on. */
  thinks: boolean;
  stream: boolean;
}

export type Failure = "bad_request" | "auth" | "missing" | "rate_limited" | "overloaded" | "context";

/** One provider's API as a script plays it: independent of the dialects that are tested against it. */
export interface WireProvider {
  id: DialectId;
  /** The upstream model the scenarios name. */
  model: string;
  /** How the gateway is told to reach it. */
  settings(origin: string): Pick<Provider, "baseUrl" | "auth" | "paths" | "headers">;
  /** What of the request is not as the API demands; empty = nothing. */
  problems(request: UpstreamRequest): string[];
  hear(request: UpstreamRequest): Heard;
  /** All that the body says, in its order. */
  items(body: JsonObject): Item[];
  say(said: Said, request: UpstreamRequest, answer: Answer): void;
  fail(failure: Failure, answer: Answer): void;
  /** Some first words of a streamed answer, and nothing after them. */
  begin(text: string, answer: Answer): void;
}

export const record = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
export const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.map(record) : []);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** `weather(city)` */
export function toolName(name: unknown, schema: unknown): string {
  return `${text(name)}(${Object.keys(record(record(schema).properties)).join(",")})`;
}

export function schemaNames(schema: unknown): string[] | null {
  return schema === undefined || schema === null ? null : Object.keys(record(record(schema).properties));
}

export function sse(answer: Answer, events: readonly (readonly [string | null, unknown])[]): void {
  answer.startStream();
  for (const [name, data] of events) {
    const body = typeof data === "string" ? data : JSON.stringify(data);
    answer.chunk(`${name === null ? "" : `event: ${name}\n`}data: ${body}\n\n`);
  }
}
