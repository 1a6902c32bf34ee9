import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { editsWithin, nearestNames } from "./suggest.ts";

const KNOWN = [
  "gpt-4o",
  "gpt-4o-mini",
  "gpt-4.1",
  "o3",
  "claude-3-5-sonnet",
  "claude-sonnet-4-5",
  "claude-sonnet-5",
  "llama3.1",
  "deepseek-chat",
  "smart",
];

describe("near", () => {
  test.each([
    ["gpt4o", ["gpt-4o"]],
    ["GPT-4O-Mini", ["gpt-4o-mini"]],
    ["openai/gpt-4o-mni", ["gpt-4o-mini"]],
    ["claude-3.5-sonet", ["claude-3-5-sonnet"]],
    ["claude-sonnet", ["claude-sonnet-5", "claude-sonnet-4-5"]],
    ["lama3.1", ["llama3.1"]],
    ["smrat", ["smart"]],
  ])("%s are %j, nearest first", (name, expected) => {
    expect(nearestNames(name, KNOWN).slice(0, expected.length)).toEqual(expected);
  });

  test.each([["xxxxxxxxxxxx"], [""], ["///"], ["日本語"], ["a".repeat(10_000)]])("%s is nothing", (name) => {
    expect(nearestNames(name, KNOWN)).toEqual([]);
  });

  test("never include the name itself: an alias that leads nowhere has it", () => {
    expect(nearestNames("smart", [...KNOWN, "smart-1"])).toEqual(["smart-1"]);
  });

  test("are never more than three", () => {
    expect(
      nearestNames(
        "model-1",
        Array.from({ length: 50 }, (_, i) => `model-${i}`),
      ).length,
    ).toBe(3);
  });
});

test("the edits counted are the edits needed, up to the limit", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
      const exact = fullDistance(a, b);
      expect(editsWithin(a, b, limit)).toBe(exact <= limit ? exact : null);
    }),
  );
});

test("the longest name against many of its length is no work to speak of", () => {
  const name = "ab".repeat(500);
  const known = Array.from({ length: 20_000 }, (_, i) => `${"ba".repeat(100)}${i}`);
  const startedMs = performance.now();
  nearestNames(name, known);
  // Many times what it takes: a busy machine is no reason to fail, the whole table for every name is.
  expect(performance.now() - startedMs).toBeLessThan(20_000);
});

/** The textbook recursion over a whole table, with nothing left out. */
function fullDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  rows[0] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const [above, row] = [rows[i - 1] ?? [], rows[i] ?? []];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
  }
  return rows[a.length]?.[b.length] ?? 0;
}
