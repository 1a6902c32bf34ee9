import { expect, test } from "bun:test";
import fc from "fast-check";
import { CallIds } from "./call-ids.ts";

const SHAPES = { plain: /^[a-zA-Z0-9_-]{1,64}$/, nine: /^[a-zA-Z0-9]{9}$/ };

test.each([
  "plain",
  "nine",
] as const)("%s ids have their shape, are unique, and results find their calls", (kind) => {
  const anyIds = fc.array(
    fc.oneof(fc.string(), fc.constantFrom("", "call_1", "functions.a:0", "a".repeat(65))),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(anyIds, (ids) => {
      const written = new CallIds(kind);
      const calls = ids.map((id) => written.ofCall(id));
      for (const id of calls) expect(id).toMatch(SHAPES[kind]);
      expect(new Set(calls).size).toBe(calls.length);
      expect(ids.map((id) => written.ofResult(id))).toEqual(calls);
    }),
  );
});

test("an id that fits stays as it is", () => {
  expect(new CallIds("plain").ofCall("tooluse_bpe71yCfRu2b5i-nKGDr5g")).toBe(
    "tooluse_bpe71yCfRu2b5i-nKGDr5g",
  );
  expect(new CallIds("nine").ofCall("abc123XYZ")).toBe("abc123XYZ");
});

test("a foreign id is the same in the next request", () => {
  expect(new CallIds("plain").ofCall("functions.x:0")).toBe(new CallIds("plain").ofCall("functions.x:0"));
});

test("a result without a call still has an id of the shape", () => {
  expect(new CallIds("plain").ofResult("a b")).toMatch(SHAPES.plain);
});
