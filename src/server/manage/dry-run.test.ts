import { describe, expect, test } from "bun:test";
import { decisionJson } from "../../gateway/decision-record.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { CALM } from "../../routing/health-reader.ts";
import { plan } from "../../routing/plan.ts";
import type { RouteRequest } from "../../routing/request.ts";
import { BUDGET_SETTINGS } from "../../testing/budgets.ts";
import { catalogOf, deployment, price } from "../../testing/catalog.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, START_MS } from "../../testing/manage.ts";
import { policyOf, routeRequest, ruleOf } from "../../testing/policy.ts";

const HOUR_MS = 3_600_000;
const catalog = catalogOf([
  deployment("cloud/big", { price: price(10, 20) }),
  deployment("cloud/small", { price: price(1, 2) }),
  deployment("box/llama", { price: price(0, 0), local: true }),
  deployment("odd/unpriced", { price: null }),
]);
const rules = [
  ruleOf("words", { keywords: { any: ["contract"], all: [] } }, { models: ["small"] }, 10),
  ruleOf("no-vision", { needs: ["vision"] }, { deny: "No pictures." }, 20),
];
const scene = await manageScene({ catalog, policy: { rules } });
const admin = (await scene.keyWith(["admin"])).secret;
const snapshot = {
  ...{ catalog, policy: policyOf(catalog, { rules }), configRevision: "test" },
  ...{ upstreams: new Map(), maxAttempts: 5, budgets: BUDGET_SETTINGS },
};

let sequence = 0;

/** As the gateway would have kept it; `config` is the revision it was decided under. */
async function logged(
  asked: Partial<RouteRequest>,
  row: Partial<LedgerRow> = {},
  config = "test",
): Promise<void> {
  const route = routeRequest({ model: "big", ...asked });
  const planned = plan(route, { policy: snapshot.policy, catalog, health: CALM });
  if ("code" in planned) throw new Error(planned.message);
  const { providerId: provider, model } = planned.preferred.deployment;
  sequence += 1;
  await scene.ledger.write(
    sampleRow({
      ...{ sequence, timeMs: START_MS - HOUR_MS, provider, model, task: planned.task },
      ...{ usage: { input: 1000, cachedRead: 0, cacheWrite: 0, output: 100, reasoning: 0 } },
      ...{ costNanoUsd: 12_000_000, keyId: route.keyId, orgId: route.orgId, stream: route.stream },
      decision: decisionJson(planned, null, { ...snapshot, configRevision: config }, route),
      ...row,
    }),
  );
}

const dryRun = (rule: unknown, hours?: number) =>
  jsonOf(scene.call("POST", "/api/v1/rules/dry-run", admin, { rule, ...(hours ? { hours } : {}) }));
const draft = (when: object, then: object = { models: ["small"] }, priority = 30) => ({
  ...{ name: "draft", priority, when, then },
});

await logged({ promptTokens: 500, keyId: "key_a" }, { latencyMs: 1000 });
await logged({ promptTokens: 5000, keyId: "key_a" }, { latencyMs: 3000 });
await logged({ promptTokens: 5000, keyId: "key_b", industry: "legal", stream: true }, { latencyMs: 2000 });
await logged({ model: "small", promptTokens: 50 }, { latencyMs: 400, costNanoUsd: 1_200_000 });
await logged({ promptTokens: 5000 }, { timeMs: START_MS - 30 * HOUR_MS });
await logged({ promptTokens: 7000 }, { timeMs: START_MS - 31 * HOUR_MS }, "another");
sequence += 1;
await scene.ledger.write(
  sampleRow({ sequence, timeMs: START_MS - HOUR_MS, status: "refused", decision: null }),
);

describe("what a draft would have changed", () => {
  test("moves, with what they cost before and would have cost, and the times of both", async () => {
    const found = await dryRun(draft({ prompt_tokens: { min: 5000 } }));
    expect(found).toMatchObject({
      ...{ requests: 5, cut: false, judged: 4, matched: 2, moved: 2, refused: 0, admitted: 0 },
      not_judged: [{ reason: "no_decision", requests: 1 }],
      ...{ cost_usd_before: "0.024000000", cost_usd_after: "0.002400000", problems: [] },
    });
    expect(found.moves).toEqual([
      {
        from: { provider: "cloud", model: "big" },
        to: { provider: "cloud", model: "small" },
        ...{ requests: 2, priced_requests: 2 },
        ...{ cost_usd_before: "0.024000000", cost_usd_after: "0.002400000" },
        ...{ p50_ms_before: 2000, p95_ms_before: 3000, p50_ms_after: 400, p95_ms_after: 400 },
        examples: found.examples,
      },
    ]);
    const [newest] = found.examples;
    expect(await jsonOf(scene.call("GET", `/api/v1/logs/${newest}`, admin))).toMatchObject({
      key_id: "key_b",
    });
  });

  test.each([
    ["key", { key: "key_a" }, 2],
    ["organization", { org: "org_nobody" }, 0],
    ["stream", { stream: true }, 1],
    ["industry", { industry: "legal" }, 1],
    ["the industry as metadata", { metadata: { industry: "legal" } }, 1],
    ["model", { model: "small" }, 1],
    ["the price of the prompt", { max_input_cost_usd: "0.0001" }, 1],
    ["several", { key: "key_a", prompt_tokens: { max: 600 } }, 1],
  ])("a condition on %s is judged from the row", async (_, when, matched) => {
    expect(await dryRun(draft(when))).toMatchObject({ judged: 4, matched });
  });

  test("a draft moves only what went elsewhere", async () => {
    expect(await dryRun(draft({}, { models: ["big"] }))).toMatchObject({ matched: 4, moved: 1 });
  });

  test("refused is what is denied, and what nobody could serve any more", async () => {
    expect(await dryRun(draft({ key: "key_a" }, { deny: "No." }))).toMatchObject({ refused: 2, moved: 0 });
    // The one of an industry may still go to whoever serves its list.
    expect(await dryRun(draft({}, { only_local: true }))).toMatchObject({ refused: 3, moved: 1 });
  });

  test("without a price nothing is said of cost", async () => {
    const { moves } = await dryRun(draft({ key: "key_a" }, { models: ["unpriced"] }));
    expect(moves).toMatchObject([{ requests: 2, priced_requests: 0, cost_usd_after: "0.000000000" }]);
    expect(moves[0]).toMatchObject({ p50_ms_after: null, p95_ms_after: null });
  });

  test("a draft behind a rule that decided changes nothing; one of its name takes its place", async () => {
    await logged({
      promptTokens: 9,
      keyId: "key_words",
      body: { messages: [{ role: "user", content: "A contract" }] },
    });
    expect(await dryRun(draft({ key: "key_words" }))).toMatchObject({ matched: 0, moved: 0 });
    expect(await dryRun(draft({ key: "key_words" }, { models: ["llama"] }, 5))).toMatchObject({ moved: 1 });
    const edit = { ...draft({ key: "key_words" }, { models: ["llama"] }, 10), name: "words" };
    expect(await dryRun(edit)).toMatchObject({ matched: 1, moved: 1 });
    const gone = { ...draft({ key: "key_nobody" }, { deny: "No." }, 10), name: "words" };
    expect((await dryRun(gone)).moves).toMatchObject([
      { from: { model: "small" }, to: { model: "big" }, requests: 1 },
    ]);
  });
});

