import { expect, test } from "bun:test";
import { causesOf, type Day } from "./causes.ts";

type Figures = NonNullable<Day["theirs"]>;
const NONE: Figures = { requests: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: "0.000000000" };

function line(difference: Partial<Figures>, changes: Partial<Day> = {}): Day {
  return {
    ...{ day: "2026-11-20", model: "m", names: ["m"], theirs: NONE },
    ...{ ours: { ...NONE, unpriced_requests: 0 }, difference: { ...NONE, ...difference } },
    ...changes,
  };
}

test("a line that agrees has no cause, also where they tell little", () => {
  expect(causesOf(line({}), [])).toEqual([]);
  expect(causesOf(line({ requests: null, prompt_tokens: null, cost_usd: null }), [])).toEqual([]);
});

test.each([
  ["only ours", line({}, { theirs: null }), "export has no such line"],
  ["only theirs", line({}, { ours: null }), "None of it came through"],
  ["more requests of theirs", line({ requests: 3 }), "another program"],
  ["more requests of ours", line({ requests: -3 }), "failed or was broken off"],
  ["tokens alone", line({ completion_tokens: -7 }), "counted ourselves"],
  ["a higher cost alone", line({ cost_usd: "0.100000000" }), "charge more"],
  ["a lower cost alone", line({ cost_usd: "-0.000000001" }), "charge less"],
  [
    "our requests without a price",
    line({ cost_usd: "1.000000000" }, { ours: { ...NONE, unpriced_requests: 2 } }),
    "2 of our requests have no price",
  ],
])("%s", (_, it, words) => {
  const [first = ""] = causesOf(it, [it]);
  expect(first).toContain(words);
});

test("what one day has too many of and its neighbour lacks was near midnight", () => {
  const today = line({ requests: 2 });
  const tomorrow = line({ requests: -2 }, { day: "2026-11-21" });
  expect(causesOf(today, [today, tomorrow])[0]).toContain("midnight");
  expect(causesOf(tomorrow, [today, tomorrow])[0]).toContain("midnight");
  const other = { ...tomorrow, model: "another" };
  expect(causesOf(today, [today, other]).join()).not.toContain("midnight");
});
