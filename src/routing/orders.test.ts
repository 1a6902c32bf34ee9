import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import { catalogOf, deployment, price } from "../testing/catalog.ts";
import { classifierSaying } from "../testing/classifier.ts";
import { fixedClock } from "../testing/clock.ts";
import { type PolicyChanges, policyOf, routeRequest } from "../testing/policy.ts";
import type { Plan } from "./decision.ts";
import { expectedCost } from "./expected-cost.ts";
import { Health } from "./health.ts";
import { plan } from "./plan.ts";
import { NO_PREFERENCES, type RouteRequest } from "./request.ts";

const health = () => new Health(fixedClock(0));

function decide(
  asked: Partial<RouteRequest>,
  catalog: CatalogView,
  changes: PolicyChanges = {},
  state = health(),
) {
  return plan(routeRequest(asked), { policy: policyOf(catalog, changes), catalog, health: state });
}

function planned(
  asked: Partial<RouteRequest>,
  catalog: CatalogView,
  changes: PolicyChanges = {},
  state = health(),
): Plan {
  const made = decide(asked, catalog, changes, state);
  if ("code" in made) throw new Error(`refused: ${made.code} ${made.message}`);
  return made;
}

const chain = (made: Plan) => made.candidates.map(({ deployment: it }) => it.id);
const why = (made: Plan) => made.excluded.map(({ deployment: it, reason }) => [it.id, reason]);

function measured(figures: Record<string, number>): Health {
  const state = health();
  for (const [id, ms] of Object.entries(figures)) {
    const serial = state.began(id);
    state.succeeded(id, ms, serial);
    state.ended(id, serial);
  }
  return state;
}

describe("strategy:cost", () => {
  const catalog = catalogOf([
    deployment("a/talker", { price: price(1, 10), quality: 60 }),
    deployment("a/reader", { price: price(4, 4), quality: 60 }),
    deployment("a/weak", { price: price(0, 0), quality: 49 }),
    deployment("a/unrated", { price: price(0, 0) }),
    deployment("box/own", { price: price(5, 5), local: true }),
    deployment("a/unknown", { price: null, quality: 60 }),
  ]);

  test("cheapest for what this request is expected to take", () => {
    expect(
      chain(planned({ model: "strategy:cost", promptTokens: 10_000, outputTokens: 10 }, catalog)),
    ).toEqual(["a/talker", "a/reader", "box/own", "a/unknown"]);
    expect(
      chain(planned({ model: "strategy:cost", promptTokens: 10, outputTokens: 10_000 }, catalog))[0],
    ).toBe("a/reader");
  });

  test("without a limit of the caller's 512 tokens of output are expected, at most what the model can", () => {
    const limited = deployment("a/m", { price: price(1, 2), maxOutputTokens: 100 });
    expect(expectedCost(limited, 1000, null)).toBe(1_200_000);
    expect(expectedCost({ ...limited, maxOutputTokens: null }, 1000, null)).toBe(2_024_000);
    expect(expectedCost(limited, 1000, 5000)).toBe(1_200_000);
    expect(expectedCost({ ...limited, price: null }, 1000, 5000)).toBeNull();
  });

  test("below the floor, or rated by nobody outside one's own walls, is excluded", () => {
    const made = planned({ model: "strategy:cost" }, catalog);
    expect(why(made).sort()).toEqual([
      ["a/unrated", "below_quality_floor"],
      ["a/weak", "below_quality_floor"],
    ]);
    expect(chain(planned({ model: "strategy:cost" }, catalog, { routing: { qualityFloor: 49 } }))[0]).toBe(
      "a/weak",
    );
    expect(chain(planned({ model: "weak" }, catalog))).toEqual(["a/weak"]);
  });

  test("local at price 0 counts as 0, and own boxes of one price share the load", () => {
    const boxes = catalogOf([
      deployment("box1/m", { price: price(0, 0), local: true, quality: 60 }),
      deployment("box2/m", { price: price(0, 0), local: true, quality: 60 }),
      deployment("a/gpt", { price: price(0.01, 0.01), quality: 90 }),
    ]);
    const state = health();
    state.began("box1/m");
    expect(chain(planned({ model: "strategy:cost" }, boxes, {}, state))).toEqual([
      "box2/m",
      "box1/m",
      "a/gpt",
    ]);
  });
});

