import { expect, test } from "bun:test";
import { decodeCursor, encodeCursor } from "./cursor.ts";

test("a cursor gives back its position and is safe in a URL", () => {
  const cursor = encodeCursor("keys", [1_800_000_000_000, "key_äöü/+"]);
  expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(decodeCursor("keys", ["number", "string"], cursor)).toEqual([1_800_000_000_000, "key_äöü/+"]);
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

test.each([
  ["nothing", ""],
  ["no base64url", "a b"],
  ["no JSON", Buffer.from("{").toString("base64url")],
  ["no list", encoded({ 0: "logs" })],
  ["another list's", encoded(["keys", 1, 2])],
  ["too short", encoded(["logs", 1])],
  ["too long", encoded(["logs", 1, 2, 3])],
  ["wrong types", encoded(["logs", "1", 2])],
  ["null inside", encoded(["logs", null, 2])],
  ["huge", encoded(["logs", 1, "x".repeat(1000)])],
])("a cursor that is %s is null, not an exception", (_, cursor) => {
  expect(decodeCursor("logs", ["number", "number"], cursor)).toBeNull();
});
