import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fittingId } from "./tool-call-ids.ts";

describe.each([
  ["nine-alphanumerics", /^[A-Za-z0-9]{9}$/],
  ["at-most-40", /^.{1,40}$/s],
] as const)("%s", (shape, pattern) => {
  test("any id becomes one that fits, the same each time, and stays it the next time", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (id) => {
        const fitting = fittingId(id, shape);
        expect(fitting).toMatch(pattern);
        expect(fittingId(id, shape)).toBe(fitting);
        expect(fittingId(fitting, shape)).toBe(fitting);
        if (pattern.test(id)) expect(fitting).toBe(id);
      }),
    );
  });

  test("different ids stay different", () => {
    const ids = Array.from({ length: 5000 }, (_, at) => `toolu_${"0".repeat(40)}${at}`);
    expect(new Set(ids.map((id) => fittingId(id, shape))).size).toBe(ids.length);
  });
});