describe("strategy:quality", () => {
  const catalog = catalogOf([
    deployment("a/best", { quality: 80, capabilities: ["reasoning"] }),
    deployment("a/equal", { quality: 80, capabilities: ["tools"], price: price(0, 0) }),
    deployment("a/coder", { quality: 60, taskQuality: { code: 95 }, capabilities: ["tools"] }),
    deployment("a/unrated"),
  ]);

  test("highest quality first, of equals who can reason, unrated last", () => {
    expect(chain(planned({ model: "strategy:quality" }, catalog))).toEqual([
      "a/best",
      "a/equal",
      "a/coder",
      "a/unrated",
    ]);
  });

  test("quality is that at the task", () => {
    const changes = { classifier: classifierSaying("code") };
    expect(chain(planned({ model: "strategy:quality" }, catalog, changes))[0]).toBe("a/coder");
  });

  test("who cannot do the task is left out", () => {
    const made = planned({ model: "strategy:quality", needs: ["tools"] }, catalog);
    expect(chain(made)).toEqual(["a/equal", "a/coder", "a/unrated"]);
    expect(why(made)).toEqual([["a/best", "capability_missing"]]);
  });
});

describe("strategy:latency", () => {
  const ids = ["a/slow", "b/fast", "c/new", "d/newer"];
  const catalog = catalogOf(ids.map((id, index) => deployment(id, { price: price(index, index) })));
  const state = measured({ "a/slow": 900, "b/fast": 90 });
  const first = (seed: number) => chain(planned({ model: "strategy:latency", seed }, catalog, {}, state))[0];

  test("fastest first, unmeasured behind, cheapest first", () => {
    expect(chain(planned({ model: "strategy:latency" }, catalog, {}, state))).toEqual([
      "b/fast",
      "a/slow",
      "c/new",
      "d/newer",
    ]);
  });

  test("a tenth of the requests explores, each of the unmeasured in turn, and the seed decides", () => {
    const firsts = Array.from({ length: 1000 }, (_, index) => first(index / 1000));
    expect(firsts.filter((id) => id === "c/new")).toHaveLength(50);
    expect(firsts.filter((id) => id === "d/newer")).toHaveLength(50);
    expect(firsts.filter((id) => id === "b/fast")).toHaveLength(900);
  });

  test("who rests is not explored", () => {
    const resting = measured({ "b/fast": 90, "a/slow": 900 });
    for (const id of ["c/new", "d/newer"]) resting.failed(id, "rate_limited", 1000);
    expect(chain(planned({ model: "strategy:latency", seed: 0 }, catalog, {}, resting))[0]).toBe("b/fast");
  });
});

describe("strategy:local", () => {
  const catalog = catalogOf([
    deployment("box/good", { local: true, quality: 70 }),
    deployment("box2/good", { local: true, quality: 70 }),
    deployment("box/poor", { local: true, quality: 40 }),
    deployment("cloud/best", { quality: 95 }),
  ]);

  test("best first, then fewest in flight; the cloud is left out and told", () => {
    const state = health();
    state.began("box/good");
    const made = planned({ model: "strategy:local" }, catalog, {}, state);
    expect(chain(made)).toEqual(["box2/good", "box/good", "box/poor"]);
    expect(why(made)).toEqual([["cloud/best", "not_local"]]);
  });

  test.each([
    ["the config allows it", { localFallback: "cloud" }, true, true],
    ["the request forbids it", { localFallback: "cloud" }, false, false],
    ["the request alone wants it", { localFallback: "none" }, true, false],
  ] as const)("the cloud follows only where %s", (_, routing, allowFallbacks, follows) => {
    const asked = { model: "strategy:local", preferences: { ...NO_PREFERENCES, allowFallbacks } };
    expect(chain(planned(asked, catalog, { routing })).includes("cloud/best")).toBe(follows);
  });

  test("nobody local is 503, never the cloud", () => {
    const cloud = catalogOf([deployment("cloud/best")]);
    expect(decide({ model: "strategy:local" }, cloud)).toMatchObject({
      code: "no_candidate",
      metadata: { excluded: [{ reason: "not_local" }] },
    });
  });
});

