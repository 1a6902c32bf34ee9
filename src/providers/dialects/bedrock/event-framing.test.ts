import { expect, test } from "bun:test";
import fc from "fast-check";
import { type EventMessage, eventStream } from "../../../testing/event-stream.ts";
import { MAX_EVENT_BYTES } from "../../frames.ts";
import { BROKEN, EventFraming, EXCEPTION } from "./event-framing.ts";

function event(name: string, payload: unknown): EventMessage {
  return [{ ":event-type": name }, payload];
}

/** Cut into pieces of these lengths, the rest last. */
function framed(latin1: string, lengths: readonly number[] = []) {
  const framing = new EventFraming();
  const found = [];
  let rest = latin1;
  for (const length of lengths) {
    found.push(...framing.push(rest.slice(0, length)));
    rest = rest.slice(length);
  }
  found.push(...framing.push(rest), ...framing.end());
  return { found, pendingBytes: framing.pendingBytes };
}

/** The 32 bits at a place of a stream, replaced. */
function with32(latin1: string, at: number, value: number): string {
  const bytes = Buffer.from(latin1, "latin1");
  bytes.writeUInt32BE(value, at);
  return bytes.toString("latin1");
}

test("messages come out whole, in order, however their bytes were cut", () => {
  const payload = fc.record({ text: fc.string({ unit: "binary" }), n: fc.integer() });
  const cuts = fc.array(fc.nat(60), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1, maxLength: 6 }), cuts, (payloads, lengths) => {
      const stream = eventStream(payloads.map((it) => event("contentBlockDelta", it)));
      const { found, pendingBytes } = framed(stream, lengths);
      expect(found.map(({ data }) => JSON.parse(data))).toEqual(payloads);
      expect(new Set(found.map(({ name }) => name))).toEqual(new Set(["contentBlockDelta"]));
      expect(pendingBytes).toBe(0);
    }),
  );
});

test.each([
  ["an event", [{ ":event-type": "messageStop" }, { a: 1 }], { name: "messageStop", data: '{"a":1}' }],
  ["an event without a name", [{}, {}], { name: "", data: "{}" }],
  ["an event without a payload", [{ ":event-type": "x" }, null], { name: "x", data: "{}" }],
  [
    "an exception",
    [{ ":message-type": "exception", ":exception-type": "throttlingException" }, { message: "Wait." }],
    { name: `${EXCEPTION}throttlingException`, data: '{"message":"Wait."}' },
  ],
  [
    "an error without a payload",
    [{ ":message-type": "error", ":error-code": "Gone", ":error-message": 'So "bad"' }, null],
    { name: `${EXCEPTION}Gone`, data: '{"message":"So \\"bad\\""}' },
  ],
] as const)("%s", (_, message, expected) => {
  expect(framed(eventStream([message])).found).toEqual([expected]);
});

test("a message that lacks its end is none, and stays pending", () => {
  const stream = eventStream([event("a", { x: 1 }), event("b", { x: 2 })]);
  const { found, pendingBytes } = framed(stream.slice(0, -1));
  expect(found.map(({ name }) => name)).toEqual(["a"]);
  expect(pendingBytes).toBeGreaterThan(0);
});

test("a flipped byte anywhere in a message is noticed, and nothing is read behind it", () => {
  const first = eventStream([event("a", { text: "words" })]);
  const second = eventStream([event("b", {})]);
  for (let at = 0; at < first.length; at++) {
    const bytes = Buffer.from(first, "latin1");
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x40, at);
    const { found } = framed(bytes.toString("latin1") + second);
    expect(found.map(({ name }) => name)).toEqual([BROKEN]);
    expect(found[0]?.data).not.toContain("words");
  }
});

test.each([
  ["shorter than a message can be", 15],
  ["longer than an event may be", MAX_EVENT_BYTES + 1],
])("a length %s is refused at once, not waited for", (_, length) => {
  const { found } = framed(with32(eventStream([event("a", {})]), 0, length).slice(0, 12));
  expect(found.map(({ name }) => name)).toEqual([BROKEN]);
});

test("what is no event stream at all is refused at its first bytes", () => {
  expect(framed('{"message":"not a stream"}').found.map(({ name }) => name)).toEqual([BROKEN]);
});
