import { describe, expect, test } from "bun:test";
import type { Dialect } from "../providers/contract.ts";
import { type Recording, recordings } from "./fixtures.ts";
import { type Fields, relay, type Understood, understand, understandReply } from "./streams.ts";

const OPTIONS = { model: "canonical/model-9", id: "req_0000000009", createdS: 1_795_000_000 };

const list = (value: unknown): Fields[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * Replays every recorded answer of one wire format, where this machine has them, and compares it with what its index
 * says it must contain. `known` names recordings that are told by hand instead, each with its reason.
 */
export function describeRecordings(
  dialect: Dialect,
  wire: string,
  known: Readonly<Record<string, string>> = {},
): void {
  const all = recordings(wire);
  test(`${wire}: recordings in use`, () => {
    const byHand = all.filter(({ name }) => name in known);
    console.log(`${wire}: ${all.length} recordings replayed, ${byHand.length} of them told by hand`);
    expect(byHand.length).toBe(all.length === 0 ? 0 : Object.keys(known).length);
  });
  if (all.length === 0) return;
  describe.each(all.map((it) => [it.name, it] as const))("%s", (_, it) => {
    if (it.status !== 200) test("is typed, its words are kept", () => expectError(dialect, it));
    else if (it.isStream)
      test("the stream says what was recorded", () => expectStream(dialect, it, it.name in known));
    else test("the answer says what was recorded", () => expectAnswer(dialect, it, it.name in known));
  });
}

function expectError(dialect: Dialect, it: Recording): void {
  const found = dialect.fault(it.status, new Headers(it.headers), it.bytes.toString("utf8"), 0);
  const told = (it.expected.upstream_error as Fields | undefined)?.error as Fields | undefined;
  expect(found.error?.message).toBe(textOf(told?.message));
  expect(found.status).toBe(it.status);
}

function expectStream(dialect: Dialect, it: Recording, byHand: boolean): void {
  const stream = it.bytes.toString("latin1");
  const reader = () => dialect.streamReader({ ...OPTIONS, showUsage: true });
  const whole = relay(reader(), stream);
  const seed = [...stream].length;
  const cuts = Array.from({ length: 200 }, (_, at) => (at * 7919 + seed) % stream.length).sort(
    (a, b) => a - b,
  );
  expect(relay(reader(), stream, cuts).out).toBe(whole.out);
  if (byHand) return;
  if (it.expected.mid_stream_error) {
    expect(whole.fault).not.toBeNull();
    expect(whole.out).not.toContain("[DONE]");
    return;
  }
  expect(whole.fault).toBeNull();
  expectSaid(understand(whole.out), it);
  expectUsage(whole.reader.usage, it.expected.usage);
}

function expectAnswer(dialect: Dialect, it: Recording, byHand: boolean): void {
  const decoded = dialect.decodeChat(it.bytes.toString("utf8"), OPTIONS);
  if ("kind" in decoded) throw new Error(`${decoded.kind}: ${decoded.cause}`);
  if (byHand) return;
  expectSaid(understandReply(JSON.parse(decoded.text)), it);
  expectUsage(decoded.usage, it.expected.usage);
}

function expectSaid(said: Understood, { expected }: Recording): void {
  const choice = list(expected.choices)[0] ?? {};
  expect(said.content).toBe(textOf(choice.content));
  expect(said.finishReason).toBe(choice.finish_reason as never);
  const calls = list(choice.tool_calls);
  expect(said.toolCalls.map(({ name }) => name)).toEqual(calls.map(({ name }) => textOf(name)));
  said.toolCalls.forEach((call, at) => {
    expect(JSON.parse(call.arguments)).toEqual(calls[at]?.arguments as never);
    if (typeof calls[at]?.id === "string") expect(call.id).toBe(calls[at].id);
    expect(call.id).not.toBe("");
  });
  expect(new Set(said.toolCalls.map(({ id }) => id)).size).toBe(said.toolCalls.length);
  const reasoning = textOf(choice.reasoning);
  if (reasoning !== "") expect(said.reasoning).toBe(reasoning);
}

function expectUsage(usage: unknown, recorded: unknown): void {
  const told = recorded as Record<string, number> | undefined | null;
  if (!told || typeof told.total_tokens !== "number") return;
  const {
    input = 0,
    cachedRead = 0,
    cacheWrite = 0,
    output = 0,
    reasoning = 0,
  } = (usage ?? {}) as Record<string, number>;
  expect(input + cachedRead + cacheWrite).toBe(told.prompt_tokens ?? -1);
  expect(cachedRead).toBe(told.cached_tokens ?? 0);
  expect(cacheWrite).toBe(told.cache_write_tokens ?? 0);
  expect(output + reasoning).toBe(told.completion_tokens ?? -1);
  if (typeof told.reasoning_tokens === "number") expect(reasoning).toBe(told.reasoning_tokens);
}