describe("the filters beside those of names and windows", () => {
  const one = (facts: Partial<Deployment>) =>
    catalogOf([deployment("a/gpt", facts), deployment("b/other", { price: price(0, 0) })]);
  const cases: [string, Partial<Deployment>, Partial<RouteRequest>, PolicyChanges, string][] = [
    ["a draining provider", {}, {}, { draining: ["a"] }, "draining"],
    ["max_cost_usd", {}, { maxCostNanoUsd: 1_123_999 }, {}, "over_max_cost"],
    ["max_cost_usd of an unknown price", { price: null }, { maxCostNanoUsd: 1e12 }, {}, "over_max_cost"],
    [
      "a field it drops, where all are required",
      {},
      { body: { logprobs: true }, preferences: { ...NO_PREFERENCES, requireParameters: true } },
      { notTaken: () => ({ logprobs: true }) },
      "parameter_unsupported",
    ],
    [
      "reasoning it lacks, where all are required",
      { capabilities: [] },
      { wantsReasoning: true, preferences: { ...NO_PREFERENCES, requireParameters: true } },
      {},
      "parameter_unsupported",
    ],
  ];
  test.each(cases)("%s", (_, facts, asked, changes, reason) => {
    const refused = decide({ promptTokens: 100, ...asked }, one(facts), changes);
    expect(refused).toMatchObject({
      code: "no_candidate",
      metadata: { excluded: [{ provider: "a", reason }] },
    });
  });

  test("at the limit it passes", () => {
    expect(chain(planned({ promptTokens: 100, maxCostNanoUsd: 1_124_000 }, one({})))).toEqual(["a/gpt"]);
    const notTaken = () => ({ logprobs: true }) as const;
    expect(chain(planned({ body: { logprobs: true } }, one({}), { notTaken }))).toEqual(["a/gpt"]);
    expect(chain(planned({ wantsReasoning: true }, one({ capabilities: [] })))).toEqual(["a/gpt"]);
  });
});

describe("max_parallel", () => {
  const catalog = catalogOf([
    deployment("a/gpt", { price: price(0, 0), maxParallel: 1 }),
    deployment("b/gpt"),
  ]);
  test("who is full stands at the end and stays the preferred one", () => {
    const state = health();
    const serial = state.began("a/gpt");
    const made = planned({}, catalog, {}, state);
    expect(chain(made)).toEqual(["b/gpt", "a/gpt"]);
    expect(made.preferred.rest?.reason).toBe("busy");
    state.ended("a/gpt", serial);
    expect(chain(planned({}, catalog, {}, state))).toEqual(["a/gpt", "b/gpt"]);
  });
});

describe("sticky conversations", () => {
  const boxes = ["box1/gpt", "box2/gpt", "box3/gpt", "box4/gpt"];
  const catalog = catalogOf([
    ...boxes.map((id) => deployment(id)),
    deployment("dear/gpt", { price: price(9, 9) }),
  ]);
  const firstFor = (stickyKey: string, from = catalog, state = health()) =>
    chain(planned({ stickyKey }, from, {}, state))[0] ?? "";
  const users = Array.from({ length: 400 }, (_, index) => `user-${index}`);

  test("one user stays on one deployment, whatever is in flight; many spread over all of one price", () => {
    const state = health();
    for (let i = 0; i < 5; i++) state.began(firstFor("user-1"));
    expect(firstFor("user-1", catalog, state)).toBe(firstFor("user-1"));
    const counts = new Map<string, number>();
    for (const user of users) counts.set(firstFor(user), (counts.get(firstFor(user)) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual(boxes);
    for (const count of counts.values()) expect(count).toBeGreaterThan(60);
  });

  test("price goes before stickiness", () => {
    for (const user of users.slice(0, 50)) expect(firstFor(user)).not.toBe("dear/gpt");
  });

  test("when one goes, only its own users move", () => {
    const fewer = catalogOf(boxes.slice(1).map((id) => deployment(id)));
    const state = health();
    state.failed("box1/gpt", "rate_limited", 1000);
    for (const user of users) {
      const before = firstFor(user);
      if (before !== "box1/gpt") {
        expect(firstFor(user, fewer)).toBe(before);
        expect(firstFor(user, catalog, state)).toBe(before);
      }
    }
  });
});

const anyDeployment = fc
  .record({
    provider: fc.constantFrom("a", "b", "c", "d"),
    model: fc.constantFrom("gpt", "small", "big"),
    input: fc.option(fc.integer({ min: 0, max: 100_000_000_000 }), { nil: null }),
    output: fc.integer({ min: 0, max: 100_000_000_000 }),
    quality: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
    local: fc.boolean(),
    maxOutputTokens: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: null }),
  })
  .map(({ provider, model, input, output, ...facts }) => {
    const rates = price(0, 0);
    return deployment(`${provider}/${model}`, {
      ...facts,
      price: input === null || !rates ? null : { ...rates, input, output },
    });
  });
