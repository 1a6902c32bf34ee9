import { expect, test } from "bun:test";
import { requestIdOf } from "../../core/ids.ts";
import { catalogOf, deployment, price } from "../../testing/catalog.ts";
import { classifierSaying } from "../../testing/classifier.ts";
import { testProvider, UPSTREAM_SECRET } from "../../testing/gateway.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { ruleOf } from "../../testing/policy.ts";

const scene = await manageScene({
  providers: [testProvider("cloud", "http://127.0.0.1:9/v1"), testProvider("box", "http://127.0.0.1:9/v1")],
  catalog: catalogOf([
    deployment("cloud/gpt", { price: price(10, 20), quality: 90, contextLength: 1000 }),
    deployment("cloud/weak", { price: price(1, 1), quality: 10 }),
    deployment("box/llama", { price: price(0, 0), quality: 55, local: true }),
  ]),
  policy: {
    auto: { code: ["llama", "gpt"] },
    rules: [
      ruleOf("no", { keywords: { any: ["forbidden"], all: [] } }, { deny: "No." }, 1),
      ruleOf("stay", { containsPii: true }, { onlyLocal: true }, 2),
    ],
    classifier: classifierSaying("code"),
  },
});
const reader = (await scene.keyWith(["read"])).secret;
const admin = (await scene.keyWith(["admin"])).secret;
const user = (await scene.keyWith(["inference"])).secret;
const ask = (body: object, key = reader) => scene.call("POST", "/api/v1/route", key, body);
const saying = (content: string) => ({ messages: [{ role: "user", content }] });

test("the whole decision is told, with the numbers used, and nobody is called", async () => {
  const decision = await jsonOf(ask({ model: "strategy:cost", ...saying("Hello") }));
  expect(decision).toMatchObject({
    reason: "strategy:cost",
    form: "strategy",
    rule: null,
    task: { name: "code", scores: { code: 1 }, features: {} },
    industry: null,
    catalog_revision: "test",
    config_revision: "test",
  });
  expect(decision.candidates.map((it: { model: string; state: string }) => [it.model, it.state])).toEqual([
    ["llama", "selected"],
    ["gpt", "behind"],
  ]);
  expect(decision.candidates[1]).toEqual({
    provider: "cloud",
    model: "gpt",
    state: "behind",
    reason: "strategy:cost",
    resting: null,
    local: false,
    quality: 90,
    input_price_usd: "10.000000000",
    output_price_usd: "20.000000000",
    expected_cost_usd: expect.stringMatching(/^0\.0103\d{5}$/),
    context_length: 1000,
    ttft_p50_ms: null,
    in_flight: 0,
  });
  expect(decision.excluded).toEqual([
    {
      provider: "cloud",
      model: "weak",
      reason: "below_quality_floor",
      detail: "its quality is 10, the floor is 50",
    },
  ]);
  expect(JSON.stringify(decision)).not.toContain(UPSTREAM_SECRET);
});

test("an inference key may ask too, and its request's own reason is what is told", async () => {
  expect(await jsonOf(ask(saying("Hello"), user))).toMatchObject({ reason: "auto:code", form: "auto" });
  const ruled = await jsonOf(ask({ models: ["gpt", "llama"], ...saying("I am jo@example.com") }, user));
  expect(ruled).toMatchObject({ reason: "models[1]:alias; rule=stay", rule: "stay" });
  expect(ruled.excluded).toEqual([
    { provider: "cloud", model: "gpt", reason: "not_local", detail: "cloud is not local" },
  ]);
  expect(JSON.stringify(ruled)).not.toContain("jo@example.com");
});

test("the cap of a header counts as it would in the request", async () => {
  const capped = (amount: string) =>
    fetch(`${scene.url}/api/v1/route`, {
      method: "POST",
      headers: { authorization: `Bearer ${user}`, "x-nyuro-max-cost-usd": amount },
      body: JSON.stringify({ model: "gpt", ...saying("Hello") }),
    });
  expect((await capped("1")).status).toBe(200);
  const refused = await jsonOf(capped("0.000000001"));
  expect(refused.error.metadata.excluded[0]).toMatchObject({ reason: "over_max_cost" });
  expect((await jsonOf(capped("much"))).error).toMatchObject({ code: "invalid_request", param: null });
});

test("who rests stands at the end with its reason, as the request would find it", async () => {
  scene.health.failed("box/llama", "rate_limited", 5_000);
  const decision = await jsonOf(ask(saying("Hello")));
  expect(decision.reason).toBe("auto:code; fallback=resting");
  expect(decision.candidates.map((it: { resting: string | null }) => it.resting)).toEqual([
    null,
    "rate_limited",
  ]);
  scene.clock.advance(5_000);
});

