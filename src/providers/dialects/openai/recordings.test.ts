import { describe, expect, test } from "bun:test";
import { type Recording, recordings } from "../../../testing/fixtures.ts";
import {
  dataOf,
  eventsOf,
  type Fields,
  relay,
  understand,
  understandReply,
} from "../../../testing/streams.ts";
import { decodeChat } from "./chat.ts";
import { decodeEmbeddings, decodeModels } from "./embeddings.ts";
import { openaiFault } from "./faults.ts";
import { OpenAiStream } from "./stream.ts";

/** Providers' real answers, where this machine has them. `responses` is another API of the same vendor. */
const all = recordings("openai").filter(({ tags }) => !tags.includes("responses"));
const streams = all.filter(({ isStream }) => isStream);
const bodies = all.filter(({ isStream }) => !isStream);
const named = (list: Recording[]) => list.map((it) => [it.name, it] as const);
const has = (tag: string) => (it: Recording) => it.tags.includes(tag);

test("recordings in use", () => {
  console.log(`recordings used: ${streams.length} streams, ${bodies.length} bodies`);
  expect(streams.length === 0 || streams.length > 15).toBe(true);
});

const MODEL = "canonical/model-9";
const SHORT_BYTES = 4200;
const RANDOM_CUTS = 1000;

const reader = (showUsage = true) => new OpenAiStream({ model: MODEL, showUsage });
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value : []);
const text = (it: Recording) => it.bytes.toString("latin1");

/** The stream as it must leave us: each event with the model named anew, an end put where it is missing. */
function renamed(stream: string): string {
  const events = eventsOf(stream).map((event) => {
    const data = /^data: ?(\{.*\})/m.exec(event)?.[1];
    const model = data === undefined ? undefined : JSON.parse(data).model;
    if (data === undefined || typeof model !== "string") return event;
    const written = data.replace(`"model":${JSON.stringify(model)}`, `"model":${JSON.stringify(MODEL)}`);
    expect(JSON.parse(written)).toEqual({ ...JSON.parse(data), model: MODEL });
    return event.replace(data, () => written);
  });
  const last = events.at(-1) ?? "";
  if (last.trim() !== "" && !/\n\r?\n$/.test(last)) events[events.length - 1] = `${last.trimEnd()}\n\n`;
  return events.join("");
}

/** The rules of OpenAI's contract that some providers break, one event at a time. */
function breaksContract(chunk: Fields, known: Set<unknown>): boolean {
  if (chunk.error) return true;
  return list(chunk.choices).some((choice) => {
    const calls = list((choice.delta as Fields | undefined)?.tool_calls);
    return choice.finish_reason === "" || calls.some((call) => breaksToolContract(call, known));
  });
}

function breaksToolContract(call: Fields, known: Set<unknown>): boolean {
  const called = (call.function ?? {}) as Fields;
  if (typeof called.arguments !== "string") return true;
  if (known.has(call.index)) return "id" in call || "type" in call || "name" in called;
  const isDense = call.index === known.size;
  known.add(call.index);
  return !isDense || !call.id || !call.type || !called.name;
}

function keepsContract(stream: string): boolean {
  const known = new Set();
  return !dataOf(stream).some((data) => data !== "[DONE]" && breaksContract(JSON.parse(data), known));
}

/** Rising positions, the same in every run. */
function* randomPositions(below: number, seed: number): Generator<number> {
  let state = seed;
  for (let i = 0; i < RANDOM_CUTS; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state % below;
  }
}

describe.each(named(streams))("%s", (_, it) => {
  const stream = text(it);
  const whole = relay(reader(), stream);

  test("its bytes stay but for the model, where it keeps the contract", () => {
    if (keepsContract(stream)) {
      expect(whole.fault).toBeNull();
      expect(whole.out).toBe(renamed(stream));
      return;
    }
    const known = new Set();
    const sent = new Set(eventsOf(whole.out));
    for (const event of eventsOf(renamed(stream))) {
      const [data = "[DONE]"] = dataOf(event);
      const isBroken = data !== "[DONE]" && breaksContract(JSON.parse(data), known);
      if (isBroken && whole.fault) return;
      expect(sent.has(event)).toBe(!isBroken);
    }
  });

  test("is the same however it is cut", () => {
    const everyByte = Array.from({ length: stream.length }, (_, at) => at);
    expect(relay(reader(), stream, everyByte).out).toBe(whole.out);
    const cuts = stream.length <= SHORT_BYTES ? everyByte : randomPositions(stream.length, 20_261_122);
    for (const at of cuts) {
      const cut = relay(reader(), stream, [at]);
      if (cut.out !== whole.out || cut.fault?.kind !== whole.fault?.kind)
        throw new Error(`differs when cut at ${at}`);
    }
  });

  test("says what was recorded", () => {
    const choice = list(it.expected.choices)[0] ?? {};
    const said = understand(whole.out);
    if (!it.tags.includes("legacy")) expect(said.content).toBe((choice.content as string | undefined) ?? "");
    if (it.expected.mid_stream_error) expect(whole.fault).not.toBeNull();
    else expect(whole.reader.finishReason).toBe((choice.finish_reason as string | undefined) ?? null);
    const calls = list(choice.tool_calls).map((call) => [call.name, call.arguments_text ?? ""]);
    expect(said.toolCalls.map((call) => [call.name, call.arguments])).toEqual(calls as string[][]);
    if (choice.reasoning && !Array.isArray(choice.reasoning))
      expect(said.content).not.toContain(String(choice.reasoning));
    expectUsage(whole.reader.usage, it.expected.usage);
  });

  test("hides exactly the usage frames from a client that did not ask", () => {
    if (whole.fault) return;
    const shown = eventsOf(whole.out);
    const kept = shown.filter((event) => {
      const [data = "[DONE]"] = dataOf(event);
      const chunk = data === "[DONE]" ? {} : JSON.parse(data);
      return !(chunk.choices?.length === 0 && typeof chunk.usage === "object" && chunk.usage !== null);
    });
    expect(relay(reader(false), stream).out).toBe(kept.join(""));
  });
});