const anyDeployments = fc.uniqueArray(anyDeployment, { selector: ({ id }) => id, minLength: 1 });
const anyForm = fc.constantFrom(
  "auto",
  "gpt",
  "industry:legal",
  "strategy:cost",
  "strategy:quality",
  "strategy:latency",
  "strategy:local",
);

test("no chain of any form repeats a deployment, holds an excluded one, or depends on the order of the catalog", () => {
  fc.assert(
    fc.property(anyDeployments, fc.array(anyForm, { minLength: 1, maxLength: 4 }), (deployments, models) => {
      const asked = { model: null, models };
      const made = decide(asked, catalogOf(deployments));
      if ("code" in made) return;
      const ids = chain(made);
      expect(new Set(ids).size).toBe(ids.length);
      const left = made.excluded.map(({ deployment: it }) => it.id);
      expect(new Set(left).size).toBe(left.length);
      for (const id of left) expect(ids).not.toContain(id);
      expect(chain(planned(asked, catalogOf(deployments.toReversed())))).toEqual(ids);
    }),
  );
});

test("strategy:local never holds a deployment of the cloud", () => {
  fc.assert(
    fc.property(anyDeployments, (deployments) => {
      const made = decide({ model: "strategy:local" }, catalogOf(deployments));
      if ("candidates" in made) for (const { deployment: it } of made.candidates) expect(it.local).toBe(true);
    }),
  );
});

test("the first of strategy:cost is never dearer than another that may serve", () => {
  const tokens = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(
      anyDeployments,
      tokens,
      fc.option(tokens, { nil: null }),
      (deployments, promptTokens, outputTokens) => {
        const made = decide({ model: "strategy:cost", promptTokens, outputTokens }, catalogOf(deployments));
        if ("code" in made) return;
        const costs = made.candidates.map(
          ({ deployment: it }) => expectedCost(it, promptTokens, outputTokens) ?? Number.POSITIVE_INFINITY,
        );
        expect(costs).toEqual(costs.toSorted((a, b) => (a === b ? 0 : a < b ? -1 : 1)));
      },
    ),
  );
});

test("adding a deployment that may not serve changes no form's chain", () => {
  fc.assert(
    fc.property(anyDeployments, anyForm, (deployments, model) => {
      const before = decide({ model }, catalogOf(deployments));
      const useless = deployment("zz/useless", {
        contextLength: 1,
        price: price(0, 0),
        quality: 100,
        local: true,
      });
      if ("code" in before) return;
      expect(chain(planned({ model }, catalogOf([...deployments, useless])))).toEqual(chain(before));
    }),
  );
});

test("hundreds are ordered as few are", () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    deployment(`p${index}/m${index % 7}`, {
      price: price(((index * 7919) % 300) / 10, ((index * 31) % 300) / 10),
      quality: 60,
    }),
  );
  const made = planned({ model: "strategy:cost", promptTokens: 5000 }, catalogOf(many));
  const costs = made.candidates.map(({ deployment: it }) => expectedCost(it, 5000, null) ?? 0);
  expect(costs).toHaveLength(300);
  expect(costs).toEqual(costs.toSorted((a, b) => a - b));
});
