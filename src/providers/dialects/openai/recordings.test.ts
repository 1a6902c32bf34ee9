import { describe, expect, test } from "bun:test";
import { breachIn, ChunkContract } from "../../../testing/chunk-contract.ts";
import { type Recording, recordings } from "../../../testing/fixtures.ts";
import {
  dataOf,
  eventsOf,
  type Fields,
  relay,
  understand,
  understandReply,
} from "../../../testing/streams.ts";
import { openaiFault } from "../../refusals.ts";
import { decodeChat } from "./chat.ts";
import { decodeEmbeddings } from "./embeddings.ts";
import { decodeModels } from "./models.ts";
import { OpenAiStream } from "./stream.ts";

/** Providers' real answers, where this machine has them. */
const recorded = recordings("openai");
const has = (tag: string) => (it: Recording) => it.tags.includes(tag);
/** The Responses API is another one of the same vendor: this dialect does not speak it. */
const all = recorded.filter((it) => !has("responses")(it));
const streams = all.filter(({ isStream }) => isStream);
const bodies = all.filter(({ isStream }) => !isStream);
const refusals = bodies.filter(({ status }) => status !== 200);
const lists = bodies.filter((it) => it.status === 200 && has("models")(it));
const embeddings = bodies.filter((it) => it.status === 200 && has("embeddings")(it));
const answers = bodies.filter((it) => it.status === 200 && !has("embeddings")(it) && !has("models")(it));
const named = (list: Recording[]) => list.map((it) => [it.name, it] as const);

test("every recording is replayed", () => {
  const replayed = streams.length + answers.length + refusals.length + lists.length + embeddings.length;
  const skipped = recorded.length - replayed;
  console.log(
    `recordings of OpenAI's wire: ${recorded.length}. Replayed: ${replayed} (${streams.length} streams, ` +
      `${answers.length} answers, ${refusals.length} refusals, ${embeddings.length} embeddings, ${lists.length} ` +
      `model lists). Skipped: ${skipped}, because they are of the Responses API.`,
  );
  expect(skipped).toBe(recorded.filter(has("responses")).length);
  expect(streams.length === 0 || streams.length > 15).toBe(true);
});

const MODEL = "canonical/model-9";
const SHORT_BYTES = 4200;
const RANDOM_CUTS = 1000;

const reader = (showUsage = true) =>
  new OpenAiStream({ model: MODEL, showUsage, id: "req_1", createdS: 1_790_000_000 });
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
    if (breachIn(stream) === null) {
      expect(whole.fault).toBeNull();
      expect(whole.out).toBe(renamed(stream));
      return;
    }
    const contract = new ChunkContract();
    const sent = new Set(eventsOf(whole.out));
    for (const event of eventsOf(renamed(stream))) {
      const [data = "[DONE]"] = dataOf(event);
      const breach = data === "[DONE]" ? null : contract.breach(JSON.parse(data));
      if (breach && whole.fault) return;
      expect([breach, sent.has(event)]).toEqual([breach, breach === null]);
    }
  });

  test("what leaves us keeps the contract, whatever came", () => {
    const breach = breachIn(whole.out);
    expect(whole.fault && breach === "no finish reason" ? null : breach).toBeNull();
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
    else expect(whole.reader.finishReason).toBe(unified(choice));
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

/** The recorded finish reason, and what stands for none. */
function unified({ finish_reason: told, tool_calls: calls }: Fields): string {
  return typeof told === "string" && told !== "" ? told : list(calls).length > 0 ? "tool_calls" : "stop";
}

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

describe.each(named(answers))("%s", (_, it) => {
  const body = it.bytes.toString("utf8");
  const decoded = decodeChat(body, { model: MODEL });

  test("is decoded as recorded", () => {
    if ("kind" in decoded) throw new Error(decoded.cause);
    const choice = list(it.expected.choices)[0] ?? {};
    const reply = JSON.parse(decoded.text);
    const said = understandReply(reply);
    if (!it.tags.includes("legacy")) {
      expect(said.content).toBe((choice.content as string | undefined) ?? "");
      expect(Array.isArray(reply.choices[0].message.content)).toBe(false);
      expect(said.finishReason).toBe(unified(choice));
    }
    expect(decoded.finishReason).toBe(unified(choice));
    const calls = list(choice.tool_calls);
    expect(said.toolCalls.map(({ name }) => name)).toEqual(calls.map(({ name }) => name as string));
    expect(said.toolCalls.map((call) => JSON.parse(call.arguments))).toEqual(
      calls.map((call) => call.arguments ?? {}),
    );
    expectUsage(decoded.usage, it.expected.usage);
  });

  test("keeps its bytes but for the model, where it keeps the contract", () => {
    if ("kind" in decoded) throw new Error(decoded.cause);
    const sent = JSON.parse(body);
    const isKept = list(sent.choices).every(
      (choice) => typeof choice.text === "string" || keepsContract(choice),
    );
    const model = JSON.stringify(sent.model);
    const same = decoded.text.replace(JSON.stringify(MODEL), () => model) === body;
    expect(same).toBe(isKept);
  });
});

/** What SDKs rely on in a whole answer. */
function keepsContract(choice: Fields): boolean {
  const message = choice.message as Fields;
  const isTold = typeof message.content === "string" || message.content === null;
  const calls = list(message.tool_calls).map((call) => (call.function ?? {}) as Fields);
  const isCalled = calls.every((called) => typeof called.arguments === "string" && called.arguments !== "");
  return isTold && isCalled && choice.finish_reason !== "" && choice.finish_reason !== undefined;
}

test.each(named(refusals))("%s is typed, its words are kept", (_, it) => {
  const found = openaiFault(it.status, new Headers(it.headers), it.bytes.toString("utf8"), 0);
  const expected = (
    { 400: "bad_request", 401: "upstream_auth", 404: "model_missing" } as Record<number, string>
  )[it.status];
  expect(found.kind).toBe(expected as never);
  const told = (it.expected.upstream_error as Fields | undefined)?.error as Fields | undefined;
  expect(found.error?.message).toBe(told?.message as string);
});

test.each(named(embeddings))("%s comes in the encoding asked for", (_, it) => {
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

test.each(named(lists))("%s is a list of models", (_, it) => {
  const ids = decodeModels(it.bytes.toString("utf8"));
  expect(ids?.length).toBeGreaterThan(3);
});
