import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { breachIn } from "../../../testing/chunk-contract.ts";
import { cutPlaces, isRefusal } from "../../../testing/dialect-case.ts";
import { expectRefusal } from "../../../testing/dialect-laws.ts";
import { type FixtureCase, fixtureCases } from "../../../testing/fixtures.ts";
import { eventsOf, relay, understand, understandReply } from "../../../testing/streams.ts";
import { openaiDialect } from "./dialect.ts";
import type { PassedTo } from "./request-fields.ts";

/** What a case's `expected.json` may say; what it leaves out is empty. */
interface Expected {
  /** The body that goes upstream. */
  sent?: unknown;
  dropped?: string[];
  added?: string[];
  /** The field for which the target is skipped; nothing is sent then. */
  unsupported?: string;
  content?: string;
  reasoning?: string;
  refusal?: string;
  toolCalls?: unknown[];
  finishReason: string | null;
  usage: unknown;
  fault?: string;
  /** The provider's own words in the fault. */
  error?: unknown;
  /** Events, counted from 0, that do not leave as they came but for the model; `[DONE]` for the last. */
  changedEvents?: (number | string)[];
  /** The whole reply, where it cannot leave as it came. */
  changedReply?: unknown;
  /** `finish`: the stream is complete by its finish reason alone. */
  ends?: string;
}

const TARGET: PassedTo = {
  upstreamModel: "upstream-model-1",
  quirks: {},
  takesMetadata: false,
  attachments: new Map(),
};
const MODEL = "canonical";

const cases = fixtureCases(join(import.meta.dir, "fixtures"));
const expectedOf = (it: FixtureCase) => it.expected as unknown as Expected;
const streams = cases
  .filter((it) => it.stream !== null)
  .map((it) => [it.name, it.stream ?? "", expectedOf(it)] as const);
const replies = cases
  .filter((it) => it.reply !== null && !isRefusal(it))
  .map((it) => [it.name, it.reply ?? "", expectedOf(it), it] as const);

const OURS = { id: "req_7", createdS: 1_790_000_001 };
const reader = (model = MODEL) => openaiDialect.streamReader({ model, showUsage: true, ...OURS });

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
  const { sent, dropped, added, unsupported } = expectedOf(it);
  expect(sent === undefined).toBe(unsupported !== undefined);
  const attachments = new Map(Object.entries(it.target?.attachments ?? {}));
  const target: PassedTo = { ...TARGET, ...it.target, attachments };
  const wire = openaiDialect.encodeChat(deepFreeze(it.request ?? {}), target);
  if ("unsupported" in wire) {
    expect(wire.unsupported).toBe(unsupported as never);
    return;
  }
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
      refusal: expected.refusal ?? "",
      toolCalls: (expected.toolCalls ?? []) as never,
      finishReason: expected.finishReason,
      isDone,
    });
    expect(whole.reader.usage).toEqual(expected.usage as never);
    expect(whole.reader.finishReason).toBe(expected.finishReason);
    const { content = "", reasoning = "", refusal = "", toolCalls = [] } = expected;
    expect(whole.reader.hasContent).toBe(`${content}${reasoning}${refusal}` !== "" || toolCalls.length > 0);
  });

  test("leaves in OpenAI's contract", () => {
    const breach = breachIn(whole.out);
    expect(whole.fault && breach === "no finish reason" ? null : breach).toBeNull();
  });

  test("is the same however it is cut", () => {
    const everyByte = Array.from({ length: stream.length }, (_, at) => at);
    expect(relay(reader(), stream, everyByte).out).toBe(whole.out);
    for (const at of cutPlaces(stream)) {
      const cut = relay(reader(), stream, [at]);
      expect(cut.out).toBe(whole.out);
      expect(cut.fault).toEqual(whole.fault);
      expect({ ...cut.reader.content }).toEqual({ ...whole.reader.content });
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
      if (after.includes(ended) || event.trim() === "") return [];
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

describe.each(replies)("the reply of %s", (_, reply, expected, it) => {
  test("says what it should, and its bytes stay but for the model where they keep the contract", () => {
    const decoded = openaiDialect.decodeChat(reply, { model: MODEL, ...OURS });
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
      finishReason: expected.finishReason,
    });
    expect(decoded.finishReason).toBe(expected.finishReason);
    expect(decoded.usage).toEqual(expected.usage as never);
    // A recording tells what is in the answer; which bytes stay is for the cases made by hand.
    if (it.head) return;
    const same = reply.replace('"model":"upstream-model-1"', `"model":"${MODEL}"`);
    expect(decoded.text === same).toBe(expected.changedReply === undefined);
    if (expected.changedReply) expect(JSON.parse(decoded.text)).toEqual(expected.changedReply as never);
  });
});

test.each(cases.filter(isRefusal).map((it) => [it.name, it] as const))("the refusal of %s", (_, it) => {
  expectRefusal(openaiDialect, it, it.expected);
});

test("a case that has both forms counts the same content in both", () => {
  const both = cases.filter((it) => it.stream && it.reply && !expectedOf(it).fault);
  expect(both.length).toBeGreaterThan(2);
  for (const it of both) {
    const decoded = openaiDialect.decodeChat(it.reply ?? "", { model: MODEL, ...OURS });
    const streamed = relay(reader(), it.stream ?? "").reader;
    expect("kind" in decoded ? null : decoded.contentBytes).toBe(streamed.content.bytes);
  }
});
