import { expect, test } from "bun:test";
import { INDUSTRIES, TASKS } from "../config/words.ts";
import { catalogOf, deployment, price } from "../testing/catalog.ts";
import { classifierSaying } from "../testing/classifier.ts";
import { fixedClock } from "../testing/clock.ts";
import { type PolicyChanges, policyOf, routeRequest } from "../testing/policy.ts";
import { AUTO_LISTS } from "./auto-lists.ts";
import type { Plan } from "./decision.ts";
import { Health } from "./health.ts";
import { CURATED_INDUSTRIES } from "./industries.ts";
import { plan } from "./plan.ts";
import type { RouteRequest } from "./request.ts";

const catalog = catalogOf(
  [
    deployment("openai/gpt-4o", { price: price(2.5, 10), quality: 68 }),
    deployment("azure/gpt-4o", { price: price(2, 8), quality: 68 }),
    deployment("openai/gpt-4o-mini", { price: price(0.15, 0.6), quality: 60 }),
    deployment("anthropic/claude-3-5-sonnet", { price: price(3, 15), quality: 70 }),
    deployment("box/llama3.1", { price: price(0, 0), quality: 52, local: true }),
    deployment("box/qwen2.5-coder", { price: price(0, 0), quality: 51, local: true }),
    deployment("openai/tiny", { price: price(0.01, 0.01), quality: 20 }),
  ],
  { fast: ["gpt-4o-mini"], smart: ["claude-3-5-sonnet", "gpt-4o"], intent: ["strategy:local", "fast"] },
  ["openai", "anthropic"],
);
const LISTS: PolicyChanges = {
  industries: { legal: ["claude-3-5-sonnet", "gpt-4o"], general: ["gpt-4o-mini", "gpt-4o"] },
  auto: { code: ["qwen2.5-coder", "claude-3-5-sonnet"], chat: ["fast"] },
  classifier: classifierSaying("code"),
};

function decide(asked: Partial<RouteRequest>, changes: PolicyChanges = LISTS, from = catalog) {
  const ground = { policy: policyOf(from, changes), catalog: from, health: new Health(fixedClock(0)) };
  return plan(routeRequest({ model: null, ...asked }), ground);
}

function planned(asked: Partial<RouteRequest>, changes: PolicyChanges = LISTS, from = catalog): Plan {
  const made = decide(asked, changes, from);
  if ("code" in made) throw new Error(`refused: ${made.code} ${made.message}`);
  return made;
}

const shown = (made: Plan) => made.candidates.map(({ deployment: { id }, reason }) => `${id} ${reason}`);

const LEGAL = [
  "anthropic/claude-3-5-sonnet industry:legal",
  "azure/gpt-4o industry:legal",
  "openai/gpt-4o industry:legal",
];
const GENERAL = ["openai/gpt-4o-mini industry:general"];

const forms: [string, Partial<RouteRequest>, string[]][] = [
  ["a model", { model: "gpt-4o" }, ["azure/gpt-4o alias", "openai/gpt-4o alias"]],
  [
    "a slug: vendor before provider",
    { model: "openai/gpt-4o" },
    ["azure/gpt-4o alias", "openai/gpt-4o alias"],
  ],
  ["a slug of a model that only others serve", { model: "openai/llama3.1" }, ["box/llama3.1 alias"]],
  ["a pin", { model: "box/llama3.1" }, ["box/llama3.1 pinned"]],
  [
    "an alias that holds another form",
    { model: "intent" },
    ["box/llama3.1 alias", "box/qwen2.5-coder alias", "openai/gpt-4o-mini alias"],
  ],
  ["an industry, then the general list once", { model: "industry:legal" }, [...LEGAL, ...GENERAL]],
  ["auto", { model: "auto" }, ["box/qwen2.5-coder auto:code", "anthropic/claude-3-5-sonnet auto:code"]],
  [
    "auto as OpenRouter writes it",
    { model: "openrouter/auto" },
    ["box/qwen2.5-coder auto:code", "anthropic/claude-3-5-sonnet auto:code"],
  ],
  ["no model at all", {}, ["box/qwen2.5-coder auto:code", "anthropic/claude-3-5-sonnet auto:code"]],
  [
    "a strategy",
    { model: "strategy:local" },
    ["box/llama3.1 strategy:local", "box/qwen2.5-coder strategy:local"],
  ],
  [
    "models[] of any form, each with its own list only",
    { models: ["fast", "auto", "industry:legal"] },
    [
      "openai/gpt-4o-mini models[0]:alias",
      "box/qwen2.5-coder models[1]:auto:code",
      "anthropic/claude-3-5-sonnet models[1]:auto:code",
      "azure/gpt-4o models[2]:industry:legal",
      "openai/gpt-4o models[2]:industry:legal",
    ],
  ],
  [
    "model before models[]",
    { model: "box/llama3.1", models: ["fast"] },
    ["box/llama3.1 pinned", "openai/gpt-4o-mini models[0]:alias"],
  ],
  [
    "metadata.industry continues the chain",
    { model: "box/llama3.1", industry: "legal" },
    ["box/llama3.1 pinned", ...LEGAL, ...GENERAL],
  ],
  ["the same tag twice adds nothing", { model: "industry:legal", industry: "legal" }, [...LEGAL, ...GENERAL]],
  [
    "what one entry leaves out another may name",
    { models: ["strategy:local", "fast"] },
    [
      "box/llama3.1 models[0]:strategy:local",
      "box/qwen2.5-coder models[0]:strategy:local",
      "openai/gpt-4o-mini models[1]:alias",
    ],
  ],
];
test.each(forms)("%s", (_, asked, expected) => {
  const made = planned(asked);
  expect(shown(made)).toEqual(expected);
  const ids = made.candidates.map(({ deployment: { id } }) => id);
  for (const { deployment: it } of made.excluded) expect(ids).not.toContain(it.id);
});

