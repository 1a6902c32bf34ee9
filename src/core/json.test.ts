import { expect, test } from "bun:test";
import { isObject, isTooDeep, lookUp, numberOf, parseJson, parseJsonExactly } from "./json.ts";

test.each([
  '{"id":1234567890123456789}',
  '{"least":-9223372036854775808,"most":[18446744073709551615]}',
  '{"text":"1234567890123456789","price":0.1,"count":7,"none":null}',
  "12345678901234567890",
])("%s is written again as it was", (text) => {
  expect(JSON.stringify(parseJsonExactly(text))).toBe(text);
});

test("numbers that a double holds, and fractions, are numbers", () => {
  const read = parseJsonExactly(
    '{"small":9007199254740991,"fraction":0.12345678901234567,"long":9007199254740993}',
  );
  if (!isObject(read)) throw new Error("no object");
  expect(read.small).toBe(9007199254740991);
  expect(typeof read.fraction).toBe("number");
  expect(typeof read.long).not.toBe("number");
});

test.each(["", "{", '{"id":12345678901234567890', "0123456789012345678"])("%j is no JSON", (text) => {
  expect(parseJsonExactly(text)).toBeUndefined();
});

test.each([
  ["lists", "[", "]"],
  ["objects", '{"a":', "}"],
])("a thousand %s in each other are read, one more is too deep, and so is a million", (_, open, close) => {
  const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
  const tooDeep = (depth: number) => isTooDeep(parseJson(nested(depth)), nested(depth).length);
  expect([1, 999, 1000, 1001, 1_000_000].map(tooDeep)).toEqual([false, false, false, true, true]);
});

test("what every object has is in no table of ours", () => {
  const table = { stop: 1 };
  expect(["stop", "constructor", "__proto__", "toString"].map((word) => lookUp<number>(table, word))).toEqual(
    [1, undefined, undefined, undefined],
  );
});

test("a number is told as one or as text; anything else is none, and is not asked", () => {
  expect([5, "5", " 7 ", "x", null, true, [5], { valueOf: 1, toString: 1 }].map(numberOf)).toEqual([
    5,
    5,
    7,
    ...Array.from({ length: 5 }, () => Number.NaN),
  ]);
});