describe("what a row cannot tell is not guessed", () => {
  test.each([
    ["keywords", { keywords: { any: ["secret"] } }],
    ["contains_pii", { contains_pii: true }],
    ["metadata", { metadata: { team: "a" } }],
    ["task", { task: "code" }],
  ])("%s", async (reason, when) => {
    const found = await dryRun(draft({ ...when, key: "key_a" }, { models: ["small"] }, 5));
    expect(found).toMatchObject({ judged: 3, matched: 0, moved: 0 });
    expect(found.not_judged).toContainEqual({ reason, why: expect.any(String), requests: 2 });
  });

  test("rules of before a draft are known under the configuration of now, and else only where they need no words", async () => {
    const found = await dryRun(draft({ prompt_tokens: { min: 5000 } }), 48);
    expect(found).toMatchObject({ moved: 3 });
    expect(found.not_judged).toContainEqual({ reason: "keywords", why: expect.any(String), requests: 1 });
    const first = await dryRun(draft({ prompt_tokens: { min: 6000 } }, { models: ["llama"] }, 5), 48);
    expect(first.not_judged).toContainEqual({ reason: "keywords", why: expect.any(String), requests: 1 });
    const without = await dryRun(draft({ prompt_tokens: { min: 90_000 } }), 48);
    expect(without.not_judged).toEqual([{ reason: "no_decision", why: expect.any(String), requests: 1 }]);
  });
});

describe("a draft is checked like the file", () => {
  test.each([
    ["rule.when.industry", draft({ industry: "shoes" })],
    ["rule.then", { name: "draft", then: {} }],
    ["rule.then", { name: "draft" }],
    ["rule.whenn", { ...draft({}), whenn: {} }],
    ["rule.then.set_params.model", draft({}, { set_params: { model: "x" } })],
    ["rule.when.prompt_tokens.min", draft({ prompt_tokens: { min: -1 } })],
    ["rule.name", { ...draft({}), name: "${env:HOME}" }],
  ])("%s", async (param, rule) => {
    const { error } = await dryRun(rule);
    expect(error).toMatchObject({ code: "invalid_request", param });
    expect(error.message).not.toContain("shoes");
  });

  test.each([
    ["a mapping", "name: draft\nwhen: { key: key_a }\nthen: { deny: No. }"],
    ["an entry of a list", "- name: draft\n  when: { key: key_a }\n  then: { deny: No. }"],
    ["what a file says", "rules:\n  - { name: draft, when: { key: key_a }, then: { deny: No. } }"],
    ["JSON", '{"name": "draft", "when": {"key": "key_a"}, "then": {"deny": "No."}}'],
  ])("it may come as text: %s", async (_, text) => {
    expect(await dryRun(text)).toMatchObject({ refused: 2 });
  });

  test.each([
    ["two rules", "[{ name: a, then: { deny: No. } }, { name: b, then: { deny: No. } }]", "one rule"],
    ["no mapping", "hello", "mapping"],
    ["no YAML", "a: [", "line 1"],
    ["an alias bomb", `a: &a [x, x]\nb: &b [${"*a, ".repeat(99)}*a]\nc: [${"*b, ".repeat(99)}*b]`, "rule"],
  ])("text that is %s is refused", async (_, text, word) => {
    const { error } = await dryRun(text);
    expect(error).toMatchObject({ code: "invalid_request" });
    expect(error.message).toContain(word);
  });

  test("more than a week is too much", async () => {
    expect((await dryRun(draft({}), 169)).error.param).toBe("hours");
  });

  test("what a file would be refused for is told beside the answer", async () => {
    const { problems } = await dryRun(draft({ needs: ["vision", "tools"] }, { models: ["small"] }, 20));
    expect(problems).toEqual([
      'The rule "no-vision" has the same priority; give each rule its own.',
      'It can never apply: "no-vision" comes before it and matches whenever it does.',
    ]);
    expect((await dryRun(draft({}, { models: ["big"] }, 1))).problems).toHaveLength(2);
  });
});
