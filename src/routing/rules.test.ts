import { expect, test } from "bun:test";
import type { RuleActions, RuleConditions } from "../config/config.ts";
import { catalogOf, deployment, price } from "../testing/catalog.ts";
import { classifierSaying } from "../testing/classifier.ts";
import { fixedClock } from "../testing/clock.ts";
import { type PolicyChanges, policyOf, routeRequest, ruleOf, saying } from "../testing/policy.ts";
import { Health } from "./health.ts";
import { plan } from "./plan.ts";
import { NO_PREFERENCES, type RouteRequest } from "./request.ts";

const catalog = catalogOf(
  [
    deployment("cloud/gpt", { price: price(10, 20), quality: 90 }),
    deployment("cloud/small", { price: price(1, 2), quality: 60 }),
    deployment("box/gpt", { price: price(20, 20), local: true, quality: 70 }),
    deployment("box/llama", { price: price(0, 0), local: true, quality: 55 }),
  ],
  {},
  ["openai"],
);

function decide(asked: Partial<RouteRequest>, changes: PolicyChanges) {
  const ground = { policy: policyOf(catalog, changes), catalog, health: new Health(fixedClock(0)) };
  return plan(routeRequest(asked), ground);
}

const metadata = (values: object) => ({ body: { metadata: values } });

const conditions: [string, Partial<RuleConditions>, Partial<RouteRequest>, Partial<RouteRequest>][] = [
  [
    "prompt_tokens.min",
    { promptTokens: { min: 100, max: null } },
    { promptTokens: 100 },
    { promptTokens: 99 },
  ],
  [
    "prompt_tokens.max",
    { promptTokens: { min: null, max: 100 } },
    { promptTokens: 100 },
    { promptTokens: 101 },
  ],
  [
    "keywords.any",
    { keywords: { any: ["nda", "contract"], all: [] } },
    saying("A Contract."),
    saying("contractor"),
  ],
  [
    "keywords.all",
    { keywords: { any: [], all: ["nda", "uk"] } },
    saying("UK law", "an NDA"),
    saying("an NDA"),
  ],
  ["industry in metadata", { industry: "legal" }, { industry: "legal" }, { industry: "sales" }],
  ["industry as a model", { industry: "legal" }, { model: "industry:legal" }, { model: "industry:sales" }],
  ["needs", { needs: ["tools", "vision"] }, { needs: ["vision", "tools"] }, { needs: ["tools"] }],
  ["needs reasoning", { needs: ["reasoning"] }, { wantsReasoning: true }, {}],
  ["max_input_cost_usd", { maxInputCostNanoUsd: 10_000_000 }, { promptTokens: 1000 }, { promptTokens: 1001 }],
  ["model", { model: "gp*" }, { model: "gpt" }, { model: "small" }],
  ["model behind a vendor", { model: "gp*" }, { model: "openai/gpt" }, { model: "openai/small" }],
  [
    "model anywhere in models[]",
    { model: "gp?" },
    { model: null, models: ["small", "gpt"] },
    { model: "small" },
  ],
  ["key", { key: "key_1" }, { keyId: "key_1" }, { keyId: "key_2" }],
  ["org", { org: "org_1" }, { orgId: "org_1" }, { orgId: "org_2" }],
  ["metadata", { metadata: { team: "blue" } }, metadata({ team: "blue" }), metadata({ team: "red" })],
  ["metadata of the prototype", { metadata: { a: "b" } }, metadata({ a: "b" }), {}],
  ["stream", { stream: true }, { stream: true }, { stream: false }],
  ["no stream", { stream: false }, { stream: false }, { stream: true }],
  ["contains_pii", { containsPii: true }, saying("write to jo@example.com"), saying("write to nobody")],
  ["contains no pii", { containsPii: false }, saying("write to nobody"), saying("call +49 30 901820")],
  [
    "several at once",
    { stream: true, key: "k" },
    { stream: true, keyId: "k" },
    { stream: true, keyId: "other" },
  ],
  ["nothing", {}, {}, { model: "gone" }],
];
test.each(conditions)("the condition %s holds where it should and only there", (_, when, yes, no) => {
  const rules = [ruleOf("r", when, { models: ["llama"] })];
  const ruled = (asked: Partial<RouteRequest>) => {
    const made = decide(asked, { rules });
    return "candidates" in made ? made.rule?.name : undefined;
  };
  expect(ruled(yes)).toBe("r");
  if (Object.keys(when).length > 0) expect(ruled(no)).toBeUndefined();
});