const unknown: [string, Partial<RouteRequest>, string, string[]][] = [
  ["a strategy", { model: "strategy:latncy" }, "model", ["strategy:latency"]],
  ["an industry", { model: "industry:legl" }, "model", ["industry:legal"]],
  ["a tag", { model: "fast", industry: "helthcare" }, "metadata.industry", ["healthcare"]],
  ["an entry of models[]", { models: ["fast", "industry:law-firm-xyz"] }, "models[1]", []],
  ["a class of prompt", { model: "auto:code" }, "model", []],
  ["an empty tag", { model: "industry:" }, "model", []],
  ["a word of the prototype", { model: "industry:constructor" }, "model", []],
];
test.each(unknown)("%s that is not known is 404 with the nearest", (_, asked, param, near) => {
  const refused = decide(asked);
  expect(refused).toMatchObject({ status: 404, code: "model_not_found", param });
  if (near.length > 0) expect(refused).toMatchObject({ metadata: { suggestions: near } });
});

test("the tag is known to the plan wherever it was written", () => {
  expect(planned({ model: "industry:legal" }).industry).toBe("legal");
  expect(planned({ models: ["fast", "industry:legal"] }).industry).toBe("legal");
  expect(planned({ model: "fast", industry: "legal" }).industry).toBe("legal");
  expect(planned({ model: "fast" }).industry).toBeNull();
});

test("nobody classifies a prompt whose form does not need it", () => {
  const classifier = classifierSaying("code");
  for (const model of ["fast", "industry:legal", "strategy:cost", "strategy:latency", "strategy:local"])
    expect(planned({ model }, { ...LISTS, classifier }).task).toBeNull();
  expect(classifier.asked).toBe(0);
  expect(planned({ models: ["auto", "auto"] }, { ...LISTS, classifier }).task).toBe("code");
  expect(classifier.asked).toBe(1);
});

test("every curated list serves a catalog of only strangers, best first", () => {
  const strange = catalogOf([
    deployment("box/own", { quality: 10 }),
    deployment("box/better", { quality: 30 }),
  ]);
  for (const industry of INDUSTRIES) {
    expect(shown(planned({ model: `industry:${industry}` }, {}, strange))[0]).toBe(
      `box/better industry:${industry}`,
    );
  }
  for (const task of TASKS) {
    const changes = { classifier: classifierSaying(task) };
    expect(shown(planned({ model: "auto" }, changes, strange))[0]).toBe(`box/better auto:${task}`);
  }
});

test("a list of the operator's is all there is of it", () => {
  const refused = decide({ model: "auto" }, { auto: { chat: ["gone"] } });
  expect(refused).toMatchObject({ code: "no_candidate" });
});

test("the documented first choice of each class of prompt stands first", () => {
  expect(TASKS.map((task) => AUTO_LISTS[task][0])).toEqual([
    "qwen2.5-coder",
    "claude-3-5-sonnet",
    "gpt-4o-mini",
    "gpt-4o",
    "gpt-4o-mini",
  ]);
  for (const lists of [AUTO_LISTS, CURATED_INDUSTRIES]) {
    for (const names of Object.values<readonly string[]>(lists)) expect(names.length).toBeGreaterThan(15);
  }
});
