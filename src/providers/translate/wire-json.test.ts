import { expect, test } from "bun:test";
import { wireJson } from "./wire-json.ts";

test.each([
  ["a half of a thumb", "\ud83d", '"\ufffd"'],
  ["the other half", "x\udc4dy", '"x\ufffdy"'],
  ["halves in the wrong order", "\udc4d\ud83d", '"\ufffd\ufffd"'],
  ["a whole thumb", "\ud83d\udc4d", '"\ud83d\udc4d"'],
  ["what only looks like half of one", "\\\\ud83d", JSON.stringify("\\\\ud83d")],
  ["a backslash before half of one", "\\\ud83d", '"\\\\\ufffd"'],
  ["other escapes", '\u0000\n"', JSON.stringify('\u0000\n"')],
])("%s is JSON that strict parsers take", (_, text, json) => {
  expect(wireJson(text)).toBe(json);
  expect(JSON.parse(json)).toBe(text.toWellFormed());
});

test("names are made whole as well", () => {
  expect(wireJson({ "\ud83d": [{ a: "\udc4d" }] })).toBe('{"\ufffd":[{"a":"\ufffd"}]}');
});
