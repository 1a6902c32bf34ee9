import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type FixtureCase, fixtureCases } from "../../../testing/fixtures.ts";
import { eventsOf, relay, understand, understandReply } from "../../../testing/streams.ts";
import type { Target } from "../../contract.ts";
import { openaiDialect } from "./dialect.ts";

/** What a case's `expected.json` may say; what it leaves out is empty. */
interface Expected {
  /** The body that goes upstream. */
  sent?: unknown;
  dropped?: string[];
  added?: string[];
  content?: string;
  reasoning?: string;
  toolCalls?: unknown[];
  finishReason: string | null;
  usage: unknown;
  fault?: string;
  /** The provider's own words in the fault. */
  error?: unknown;
  /** Events, counted from 0, whose bytes may differ by more than the model; `[DONE]` for the last. */
  changedEvents?: (number | string)[];
  /** `finish`: the stream is complete by its finish reason alone. */
  ends?: string;
}

const TARGET: Target = { upstreamModel: "upstream-model-1", quirks: {}, takesMetadata: false };
const MODEL = "canonical";

const cases = fixtureCases(join(import.meta.dir, "fixtures"));
const expectedOf = (it: FixtureCase) => it.expected as unknown as Expected;
const streams = cases
  .filter((it) => it.stream !== null)
  .map((it) => [it.name, it.stream ?? "", expectedOf(it)] as const);
const replies = cases
  .filter((it) => it.reply !== null)
  .map((it) => [it.name, it.reply ?? "", expectedOf(it)] as const);

const reader = (model = MODEL) => openaiDialect.streamReader({ model, showUsage: true });

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

test("there are cases", () => expect(cases.length).toBeGreaterThan(30));

test.each(
  cases.filter((it) => it.request).map((it) => [it.name, it] as const),
)("%s: the request goes upstream as it should, and the caller's stays as it was", (_, it) => {
  const { sent, dropped, added } = expectedOf(it);
  const wire = openaiDialect.encodeChat(deepFreeze(it.request ?? {}), TARGET);
  expect(JSON.parse(wire.body)).toEqual(sent);
  expect(wire.dropped).toEqual(dropped ?? []);
  expect(wire.added).toEqual(added ?? []);
});

describe.each(streams)("the stream of %s", (_, stream, expected) => {
  const whole = relay(reader(), stream);

  test("says what it should", () => {
    expect(whole.fault?.kind).toBe(expected.fault as never);
    if (expected.error) expect(whole.fault?.error).toEqual(expected.error as never);
    const isDone = expected.fault === undefined && expected.ends !== "finish";
    expect(understand(whole.out)).toEqual({
      content: expected.content ?? "",
      reasoning: expected.reasoning ?? "",
      refusal: "",
      toolCalls: (expected.toolCalls ?? []) as never,
      finishReason: expected.finishReason,
      isDone,
    });
    expect(whole.reader.usage).toEqual(expected.usage as never);
    expect(whole.reader.finishReason).toBe(expected.finishReason);
    expect(whole.reader.hasContent).toBe((expected.content ?? expected.toolCalls ?? "").length > 0);
  });

  test("is the same however it is cut", () => {
    const everyByte = Array.from({ length: stream.length }, (_, at) => at);
    expect(relay(reader(), stream, everyByte).out).toBe(whole.out);
    for (const at of everyByte) {
      const cut = relay(reader(), stream, [at]);
      expect(cut.out).toBe(whole.out);
      expect(cut.fault).toEqual(whole.fault);
      expect(cut.reader.contentBytes).toBe(whole.reader.contentBytes);
    }
  });

  test("keeps the provider's bytes where they keep the contract", () => {
    if (!expected.changedEvents) return;
    const same = relay(reader("upstream-model-1"), stream).out;
    const [before, after] = [
      eventsOf(stream.replace('"model":""', '"model":"upstream-model-1"')),
      eventsOf(same),
    ];
    const differ = before.flatMap((event, at): (number | string)[] => {
      const ended = /[\r\n]{2}$/.test(event) ? event : `${event.trimEnd()}\n\n`;
      if (ended === after[at] || event.trim() === "") return [];
      return event.includes("[DONE]") ? ["[DONE]"] : [numberOf(at, before)];
    });
    if (expected.fault === undefined) expect(differ).toEqual(expected.changedEvents);
    else expect(stream.startsWith(same)).toBe(true);
  });
});

/** Comments and blank lines do not count as events. */
function numberOf(at: number, events: string[]): number {
  return events.slice(0, at).filter((event) => /^data:/m.test(event)).length;
}

describe.each(replies)("the reply of %s", (_, reply, expected) => {
  test("says what it should, and its bytes stay but for the model", () => {
    const decoded = openaiDialect.decodeChat(reply, { model: MODEL });
    if ("kind" in decoded) {
      expect(decoded.kind).toBe(expected.fault as never);
      expect(decoded.error).toEqual((expected.error ?? null) as never);
      return;
    }
    expect(expected.fault).toBeUndefined();
    expect(understandReply(JSON.parse(decoded.text))).toMatchObject({
      content: expected.content ?? "",
      reasoning: expected.reasoning ?? "",
      toolCalls: (expected.toolCalls ?? []) as never,
    });
    expect(decoded.finishReason).toBe(expected.finishReason);
    expect(decoded.usage).toEqual(expected.usage as never);
    expect(decoded.text).toBe(reply.replace('"model":"upstream-model-1"', `"model":"${MODEL}"`));
  });
});

test("a case that has both forms counts the same content in both", () => {
  const both = cases.filter((it) => it.stream && it.reply && !expectedOf(it).fault);
  expect(both.length).toBeGreaterThan(2);
  for (const it of both) {
    const decoded = openaiDialect.decodeChat(it.reply ?? "", { model: MODEL });
    const streamed = relay(reader(), it.stream ?? "").reader;
    expect("kind" in decoded ? null : decoded.contentBytes).toBe(streamed.contentBytes);
  }
});