test.each([
  ["an unknown model", { model: "gtp", ...saying("Hello") }, 404, "model_not_found"],
  ["no messages", { model: "gpt" }, 400, "invalid_request"],
  ["a denial", { model: "gpt", ...saying("This is forbidden!") }, 403, "denied_by_rule"],
  ["nobody left", { model: "gpt", max_tokens: 5000, ...saying("Hello") }, 503, "no_candidate"],
])("%s is refused as the request would be", async (_, body, status, code) => {
  const reply = await ask(body);
  expect(reply.status).toBe(status);
  expect((await jsonOf(reply)).error.code).toBe(code);
});

test("a log row's decision is worked out again while its revisions are remembered", async () => {
  const asked = { model: "strategy:cost", tokens: 20 };
  const decision = {
    candidates: ["box/llama"],
    behind: 0,
    excluded: {},
    form: "strategy",
    config: "test",
    asked,
  };
  const write = (sequence: number, catalog: string) =>
    scene.ledger.write(sampleRow({ sequence, decision: JSON.stringify({ ...decision, catalog }) }));
  await write(1, "test");
  await write(2, "an older one");
  const kept = await jsonOf(scene.call("GET", `/api/v1/logs/${requestIdOf(1)}`, reader));
  expect(kept).toMatchObject({ form: "strategy", rule: null, catalog_revision: "test" });
  expect(kept.decision.candidates.map((it: { model: string }) => it.model)).toEqual(["llama", "gpt"]);
  expect(kept.decision.excluded).toMatchObject([{ model: "weak", reason: "below_quality_floor" }]);
  const forgotten = await jsonOf(scene.call("GET", `/api/v1/logs/${requestIdOf(2)}`, reader));
  expect(forgotten.decision).toBeNull();
});

test("a decision is worked out again with who was drained then, whoever is drained now", async () => {
  const ground = { catalog: "test", config: "test", asked: { model: "strategy:cost", tokens: 20 } };
  const rows = [ground, { ...ground, draining: ["box"] }];
  for (const [index, decision] of rows.entries())
    await scene.ledger.write(sampleRow({ sequence: 10 + index, decision: JSON.stringify(decision) }));
  const admin = (await scene.keyWith(["admin"])).secret;
  const drain = (isDrained: boolean) =>
    scene.call("POST", "/api/v1/providers/box/drain", admin, { drain: isDrained });
  const drainedIn = async (sequence: number) => {
    const { decision } = await jsonOf(scene.call("GET", `/api/v1/logs/${requestIdOf(sequence)}`, reader));
    const all: { model: string; reason: string }[] = decision.excluded;
    return all.filter(({ reason }) => reason === "draining").map(({ model }) => model);
  };
  for (const isDrained of [true, false]) {
    expect((await drain(isDrained)).status).toBe(200);
    expect([await drainedIn(10), await drainedIn(11)]).toEqual([[], ["llama"]]);
  }
});

test("a denied request's log names the rule", async () => {
  const reply = await scene.call("POST", "/v1/chat/completions", user, {
    ...{ model: "gpt", ...saying("This is forbidden!") },
  });
  expect(reply.status).toBe(403);
  const id = reply.headers.get("x-request-id");
  const admin = (await scene.keyWith(["admin"])).secret;
  const log = await jsonOf(scene.call("GET", `/api/v1/logs/${id}`, admin));
  expect(log).toMatchObject({ status: "refused", rule: "no", form: null, candidates: null, decision: null });
  expect(log).toMatchObject({ catalog_revision: "test", config_revision: "test" });
});

test("candidates that the key's budget would not pay for now are told as left out, and nothing is put aside", async () => {
  const made = await scene.call("POST", "/api/v1/keys", admin, {
    name: "poor",
    budget: { limit_usd: "0.0001" },
  });
  const { key, id } = await jsonOf(made);
  const asked = { models: ["gpt", "weak", "llama"], ...saying("Hello") };
  const table = async (body: object) => {
    const { candidates, excluded } = await jsonOf(ask(body, key));
    const named = (all: { model: string }[], word: "state" | "reason") =>
      all.map((it) => [it.model, (it as unknown as Record<string, string>)[word]]);
    return [named(candidates, "state"), named(excluded, "reason")];
  };
  expect(await table({ ...asked, max_tokens: 100 })).toEqual([
    [["llama", "selected"]],
    [
      ["gpt", "over_budget"],
      ["weak", "over_budget"],
    ],
  ]);
  expect(await table({ ...asked, max_tokens: 50 })).toEqual([
    [
      ["weak", "selected"],
      ["llama", "behind"],
    ],
    [["gpt", "over_budget"]],
  ]);
  expect(await table({ ...asked, models: ["gpt"], max_tokens: 100 })).toEqual([[], [["gpt", "over_budget"]]]);
  expect((await jsonOf(ask({ ...asked, max_tokens: 100 }))).candidates).toHaveLength(3);
  const { budget } = await jsonOf(scene.call("GET", `/api/v1/keys/${id}`, admin));
  expect(budget).toMatchObject({ spent_usd: "0.000000000", reserved_usd: "0.000000000" });
});
