import type { RuleConditions } from "../src/config/config.ts";
import { systemClock } from "../src/core/clock.ts";
import { promptClassifier } from "../src/routing/classify.ts";
import { Health } from "../src/routing/health.ts";
import { plan } from "../src/routing/plan.ts";
import type { RouteRequest } from "../src/routing/request.ts";
import { catalogOf, deployment, price } from "../src/testing/catalog.ts";
import { classifierSaying } from "../src/testing/classifier.ts";
import { policyOf, routeRequest, ruleOf, saying } from "../src/testing/policy.ts";

/*
 * What one decision costs with 500 deployments of 50 models, 50 rules of which none matches, and a prompt of 2 KB. The
 * classifier has its own budget: it is left out, but for the last line.
 */

const MODELS = 50;
const PROVIDERS = 10;
const RULES = 50;
const WARM_UP = 3_000;
const ROUNDS = 3_000;

export interface PlanCost {
  name: string;
  medianMicros: number;
  p99Micros: number;
}

function fleet() {
  const deployments = Array.from({ length: MODELS * PROVIDERS }, (_, index) => {
    const [model, provider] = [Math.floor(index / PROVIDERS), index % PROVIDERS];
    return deployment(`p${provider}/m${model}`, {
      price: price((((model * 7) % 31) + provider) / 10, (((model * 13) % 37) + provider) / 5),
      quality: 30 + ((model * 17) % 70),
      contextLength: 131_072,
      maxOutputTokens: 8_192,
      capabilities: ["tools", "json_schema"],
      local: provider === 0,
    });
  });
  return catalogOf(deployments);
}

/** Each kind of condition ten times. */
function rules() {
  const conditions = (index: number): Partial<RuleConditions>[] => [
    { keywords: { any: [`keyword${index}`, `phrase ${index} of some length`], all: [] } },
    { industry: "legal", stream: true },
    { promptTokens: { min: 50_000 + index, max: null } },
    { metadata: { team: `team-${index}` } },
    { model: `other-${index}-*` },
  ];
  return Array.from({ length: RULES }, (_, index) =>
    ruleOf(`r${index}`, conditions(index)[index % 5] ?? {}, { onlyLocal: true }, index),
  );
}

const TEXT =
  "Please explain how a borrow checker works, step by step, and why lifetimes matter so much. ".repeat(22);

const REQUESTS: readonly (readonly [string, Partial<RouteRequest>])[] = [
  ["a model", { model: "m1" }],
  ["three models", { model: null, models: ["m1", "m2", "m3"] }],
  ["strategy:cost", { model: "strategy:cost" }],
  ["strategy:quality", { model: "strategy:quality" }],
  ["strategy:latency", { model: "strategy:latency" }],
  ["strategy:local", { model: "strategy:local" }],
  ["auto", { model: "auto" }],
  ["industry:legal", { model: "industry:legal" }],
];

function measured(name: string, decide: () => unknown): PlanCost {
  for (let i = 0; i < WARM_UP; i++) decide();
  const micros: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const startedMs = systemClock.monotonic();
    decide();
    micros.push((systemClock.monotonic() - startedMs) * 1000);
  }
  micros.sort((a, b) => a - b);
  const at = (share: number) => micros[Math.floor(share * ROUNDS)] ?? 0;
  return { name, medianMicros: at(0.5), p99Micros: at(0.99) };
}

/** One line a form. */
export function measurePlans(): PlanCost[] {
  const catalog = fleet();
  const health = new Health(systemClock);
  const auto = { chat: ["m3", "m4", "m5", "m6", "m7"] };
  const industries = { legal: ["m3", "m4", "m5", "m6", "m7"], general: ["m8", "m9"] };
  const settings = { rules: rules(), auto, industries };
  const policy = policyOf(catalog, { ...settings, classifier: classifierSaying("chat") });
  const classifying = policyOf(catalog, { ...settings, classifier: promptClassifier });
  const request = (asked: Partial<RouteRequest>) =>
    routeRequest({ ...saying(TEXT), promptTokens: 500, ...asked });
  const classified = request({ model: "auto" });
  return [
    ...REQUESTS.map(([name, asked]) => {
      const made = request(asked);
      return measured(name, () => plan(made, { policy, catalog, health }));
    }),
    measured("auto, classified", () => plan(classified, { policy: classifying, catalog, health })),
  ];
}

if (import.meta.main) {
  for (const { name, medianMicros, p99Micros } of measurePlans()) {
    console.log(
      `${name.padEnd(20)} median ${medianMicros.toFixed(1).padStart(6)} µs   p99 ${p99Micros.toFixed(1).padStart(7)} µs`,
    );
  }
}
