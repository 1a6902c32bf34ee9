import { expect, test } from "bun:test";
import { PartialArguments } from "./partial-arguments.ts";

const textOf = (...pieces: unknown[]) => {
  const call = new PartialArguments();
  for (const piece of pieces) call.add([piece]);
  return call.text;
};

test("pieces in any order make one object", () => {
  const text = textOf(
    { jsonPath: "$.a.x", numberValue: 1 },
    { jsonPath: "$.b[0]", stringValue: "p" },
    { jsonPath: "$.a.y", boolValue: false },
    { jsonPath: "$.b[1].c", nullValue: "NULL_VALUE" },
    { jsonPath: "$['d e'][\"f.g\"]", stringValue: "" },
  );
  expect(JSON.parse(text)).toEqual({ a: { x: 1, y: false }, b: ["p", { c: null }], "d e": { "f.g": "" } });
});

test("only a string that goes on is added to", () => {
  const on = { jsonPath: "$.a", stringValue: "x", willContinue: true };
  expect(textOf(on, on, { jsonPath: "$.a", stringValue: "y" })).toBe('{"a":"xxy"}');
  expect(textOf({ jsonPath: "$.a", stringValue: "x" }, { jsonPath: "$.a", stringValue: "y" })).toBe(
    '{"a":"y"}',
  );
  expect(textOf(on, { jsonPath: "$.b", stringValue: "z" }, { jsonPath: "$.a", stringValue: "y" })).toBe(
    '{"a":"y","b":"z"}',
  );
});

test("names that objects have by themselves are names like any other", () => {
  const text = textOf(
    { jsonPath: "$.__proto__.polluted", boolValue: true },
    { jsonPath: "$.constructor", stringValue: "c" },
  );
  expect(text).toBe('{"__proto__":{"polluted":true},"constructor":"c"}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("a list grows by one at most, whatever index is told", () => {
  expect(textOf({ jsonPath: "$.a[4000000000]", numberValue: 1 })).toBe('{"a":[1]}');
});

test.each([
  [undefined],
  ["x"],
  [{}],
  [{ jsonPath: "$" }],
  [{ jsonPath: 7, stringValue: "x" }],
  [{ jsonPath: "$.a" }],
])("%p says nothing", (piece) => expect(textOf(piece)).toBe("{}"));
