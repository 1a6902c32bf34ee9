import { describe, expect, test } from "bun:test";
import type { Deployment, Price } from "../core/deployment.ts";
import { buildCatalog, type CatalogProvider } from "./catalog.ts";
import { namedOnly, type ToldModel } from "./told-model.ts";

const PRICE: Price = {
  input: 123,
  output: 456,
  cachedInput: null,
  cacheWrite: null,
  reasoning: null,
  source: "provider",
  asOf: "2026-11-22",
};

function served(id: string, told: Partial<ToldModel>, provider: Partial<CatalogProvider> = {}): Deployment {
  const { models } = buildCatalog({
    providers: [
      {
        ...{
          id: "p",
          priceId: "openai",
          local: false,
          discovers: true,
          dataCollection: "allow",
          models: null,
        },
        ...provider,
      },
    ],
    aliases: {},
    discovered: new Map([["p", [{ ...namedOnly(id), ...told }]]]),
    nowMs: Date.parse("2026-11-22T12:00:00Z"),
  });
  const [deployment] = [...models.values()].flatMap((card) => card.deployments);
  if (!deployment) throw new Error(`${id} is not served`);
  return deployment;
}

describe("what a provider tells of its model wins over what we know of it:", () => {
  test.each<[string, Partial<ToldModel>, Partial<Deployment>]>([
    ["price", { price: PRICE }, { price: PRICE }],
    ["window", { contextLength: 64_000 }, { contextLength: 64_000 }],
    ["most output", { maxOutputTokens: 4_000 }, { maxOutputTokens: 4_000 }],
    ["kind", { kind: "embedding" }, { kind: "embedding" }],
    ["end", { deprecation: { shutdownDate: "2026-12-24" } }, { deprecation: { shutdownDate: "2026-12-24" } }],
    ["capabilities", { capabilities: ["audio"] }, { capabilities: ["audio"] }],
    [
      "capabilities told in part, the rest as we know them",
      { capabilities: ["reasoning"], untoldCapabilities: ["json_schema", "audio", "vision"] },
      { capabilities: ["reasoning", "json_schema", "vision"] },
    ],
  ])("%s", (_, told, expected) => {
    const plain = served("gpt-4o-mini", {});
    const { unknownCapabilities, ...rest } = served("gpt-4o-mini", told);
    expect(unknownCapabilities).toBeUndefined();
    expect(rest).toEqual({ ...plain, ...expected });
    expect(rest).not.toEqual(plain);
  });
});

test("of a model nobody knows only what was told is known, and what was left open stays open", () => {
  const told = { contextLength: 9_000, capabilities: ["tools"], untoldCapabilities: ["pdf"] } as const;
  expect(served("unheard-of", told)).toMatchObject({
    price: null,
    contextLength: 9_000,
    maxOutputTokens: null,
    capabilities: ["tools"],
    unknownCapabilities: ["pdf"],
    quality: null,
    kind: null,
    deprecation: null,
  });
});

test("at home nothing is paid, whatever the server says of itself", () => {
  const { price, contextLength } = served(
    "llama3.1",
    { price: PRICE, contextLength: 4_096 },
    { local: true },
  );
  expect(price).toMatchObject({ input: 0, output: 0, source: "local", asOf: null });
  expect(contextLength).toBe(4_096);
});

test("what the operator declared is his contract: nothing told touches it", () => {
  const model = {
    ...{ id: "gpt-4o-mini", upstream: null, quality: null, maxOutput: null, capabilities: null, kind: null },
    ...{ price: { input: 1, output: 2, cachedInput: null, cacheWrite: null }, context: 8_000 },
    ...{ maxParallel: null, weight: 1 },
  };
  const told = { price: PRICE, contextLength: 64_000, maxOutputTokens: 7 };
  expect(served("gpt-4o-mini", told, { models: [model] })).toMatchObject({
    price: { input: 1, output: 2, source: "config", asOf: null },
    contextLength: 8_000,
    maxOutputTokens: 16_384,
  });
});

test("a model that has ended is served and shown as ended, never left out", () => {
  expect(served("o1", {}).deprecation).toEqual({ shutdownDate: "2026-10-23" });
  const told = { deprecation: { shutdownDate: "2020-01-01" } };
  expect(served("anything", told)).toMatchObject({ model: "anything", ...told });
});
