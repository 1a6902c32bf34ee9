import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import { catalogOf, deployment, price } from "../testing/catalog.ts";
import { fixedClock } from "../testing/clock.ts";
import { type PolicyChanges, policyOf, routeRequest } from "../testing/policy.ts";
import type { Plan } from "./decision.ts";
import type { ExclusionReason } from "./exclusion.ts";
import { detailOf } from "./exclusion-detail.ts";
import { Health } from "./health.ts";
import { plan } from "./plan.ts";
import { NO_PREFERENCES, type ProviderPreferences, type RouteRequest } from "./request.ts";

const request = routeRequest;

const preferences = (rest: Partial<ProviderPreferences>) => ({ preferences: { ...NO_PREFERENCES, ...rest } });
const health = () => new Health(fixedClock(0));

function decide(asked: RouteRequest, catalog: CatalogView, state: Health, changes: PolicyChanges = {}) {
  return plan(asked, { policy: policyOf(catalog, changes), catalog, health: state });
}

function planned(rest: Partial<RouteRequest>, catalog: CatalogView, state = health()): Plan {
  const made = decide(request(rest), catalog, state);
  if ("code" in made) throw new Error(`refused: ${made.code} ${made.message}`);
  return made;
}

const chain = (made: Plan) => made.candidates.map(({ deployment: it }) => it.id);

const three = [
  deployment("dear/gpt", { price: price(5, 15) }),
  deployment("cheap/gpt", { price: price(1, 2) }),
  deployment("middle/gpt", { price: price(2, 4) }),
];

describe("forms", () => {
  const catalog = catalogOf(
    [...three, deployment("cheap/small", { price: price(0, 0) }), deployment("vps/llama")],
    { fast: ["small"], smart: ["gpt", "small"], nested: ["fast", "gpt"] },
    ["openai"],
  );
  const forms: [string, Partial<RouteRequest>, string[], string][] = [
    [
      "a model means all its deployments, cheapest first",
      { model: "gpt" },
      ["cheap/gpt", "middle/gpt", "dear/gpt"],
      "alias",
    ],
    [
      "a slug means the same model",
      { model: "openai/gpt" },
      ["cheap/gpt", "middle/gpt", "dear/gpt"],
      "alias",
    ],
    ["a provider prefix pins", { model: "vps/llama" }, ["vps/llama"], "pinned"],
    ["a pin also takes a slug behind it", { model: "dear/openai/gpt" }, ["dear/gpt"], "pinned"],
    ["an alias of one model", { model: "fast" }, ["cheap/small"], "alias"],
    [
      "an alias list keeps its order of models",
      { model: "smart" },
      ["cheap/gpt", "middle/gpt", "dear/gpt", "cheap/small"],
      "alias",
    ],
    [
      "an alias may name an alias",
      { model: "nested" },
      ["cheap/small", "cheap/gpt", "middle/gpt", "dear/gpt"],
      "alias",
    ],
    [
      "models[] in order, no deployment twice",
      { model: null, models: ["small", "gpt", "small"] },
      ["cheap/small", "cheap/gpt", "middle/gpt", "dear/gpt"],
      "models[0]:alias",
    ],
    [
      "model comes before models[]",
      { model: "vps/llama", models: ["small"] },
      ["vps/llama", "cheap/small"],
      "pinned",
    ],
    [":floor is cheapest first", { model: "gpt:floor" }, ["cheap/gpt", "middle/gpt", "dear/gpt"], "alias"],
    [":free takes only what costs nothing", { model: "openai/small:free" }, ["cheap/small"], "alias"],
  ];
  test.each(forms)("%s", (_, asked, expected, reason) => {
    const made = planned(asked, catalog);
    expect(chain(made)).toEqual(expected);
    expect(made.candidates[0]?.reason).toBe(reason);
  });

  test(":nitro is fastest first, unknown latency last", () => {
    const state = health();
    for (const [id, ms] of [
      ["dear/gpt", 50],
      ["middle/gpt", 200],
    ] as const) {
      state.began(id);
      state.succeeded(id, ms);
      state.ended(id);
    }
    expect(chain(planned({ model: "gpt:nitro" }, catalog, state))).toEqual([
      "dear/gpt",
      "middle/gpt",
      "cheap/gpt",
    ]);
  });

  const unknown: [string, Partial<RouteRequest>, string][] = [
    ["an unknown name", { model: "gtp" }, "model"],
    ["an unknown provider prefix", { model: "nowhere/gpt" }, "model"],
    ["a pin to a provider without that model", { model: "vps/gpt" }, "model"],
    ["any unknown entry of models[]", { model: "gpt", models: ["small", "nope"] }, "models[1]"],
    ["an empty suffix stem", { model: ":floor" }, "model"],
    ["a name from the prototype", { model: "constructor" }, "model"],
    ["no name at all for embeddings", { model: null, kind: "embedding" }, "model"],
  ];
  test.each(unknown)("%s is model_not_found and says where", (_, asked, param) => {
    const refused = decide(request(asked), catalog, health());
    expect(refused).toMatchObject({ status: 404, code: "model_not_found", param });
  });

  test("a name of a megabyte is refused without being echoed", () => {
    const refused = decide(request({ model: "x".repeat(1 << 20) }), catalog, health());
    expect("message" in refused && refused.message.length < 400).toBe(true);
  });
});

