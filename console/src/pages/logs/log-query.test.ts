import { expect, test } from "bun:test";
import fc from "fast-check";
import { LOG_STATUSES } from "../../search.ts";
import { type LogFilters, readQuery, written } from "./log-query.ts";

const MEANT: [string, LogFilters][] = [
  ["", {}],
  ["  status:error   model:gpt-4o ", { status: "error", model: "gpt-4o" }],
  ["model:org/name:free fallback:true", { model: "org/name:free", fallback: "true" }],
  ['model:"my \\"own\\" model" key:key_1', { model: 'my "own" model', key: "key_1" }],
];

test.each(MEANT)("%j means %j", (text, filters) => {
  expect(readQuery(text)).toEqual({ filters });
});

test.each([
  ["gpt-4o", "“gpt-4o” is no filter"],
  ["ttft:>2s", "“ttft:>2s” is no filter"],
  ["status:fine", "“fine” is nothing that status can be"],
  ["fallback:yes", "“yes” is nothing that fallback can be"],
  ["model:", "“model:” is no filter"],
  ['model:"half', "is nothing that model can be"],
  ["model:a model:b", "model stands there twice"],
])("%j is refused: %s", (text, problem) => {
  expect(readQuery(text)).toMatchObject({ problem: expect.stringContaining(problem) });
});

const text = fc.string({ minLength: 1, maxLength: 40, unit: "binary" });
const someFilters = fc.record(
  {
    ...{
      status: fc.constantFrom(...LOG_STATUSES),
      fallback: fc.constantFrom("true" as const, "false" as const),
    },
    ...{ model: text, provider: text, key: text, industry: text },
  },
  { requiredKeys: [] },
);

test("whatever filters there are, written down and read they are the same", () => {
  fc.assert(
    fc.property(someFilters, (filters) => {
      expect(readQuery(written(filters as LogFilters))).toEqual({ filters });
    }),
    { numRuns: 500 },
  );
});
