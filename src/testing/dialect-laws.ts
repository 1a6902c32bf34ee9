import { describe, expect, test } from "bun:test";
import type { Fault } from "../core/faults.ts";
import type { Decoded, Dialect, StreamReader } from "../providers/contract.ts";
import { deepFreeze } from "./deep-freeze.ts";
import {
  cutPlaces,
  detailsIn,
  type Expected,
  isRefusal,
  READ_AT_MS,
  readingOf,
  SHOWN,
  targetOf,
} from "./dialect-case.ts";
import { type FixtureCase, fixtureCases } from "./fixtures.ts";
import { dataOf, relay, type Understood, understand, understandReply } from "./streams.ts";

/**
 * The laws that every dialect keeps over every case of its folder: the request survives unchanged, a stream says the
 * same however its bytes are cut and as the answer without streaming, what was not told is null, and an answer that
 * was not finished never looks finished. `streamOf` makes a case's stream where it is no text file.
 */
export function describeDialect(
  dialect: Dialect,
  folder: string,
  streamOf: (it: FixtureCase) => string | null = ({ stream }) => stream,
): void {
  const cases = fixtureCases(folder);
  test(`${dialect.id}: there are cases`, () => expect(cases.length).toBeGreaterThan(20));
  describeCases(dialect, cases, streamOf);
}

/** The same for these cases, however few. */
export function describeCases(
  dialect: Dialect,
  cases: readonly FixtureCase[],
  streamOf: (it: FixtureCase) => string | null = ({ stream }) => stream,
): void {
  describe.each(cases.map((it) => [it.name, it] as const))(`${dialect.id}: %s`, (_, it) => {
    const expected = it.expected as Expected;
    const stream = streamOf(it);
    test("says something", () => expect(it.request ?? stream ?? it.reply).not.toBeNull());
    if (it.request) test("the request is sent as it should be", () => expectSent(dialect, it, expected));
    const reading = readingOf(dialect, it);
    const options = { ...SHOWN, ...(reading ? { reading } : {}) };
    const reader = (showUsage = true) => dialect.streamReader({ ...options, showUsage });
    if (stream !== null) describeStream(reader, stream, expected);
    const { reply } = it;
    if (reply === null) return;
    if (isRefusal(it)) test("the refusal says what it should", () => expectRefusal(dialect, it, expected));
    else
      test("the answer says what it should", () => expectReply(dialect.decodeChat(reply, options), expected));
  });
}

/** What the provider refused, as its `upstream.head.json` and its words say. */
export function expectRefusal(dialect: Dialect, { head, reply }: FixtureCase, expected: Expected): void {
  const fault = dialect.fault(head?.status ?? 0, new Headers(head?.headers), reply ?? "", READ_AT_MS);
  expect(fault.kind).toBe(expected.fault as never);
  expect(fault.status).toBe(head?.status as never);
  expect(fault.error).toEqual((expected.error ?? null) as never);
  expect(fault.retryAfterMs).toBe(expected.retryAfterMs ?? null);
}

function expectSent(dialect: Dialect, it: FixtureCase, expected: Expected): void {
  const { target } = targetOf(it);
  const request = deepFreeze(it.request ?? {});
  const wire = dialect.encodeChat(request, target);
  if ("unsupported" in wire) {
    expect(wire.unsupported).toBe(expected.unsupported ?? "");
    expect(wire.why).toMatch(/\.$/);
    return;
  }
  expect(expected.unsupported).toBeUndefined();
  expect(JSON.parse(wire.body)).toEqual(expected.sent as never);
  if (expected.path !== undefined) expect(wire.path).toBe(expected.path);
  expect([...wire.dropped].sort()).toEqual([...(expected.dropped ?? [])].sort());
  expect([...wire.added].sort()).toEqual([...(expected.added ?? [])].sort());
  expect(dialect.encodeChat(request, target)).toEqual(wire);
}