test("the condition task holds for what the classifier says", () => {
  const rules = [ruleOf("r", { task: "code" }, { models: ["llama"] })];
  for (const [task, name] of [
    ["code", "r"],
    ["chat", undefined],
  ] as const) {
    const made = decide({}, { rules, classifier: classifierSaying(task) });
    expect("candidates" in made && made.rule?.name).toBe(name as string);
    expect("candidates" in made && made.task).toBe(task);
  }
});

test("what a rule does not ask is not found out", () => {
  const classifier = classifierSaying("code");
  const rules = [
    ruleOf("a", { stream: true, task: "code" }, { models: ["llama"] }, 1),
    ruleOf("b", { key: "other", containsPii: true }, { models: ["llama"] }, 2),
  ];
  decide(saying("jo@example.com"), { rules, classifier });
  expect(classifier.asked).toBe(0);
});

test("the first rule that matches wins, by priority and then by place", () => {
  const rules = [
    ruleOf("never", { stream: true }, { deny: "no" }, 1),
    ruleOf("first", {}, { models: ["llama"] }, 2),
    ruleOf("second", {}, { models: ["small"] }, 3),
  ];
  expect(decide({}, { rules })).toMatchObject({ rule: { name: "first" } });
});

const only = (made: ReturnType<typeof decide>) =>
  "candidates" in made
    ? made.candidates.map(({ deployment: { id }, reason }) => `${id} ${reason}`)
    : made.code;

const actions: [string, Partial<RuleActions>, Partial<RouteRequest>, string[] | string][] = [
  [
    "models replace what was asked",
    { models: ["llama", "small"] },
    { model: "gpt", industry: "legal" },
    ["box/llama models[0]:alias", "cloud/small models[1]:alias"],
  ],
  ["models pass over what nobody serves", { models: ["gone", "small"] }, {}, ["cloud/small models[1]:alias"]],
  [
    "a strategy replaces what was asked",
    { strategy: "local" },
    { model: "gone" },
    ["box/gpt strategy:local", "box/llama strategy:local"],
  ],
  ["only_local keeps the cloud out", { onlyLocal: true }, {}, ["box/gpt alias"]],
  ["only_local for what only the cloud has", { onlyLocal: true }, { model: "small" }, "no_candidate"],
  [
    "only_local with cloud fallback puts the cloud behind",
    { onlyLocal: true, allowCloudFallback: true },
    {},
    ["box/gpt alias", "cloud/gpt alias"],
  ],
  [
    "allow_cloud_fallback behind strategy:local",
    { allowCloudFallback: true },
    { model: "strategy:local" },
    [
      "box/gpt strategy:local",
      "box/llama strategy:local",
      "cloud/gpt strategy:local",
      "cloud/small strategy:local",
    ],
  ],
  [
    "max_cost_usd",
    { maxCostNanoUsd: 2_000_000 },
    { models: ["small"], model: "gpt" },
    ["cloud/small models[0]:alias"],
  ],
  [
    "max_cost_usd is no way around the caller's",
    { maxCostNanoUsd: 1e12 },
    { maxCostNanoUsd: 1 },
    "no_candidate",
  ],
];
test.each(actions)("the action: %s", (_, then, asked, expected) => {
  expect(only(decide(asked, { rules: [ruleOf("r", {}, then)] }))).toEqual(expected);
});

test("allow_cloud_fallback: false overrules the config and the request", () => {
  const rules = [ruleOf("r", {}, { allowCloudFallback: false })];
  const asked = { model: "strategy:local", preferences: { ...NO_PREFERENCES, allowFallbacks: true } };
  const routing = { localFallback: "cloud" as const };
  expect(only(decide(asked, { rules, routing }))).toEqual([
    "box/gpt strategy:local",
    "box/llama strategy:local",
  ]);
  expect(only(decide(asked, { routing }))).toHaveLength(4);
});

test("deny refuses with its own words, whatever was asked, and names the rule", () => {
  const rules = [ruleOf("no-legal", {}, { deny: "Ask the lawyers." })];
  for (const model of ["gpt", "gone", "auto"]) {
    expect(decide({ model }, { rules })).toMatchObject({
      status: 403,
      code: "denied_by_rule",
      message: "Ask the lawyers.",
      metadata: { rule: "no-legal" },
    });
  }
});

test("an output limit that a rule sets counts for window and cost", () => {
  const rules = [ruleOf("r", {}, { setParams: { max_tokens: 10 } })];
  const small = catalogOf([deployment("a/gpt", { contextLength: 200 })]);
  const ground = { policy: policyOf(small, { rules }), catalog: small, health: new Health(fixedClock(0)) };
  expect(plan(routeRequest({ outputTokens: 5000 }), ground)).toMatchObject({ rule: { outputTokens: 10 } });
});