/** Our buckets against the recorded totals; xAI's completion leaves the reasoning out. */
function expectUsage(usage: unknown, recorded: unknown): void {
  const told = recorded as Record<string, number> | undefined | null;
  if (!told) {
    expect(usage).toBeNull();
    return;
  }
  const { input, cachedRead, cacheWrite, output, reasoning } = usage as Record<string, number>;
  const sum = (...parts: (number | undefined)[]) =>
    parts.reduce<number>((total, part) => total + (part ?? 0), 0);
  expect(sum(input, cachedRead, cacheWrite)).toBe(told.prompt_tokens ?? -1);
  expect(cachedRead).toBe(told.cached_tokens ?? 0);
  const completion = Math.max(
    told.completion_tokens ?? 0,
    (told.total_tokens ?? 0) - (told.prompt_tokens ?? 0),
  );
  expect(sum(output, reasoning)).toBe(completion);
  expect(reasoning).toBe(Math.min(told.reasoning_tokens ?? 0, completion));
}

const answers = bodies.filter((it) => it.status === 200 && !has("embeddings")(it) && !has("models")(it));

describe.each(named(answers))("%s", (_, it) => {
  const body = it.bytes.toString("utf8");
  const decoded = decodeChat(body, { model: MODEL });

  test("is decoded as recorded, its bytes stay but for the model", () => {
    if ("kind" in decoded) throw new Error(decoded.cause);
    const choice = list(it.expected.choices)[0] ?? {};
    const said = understandReply(JSON.parse(decoded.text));
    if (!it.tags.includes("legacy")) expect(said.content).toBe((choice.content as string | undefined) ?? "");
    expect(decoded.finishReason ?? "").toBe((choice.finish_reason as string | undefined) ?? "");
    expect(said.toolCalls.map(({ name }) => name)).toEqual(
      list(choice.tool_calls).map(({ name }) => name as string),
    );
    expectUsage(decoded.usage, it.expected.usage);
    const model = JSON.stringify(JSON.parse(body).model);
    const at = decoded.text.indexOf(JSON.stringify(MODEL));
    expect(decoded.text.replace(JSON.stringify(MODEL), () => model)).toBe(body);
    expect(at).toBeGreaterThan(0);
  });
});

test.each(
  named(bodies.filter(({ status }) => status !== 200)),
)("%s is typed, its words are kept", (_, it) => {
  const found = openaiFault(it.status, new Headers(it.headers), it.bytes.toString("utf8"), 0);
  const expected = (
    { 400: "bad_request", 401: "upstream_auth", 404: "model_missing" } as Record<number, string>
  )[it.status];
  expect(found.kind).toBe(expected as never);
  const told = (it.expected.upstream_error as Fields | undefined)?.error as Fields | undefined;
  expect(found.error?.message).toBe(told?.message as string);
});

test.each(
  named(bodies.filter(has("embeddings")).filter(({ status }) => status === 200)),
)("%s comes in the encoding asked for", (_, it) => {
  const body = it.bytes.toString("utf8");
  const decoded = (encoding: "float" | "base64") => {
    const found = decodeEmbeddings(body, { model: MODEL, encoding });
    if ("kind" in found) throw new Error(found.cause);
    return JSON.parse(found.text).data[0].embedding;
  };
  const floats: number[] = decoded("float");
  const bytes = Buffer.from(decoded("base64"), "base64");
  expect(bytes.length).toBe(floats.length * 4);
  expect(floats.every((value, at) => Math.abs(bytes.readFloatLE(at * 4) - value) < 1e-7)).toBe(true);
});

test.each(named(bodies.filter(has("models"))))("%s is a list of models", (_, it) => {
  const ids = decodeModels(it.bytes.toString("utf8"));
  expect(ids?.length).toBeGreaterThan(3);
});
