import { expect, test } from "bun:test";
import { apiError } from "../core/errors.ts";
import { LONGEST_BYTES, Transcript } from "./transcript.ts";

const latin1 = (text: string) => Buffer.from(text).toString("latin1");
const body = (text: string) => ({ text, isTruncated: false, isRedacted: false });

test("it is what was asked and what was told; an error is told as the client reads it", () => {
  const transcript = new Transcript();
  transcript.ask('{"a":"ü"}');
  expect(transcript.whole('{"b":"é"}')).toEqual({ request: body('{"a":"ü"}'), response: body('{"b":"é"}') });
  const { response } = transcript.whole(apiError("not_found", "No."));
  expect(JSON.parse(response?.text ?? "").error).toMatchObject({ message: "No.", code: "not_found" });
});

test("pieces of a stream are put together, wherever a character was cut", () => {
  const transcript = new Transcript();
  for (const byte of latin1('data: {"x":"żółć 🦊"}\n\n')) transcript.hear(byte);
  expect(transcript.whole(null)).toEqual({ request: null, response: body('data: {"x":"żółć 🦊"}\n\n') });
});

test("nothing said is null, not an empty text", () => {
  expect(new Transcript().whole(null)).toEqual({ request: null, response: null });
});

test.each([
  ["one byte each", "a", LONGEST_BYTES],
  ["three bytes each", "€", Math.floor(LONGEST_BYTES / 3)],
  ["four bytes each", "🦊", LONGEST_BYTES / 4],
])("a text of characters of %s is cut at a MiB of bytes, never within a character", (_, character, most) => {
  const transcript = new Transcript();
  transcript.ask(character.repeat(most));
  expect(transcript.whole(null).request).toEqual(body(character.repeat(most)));
  transcript.ask(character.repeat(most + 1));
  expect(transcript.whole(null).request).toEqual({ ...body(character.repeat(most)), isTruncated: true });
  for (let n = 0; n <= most; n += 100_000) transcript.hear(latin1(character.repeat(100_000)));
  const { response } = transcript.whole(null);
  expect(response?.isTruncated).toBe(true);
  expect(response?.text).toBe(character.repeat(most));
});

test("what one request may hold of memory is bounded, however long its stream is", () => {
  const transcript = new Transcript();
  const piece = "x".repeat(64 * 1024);
  for (let n = 0; n < 10_000; n++) transcript.hear(piece);
  expect(transcript.whole(null).response?.text).toHaveLength(LONGEST_BYTES);
});

test("our own keys and attached files are left out on both sides, which is said", () => {
  const key = `neu_live_${"aB3".repeat(16)}`;
  const file = `data:image/png;base64,${"A".repeat(8000)}`;
  const transcript = new Transcript();
  transcript.ask(JSON.stringify({ content: `my key is ${key}.` }));
  const { request, response } = transcript.whole(JSON.stringify({ url: file }));
  expect(request).toEqual({
    ...body('{"content":"my key is [redacted: API key]."}'),
    isRedacted: true,
  });
  expect(response).toEqual({ ...body('{"url":"[omitted: image/png, 6000 bytes]"}'), isRedacted: true });
});

test("a file makes no text too long: it is left out first", () => {
  const transcript = new Transcript();
  transcript.ask(JSON.stringify({ url: `data:image/png;base64,${"A".repeat(3 * LONGEST_BYTES)}`, last: 1 }));
  expect(transcript.whole(null).request).toMatchObject({ isTruncated: false, isRedacted: true });
});