describe("provider preferences", () => {
  const catalog = catalogOf(three);
  const cases: [string, Partial<ProviderPreferences>, string[]][] = [
    [
      "order goes first, the rest follows by price",
      { order: ["dear"] },
      ["dear/gpt", "cheap/gpt", "middle/gpt"],
    ],
    ["only keeps those", { only: ["middle", "dear"] }, ["middle/gpt", "dear/gpt"]],
    ["ignore leaves those out", { ignore: ["cheap"] }, ["middle/gpt", "dear/gpt"]],
    [
      "order without fallbacks is the whole chain",
      { order: ["dear", "middle"], allowFallbacks: false },
      ["dear/gpt", "middle/gpt"],
    ],
    ["no fallbacks without an order leaves one", { allowFallbacks: false }, ["cheap/gpt"]],
    ["max_price on input", { maxPrompt: 2_000_000_000 }, ["cheap/gpt", "middle/gpt"]],
    ["max_price on output", { maxCompletion: 2_000_000_000 }, ["cheap/gpt"]],
  ];
  test.each(cases)("%s", (_, wanted, expected) => {
    expect(chain(planned(preferences(wanted), catalog))).toEqual(expected);
  });
});

describe("filter", () => {
  const cases: [string, Partial<Deployment>, Partial<RouteRequest>, ExclusionReason][] = [
    ["a key's models", {}, { allowedModels: ["other"] }, "not_allowed"],
    ["a key's providers", {}, { allowedProviders: ["other"] }, "not_allowed"],
    ["an embedding model for chat", { kind: "embedding" }, {}, "wrong_kind"],
    ["a missing capability", { capabilities: ["tools"] }, { needs: ["vision"] }, "capability_missing"],
    ["a prompt beyond the window", { contextLength: 99 }, {}, "context_too_small"],
    [
      "a prompt and its output beyond the window",
      { contextLength: 150 },
      { outputTokens: 51 },
      "context_too_small",
    ],
    ["an unknown price under a limit", { price: null }, preferences({ maxPrompt: 1 }), "over_max_price"],
    ["a provider that collects data", {}, preferences({ dataCollection: "deny" }), "data_collection"],
    ["a provider not selected", {}, preferences({ only: ["other"] }), "provider_not_selected"],
    ["an ignored provider", {}, preferences({ ignore: ["bad"] }), "provider_ignored"],
  ];
  test.each(cases)("%s is excluded with its reason, and others still serve", (_, facts, asked, reason) => {
    const good = deployment("other/other", { dataCollection: "deny", price: price(0, 0) });
    const catalog = catalogOf([deployment("bad/gpt", facts), good]);
    const made = planned({ model: "gpt", models: ["other"], ...asked }, catalog);
    expect(chain(made)).toEqual(["other/other"]);
    expect(made.excluded.map((it) => [it.deployment.id, it.reason])).toEqual([["bad/gpt", reason]]);
  });

  test("a capability nobody knows of excludes only where certainty is demanded, one that lacks always", () => {
    const partly = deployment("any/gpt", { capabilities: ["tools"], unknownCapabilities: ["pdf"] });
    const able = deployment("other/other", { capabilities: ["tools", "vision", "pdf"] });
    const catalog = catalogOf([partly, able]);
    const ask = (changes: Partial<RouteRequest>) => {
      const made = planned({ model: "gpt", models: ["other"], ...changes }, catalog);
      return made.excluded.map((it) => detailOf(it));
    };
    expect(ask({ needs: ["tools", "pdf"] })).toEqual([]);
    expect(ask({ needs: ["pdf", "vision"] })).toEqual(["lacks vision"]);
    const certain = preferences({ requireParameters: true });
    expect(ask({ needs: ["pdf"], ...certain })[0]).toBe(
      "nobody knows whether it has pdf, and require_parameters is set",
    );
  });

  test("unknown limits and capabilities exclude nothing", () => {
    const catalog = catalogOf([deployment("any/gpt")]);
    expect(chain(planned({ needs: ["tools", "vision"], promptTokens: 1e9 }, catalog))).toEqual(["any/gpt"]);
  });

  test("nothing left is 503 with one reason each; 403 if the key forbids all of it", () => {
    const catalog = catalogOf([
      deployment("a/gpt", { contextLength: 1 }),
      deployment("b/gpt", { kind: "embedding" }),
    ]);
    expect(decide(request(), catalog, health())).toMatchObject({
      status: 503,
      code: "no_candidate",
      metadata: {
        excluded: [
          { provider: "a", reason: "context_too_small" },
          { provider: "b", reason: "wrong_kind" },
        ],
      },
    });
    expect(decide(request({ allowedModels: [] }), catalog, health())).toMatchObject({
      status: 403,
      code: "model_not_allowed",
    });
  });
});

