import { expect, test } from "bun:test";
import fc from "fast-check";
import { dataEvent, Frames, fieldsOf, fromLatin1, MAX_EVENT_BYTES, toLatin1 } from "./frames.ts";

function framed(pieces: readonly string[]): { events: string[]; rest: string } {
  const frames = new Frames();
  const events = pieces.flatMap((piece) => frames.push(piece));
  return { events, rest: frames.takeRest() };
}

test.each([
  ["newlines", "a\n\nb\n\n", ["a\n\n", "b\n\n"], ""],
  ["CRLF", "a\r\n\r\nb\r\n\r\n", ["a\r\n\r\n", "b\r\n\r\n"], ""],
  ["CR", "a\r\rb\r\r", ["a\r\r", "b\r\r"], ""],
  ["mixed line ends", "a\r\n\nb\n\r\nc\n\rd", ["a\r\n\n", "b\n\r\n", "c\n\r"], "d"],
  ["several lines in an event", "a\nb\r\nc\rd\n\n", ["a\nb\r\nc\rd\n\n"], ""],
  ["more blank lines than needed", "a\n\n\n\nb\n\n\n", ["a\n\n", "\n\n", "b\n\n"], "\n"],
  ["an end without blank line", "a\n\nb\n", ["a\n\n"], "b\n"],
  ["a CR that may be half of a CRLF", "a\r\n\r", [], "a\r\n\r"],
  ["nothing", "", [], ""],
])("events end at their blank line: %s", (_, text, events, rest) => {
  expect(framed([text])).toEqual({ events, rest });
  expect(framed([...text])).toEqual({ events, rest });
});

test("no byte is lost and no cut changes the events, whatever the line ends", () => {
  const letters = fc.array(fc.constantFrom("\r", "\n", "\r\n", "a", "data: b", "\u00e9"), { maxLength: 40 });
  const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 20 });
  fc.assert(
    fc.property(letters, cuts, (parts, at) => {
      const text = parts.join("");
      const sorted = [0, ...at.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const pieces = sorted.slice(1).map((to, i) => text.slice(sorted[i], to));
      const whole = framed([text]);
      expect(framed(pieces)).toEqual(whole);
      expect(whole.events.join("") + whole.rest).toBe(text);
    }),
    { numRuns: 2000, seed: 20_261_122 },
  );
});

test("what is waiting is counted, so that an endless event can be refused", () => {
  const frames = new Frames();
  frames.push("data: ");
  frames.push("x".repeat(100));
  expect(frames.pendingBytes).toBe(106);
  frames.push("\n\n");
  expect(frames.pendingBytes).toBe(0);
});

test("a large event in thousands of pieces costs as much as its bytes, not their square", () => {
  const frames = new Frames();
  const piece = "x".repeat(512);
  for (const lineEnd of ["\n", "\r\n"]) {
    frames.push(`data: a${lineEnd}`);
    for (let size = 0; size < MAX_EVENT_BYTES; size += piece.length)
      expect(frames.push(piece)).toBeArrayOfSize(0);
    const [event] = frames.push(lineEnd + lineEnd);
    expect(event?.length).toBeGreaterThan(MAX_EVENT_BYTES);
  }
});

const plain = { joined: false, isError: false };

test.each([
  ["data: x\n\n", { data: "x", ...plain }],
  ["data:x\n\n", { data: "x", ...plain }],
  ["data:  x \n\n", { data: " x ", ...plain }],
  ["data: x\r\n\r\n", { data: "x", ...plain }],
  ["data: x\r\r", { data: "x", ...plain }],
  ["data: x", { data: "x", ...plain }],
  ["data:\n\n", { data: "", ...plain }],
  ["data: a\ndata: b\n\n", { data: "a\nb", joined: true, isError: false }],
  ["data: a\rdata: b\n\n", { data: "a\nb", joined: true, isError: false }],
  ["\u00ef\u00bb\u00bfdata: x\n\n", { data: "x", ...plain }],
  ["\ndata: x\n\n", { data: "x", ...plain }],
  ["event: message\nid: 1\ndata: x\nretry: 5\n\n", { data: "x", ...plain }],
  [": comment\ndata: x\n\n", { data: "x", ...plain }],
  ["event: error\ndata: x\n\n", { data: "x", joined: false, isError: true }],
  ["event:error\r\ndata: x\r\n\r\n", { data: "x", joined: false, isError: true }],
])("%j holds its data", (event, fields) => expect(fieldsOf(event)).toEqual(fields));

test.each([
  ": comment\n\n",
  "\n\n",
  "\r\n\r\n",
  "",
  "event: ping\n\n",
  "id: 3\n\n",
  " data: x\n\n",
  "dat",
])("%j holds no data", (event) => expect(fieldsOf(event)).toBeNull());

test("UTF-8 text survives as latin1, one character a byte", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const bytes = toLatin1(text);
      expect(bytes.length).toBe(Buffer.byteLength(text));
      expect(fromLatin1(bytes)).toBe(text);
    }),
  );
  expect(dataEvent("{}")).toBe("data: {}\n\n");
});
