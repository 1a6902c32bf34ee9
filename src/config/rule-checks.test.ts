import { afterEach, beforeEach, expect, test } from "bun:test";
import { configOf, problemsOf, type Scratch, scratch } from "./scratch.ts";

let files: Scratch;
beforeEach(() => {
  files = scratch();
});
afterEach(() => files.remove());

const rules = (...lines: string[]) => `rules:\n${lines.map((line) => `  - { ${line} }\n`).join("")}`;
const THEN = "then: { only_local: true }";
const NEVER = "rules[1] can never apply: rules[0] comes before it and matches whenever it does";

const refused: [string, string[], string[]][] = [
  [
    "one priority twice",
    [
      `name: a, priority: 5, when: { stream: true }, ${THEN}`,
      `name: b, priority: 5, when: { key: k }, ${THEN}`,
    ],
    ["rules[1].priority is the same as rules[0].priority; give each rule its own"],
  ],
  [
    "a rule behind one without conditions",
    [`name: a, ${THEN}`, `name: b, when: { stream: true }, ${THEN}`],
    [NEVER],
  ],
  [
    "a rule behind a wider one, by priority and not by place",
    [
      `name: a, priority: 9, when: { industry: legal, stream: true }, ${THEN}`,
      `name: b, priority: 1, when: { industry: legal }, ${THEN}`,
    ],
    ["rules[0] can never apply: rules[1] comes before it and matches whenever it does"],
  ],
  [
    "a narrower range behind a wider one",
    [
      `name: a, when: { prompt_tokens: { min: 10 } }, ${THEN}`,
      `name: b, when: { prompt_tokens: { min: 20, max: 30 } }, ${THEN}`,
    ],
    [NEVER],
  ],
  [
    "fewer keywords behind more, whatever their case",
    [
      `name: a, when: { keywords: { any: [NDA, contract] } }, ${THEN}`,
      `name: b, when: { keywords: { any: [nda] } }, ${THEN}`,
    ],
    [NEVER],
  ],
  [
    "a lower cost behind a higher",
    [
      `name: a, when: { max_input_cost_usd: 2 }, ${THEN}`,
      `name: b, when: { max_input_cost_usd: 1 }, ${THEN}`,
    ],
    [NEVER],
  ],
  [
    "a field that decides where a request goes",
    ["name: a, then: { set_params: { model: x, temperature: 0 } }"],
    ["rules[0].then.set_params.model cannot be set by a rule"],
  ],
  [
    "a limit that is no count",
    [`name: a, then: { set_params: { max_tokens: 1.5, n: "5", max_completion_tokens: null } }`],
    [
      "rules[0].then.set_params.max_tokens must be a whole number of at least 1",
      "rules[0].then.set_params.n must be a whole number of at least 1",
    ],
  ],
];
test.each(refused)("%s is refused with its place", (_, lines, problems) => {
  expect(problemsOf(files.load(rules(...lines)))).toEqual(problems);
});

const taken: [string, string[]][] = [
  ["no priorities at all", [`name: a, when: { stream: true }, ${THEN}`, `name: b, ${THEN}`]],
  [
    "ranges that only overlap",
    [
      `name: a, when: { prompt_tokens: { min: 10, max: 20 } }, ${THEN}`,
      `name: b, when: { prompt_tokens: { min: 15 } }, ${THEN}`,
    ],
  ],
  [
    "another keyword too",
    [
      `name: a, when: { keywords: { any: [nda] } }, ${THEN}`,
      `name: b, when: { keywords: { any: [nda, contract] } }, ${THEN}`,
    ],
  ],
  [
    "fewer needs",
    [`name: a, when: { needs: [tools, vision] }, ${THEN}`, `name: b, when: { needs: [tools] }, ${THEN}`],
  ],
  [
    "other metadata",
    [`name: a, when: { metadata: { a: b } }, ${THEN}`, `name: b, when: { metadata: { a: c } }, ${THEN}`],
  ],
];
test.each(taken)("%s is fine", (_, lines) => {
  expect(configOf(files.load(rules(...lines))).config.rules).toHaveLength(lines.length);
});