describe("order", () => {
  test("equal prices go to whoever has fewest in flight", () => {
    const catalog = catalogOf([deployment("box1/gpt"), deployment("box2/gpt")]);
    const state = health();
    state.began("box1/gpt");
    expect(chain(planned({}, catalog, state))).toEqual(["box2/gpt", "box1/gpt"]);
  });

  test("a weight of two takes twice the load", () => {
    const catalog = catalogOf([deployment("big/gpt", { weight: 2 }), deployment("small/gpt")]);
    const state = health();
    const counts: Record<string, number> = {};
    for (let i = 0; i < 30; i++) {
      const [first = ""] = chain(planned({}, catalog, state));
      state.began(first);
      counts[first] = (counts[first] ?? 0) + 1;
    }
    expect(counts).toEqual({ "big/gpt": 20, "small/gpt": 10 });
  });

  test("a resting deployment moves to the end and stays the preferred one", () => {
    const state = health();
    state.failed("cheap/gpt", "rate_limited", 1000);
    const made = planned({}, catalogOf(three), state);
    expect(chain(made)).toEqual(["middle/gpt", "dear/gpt", "cheap/gpt"]);
    expect(made.preferred.deployment.id).toBe("cheap/gpt");
  });

  test("an unknown price stands behind every known one", () => {
    const catalog = catalogOf([deployment("unknown/gpt", { price: null }), ...three]);
    expect(chain(planned({}, catalog)).at(-1)).toBe("unknown/gpt");
  });
});

const anyDeployment = fc
  .record({
    provider: fc.constantFrom("a", "b", "c", "d"),
    model: fc.constantFrom("gpt", "small"),
    usd: fc.option(fc.integer({ min: 0, max: 50 }), { nil: null }),
    contextLength: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
  })
  .map(({ provider, model, usd, contextLength }) =>
    deployment(`${provider}/${model}`, { price: usd === null ? null : price(usd, usd), contextLength }),
  );
const anyDeployments = fc.uniqueArray(anyDeployment, { selector: ({ id }) => id, minLength: 1 });

test("a chain never repeats a deployment, never holds an excluded one, and is the same for the same snapshot", () => {
  fc.assert(
    fc.property(
      anyDeployments,
      fc.array(fc.constantFrom("gpt", "small"), { minLength: 1 }),
      (deployments, models) => {
        const catalog = catalogOf(deployments);
        const asked = request({ model: null, models: models.filter((name) => catalog.models.has(name)) });
        const made = decide(asked, catalog, health());
        if ("code" in made) return;
        const ids = chain(made);
        expect(new Set(ids).size).toBe(ids.length);
        for (const { deployment: it } of made.excluded) expect(ids).not.toContain(it.id);
        expect(decide(asked, catalogOf(deployments.toReversed()), health())).toMatchObject({
          candidates: made.candidates.map(({ deployment: it }) => ({ deployment: { id: it.id } })),
        });
      },
    ),
  );
});

test("adding a deployment that cannot serve changes nothing", () => {
  fc.assert(
    fc.property(anyDeployments, (deployments) => {
      const before = decide(request(), catalogOf(deployments), health());
      const useless = deployment("zz/gpt", { contextLength: 1, price: price(0, 0) });
      const after = decide(request(), catalogOf([...deployments, useless]), health());
      if ("code" in before) return;
      expect("candidates" in after && chain(after)).toEqual(chain(before));
    }),
  );
});