function describeStream(
  reader: (showUsage?: boolean) => StreamReader,
  stream: string,
  expected: Expected,
): void {
  const whole = relay(reader(), stream);

  test("the stream says what it should", () => {
    expect(whole.fault?.kind).toBe(expected.fault as never);
    if (expected.error) expect(whole.fault?.error).toEqual(expected.error as never);
    expectSaid(understand(whole.out), expected, whole.fault);
    const fromStream = detailsIn(whole.out);
    if (!whole.fault) expect(fromStream).toEqual((expected.details ?? []) as never);
    expect(whole.reader.usage).toEqual((expected.usage ?? null) as never);
    if (!whole.fault) expect(whole.reader.finishReason).toBe((expected.finishReason ?? null) as never);
  });

  test("the stream is OpenAI's", () => expectContract(whole.out, whole.fault, expected));

  test("the stream is the same however it is cut", () => {
    const everyByte = Array.from({ length: stream.length }, (_, at) => at);
    const compare = (cuts: number[]) => {
      const cut = relay(reader(), stream, cuts);
      expect(cut.out).toBe(whole.out);
      expect(cut.fault).toEqual(whole.fault);
      expect({ ...cut.reader.content }).toEqual({ ...whole.reader.content });
    };
    compare(everyByte);
    for (const at of cutPlaces(stream)) compare([at]);
  });

  test("the stream never looks finished before it is", () => {
    for (const at of cutPlaces(stream).filter((it) => it > 0)) {
      const cut = relay(reader(), stream.slice(0, at));
      if (cut.fault) expect(cut.out).not.toContain("[DONE]");
      else expect(understand(cut.out).finishReason).toBe((expected.finishReason ?? null) as never);
    }
  });

  test("usage is only shown to who asked for it", () => {
    const out = relay(reader(false), stream).out;
    expect(out).not.toContain('"usage"');
  });
}

/** What OpenAI's SDKs enforce of every event. */
function expectContract(out: string, fault: Fault | null, expected: Expected): void {
  const data = dataOf(out);
  if (fault) expect(data).not.toContain("[DONE]");
  else expect(data.indexOf("[DONE]")).toBe(data.length - 1);
  const chunks = data.filter((it) => it !== "[DONE]").map((it) => JSON.parse(it));
  const first = chunks[0];
  const finished = new Map<number, number>();
  const hasRole = new Set<number>();
  for (const chunk of chunks) {
    expect(chunk).toMatchObject({
      object: "chat.completion.chunk",
      model: SHOWN.model,
      id: first.id,
      created: first.created,
    });
    for (const choice of chunk.choices) {
      if (!hasRole.has(choice.index)) expect(choice.delta.role).toBe("assistant");
      hasRole.add(choice.index);
      expect(finished.get(choice.index) ?? 0).toBe(0);
      if (choice.finish_reason !== null) finished.set(choice.index, 1);
    }
  }
  if (fault) return;
  expect(new Set(finished.keys())).toEqual(hasRole);
  const told = chunks.filter(({ usage }) => usage);
  expect(told.length).toBe(expected.usage ? 1 : 0);
  if (expected.usage) expect(told[0]).toBe(chunks.at(-1));
}

function expectReply(decoded: Decoded | Fault, expected: Expected): void {
  if ("kind" in decoded) {
    expect(decoded.kind).toBe(expected.fault as never);
    if (expected.error) expect(decoded.error).toEqual(expected.error as never);
    return;
  }
  expect(expected.fault).toBeUndefined();
  const reply = JSON.parse(decoded.text);
  expect(reply).toMatchObject({ object: "chat.completion", model: SHOWN.model, created: expect.any(Number) });
  expectSaid(understandReply(reply), expected, null);
  const { message, ...choice } = reply.choices[0];
  expect(message.role).toBe("assistant");
  expect(message.reasoning_details ?? []).toEqual((expected.details ?? []) as never);
  expect(message.annotations ?? []).toEqual((expected.annotations ?? []) as never);
  if (expected.nativeFinishReason !== undefined)
    expect(choice.native_finish_reason ?? null).toBe(expected.nativeFinishReason);
  expect(decoded.usage).toEqual((expected.usage ?? null) as never);
  expect("usage" in reply).toBe(decoded.usage !== null);
  expect(decoded.finishReason).toBe((expected.finishReason ?? null) as never);
}

function expectSaid(said: Understood, expected: Expected, fault: Fault | null): void {
  if (fault) {
    expect(said.finishReason).toBeNull();
    return;
  }
  expect(said).toMatchObject({
    content: expected.content ?? "",
    reasoning: expected.reasoning ?? "",
    refusal: expected.refusal ?? "",
    toolCalls: expected.toolCalls ?? [],
    finishReason: expected.finishReason ?? null,
    isDone: true,
  });
}
