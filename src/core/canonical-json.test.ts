import { expect, test } from "bun:test";
import { canonicalJson } from "./canonical-json.ts";

test("one value has one text, whatever the order it was made in", () => {
  expect(canonicalJson({ z: { y: "\n", x: true }, ä: "€", a: [{ c: null, b: 1 }] })).toBe(
    '{"a":[{"b":1,"c":null}],"z":{"x":true,"y":"\\n"},"ä":"€"}',
  );
  expect(canonicalJson({ z: { y: "\n", x: true }, ä: "€", a: [{ c: null, b: 1 }] })).toBe(
    canonicalJson({ a: [{ b: 1, c: null }], ä: "€", z: { x: true, y: "\n" } }),
  );
});

test("lists keep their order, undefined is left out", () => {
  expect(canonicalJson({ b: [2, 1], a: undefined })).toBe('{"b":[2,1]}');
});
