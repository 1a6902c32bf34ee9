import { describe, expect, test } from "bun:test";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { findModel, PRICE_DATA, pricesAt } from "./price-data.ts";
import { contextLengthOf, pricedModels, priceOf } from "./prices.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const PRICE_IDS = [
  "openai",
  "azure",
  "openrouter",
  "groq",
  "mistral",
  "deepseek",
  "x-ai",
  "together",
  "fireworks",
  "cerebras",
  "perplexity",
  "moonshotai",
  "zai",
];

describe("prices are exact integers", () => {
  test.each([
    [
      "openai",
      "gpt-4o-mini",
      { input: 150_000_000, output: 600_000_000, cachedInput: 75_000_000, cacheWrite: null },
    ],
    ["openai", "gpt-4o-mini-2024-07-18", { input: 150_000_000, output: 600_000_000 }],
    ["openai", "GPT-4o", { input: 2_500_000_000, output: 10_000_000_000 }],
    ["openrouter", "anthropic/claude-3.5-sonnet", { source: "genai-prices", asOf: "2026-09-23" }],
    ["huggingface_together", "Qwen/Qwen3-VL-8B-Instruct", { input: 180_000_000, output: 680_000_000 }],
    ["openai", "text-embedding-3-small", { input: 20_000_000, output: 0 }],
    ["fireworks", "accounts/fireworks/models/kimi-k2p5", { input: 600_000_000, output: 3_000_000_000 }],
    ["azure", "gpt-4o", { input: 2_500_000_000 }],
    ["perplexity", "sonar-deep-research", { output: 8_000_000_000, reasoning: 3_000_000_000 }],
  ])("%s %s", (priceId, upstream, price) => expect(priceOf(priceId, upstream, NOW)).toMatchObject(price));

  test("for every model of every preset, and never negative", () => {
    for (const priceId of PRICE_IDS) {
      for (const { price } of pricedModels(priceId, NOW)) {
        for (const figure of [
          price.input,
          price.output,
          price.cachedInput,
          price.cacheWrite,
          price.reasoning,
        ]) {
          if (figure !== null) expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true);
        }
      }
    }
  });
});

describe("an unknown price is null, never zero", () => {
  test.each([
    ["openai", "no-such-model"],
    ["openai", ""],
    ["no-such-provider", "gpt-4o"],
    ["open", "gpt-4o"],
    ["openrouter", "google/gemma-3-4b-it:free"],
    ["groq", "whisper-large-v3"],
    ["__proto__", "constructor"],
  ])("%s %s", (priceId, upstream) => expect(priceOf(priceId, upstream, NOW)).toBeNull());
});

describe("of several prices", () => {
  test("the first tier is taken", () => {
    expect(priceOf("x-ai", "grok-4.3", NOW)).toMatchObject({
      input: 1_250_000_000,
      cachedInput: 200_000_000,
    });
  });

  test.each([
    ["before a cut", "openai", "o3", "2025-06-09T23:59:59Z", 10_000_000_000],
    ["after a cut", "openai", "o3", "2025-06-10T00:00:00Z", 2_000_000_000],
    ["by day", "deepseek", "deepseek-chat", "2026-11-22T12:00:00Z", 270_000_000],
    ["by night", "deepseek", "deepseek-chat", "2026-11-22T17:00:00Z", 135_000_000],
  ] as const)("the one that applies %s is taken", (_, priceId, upstream, at, input) => {
    expect(priceOf(priceId, upstream, Date.parse(at))?.input).toBe(input);
  });
});

test("our way of finding a model agrees with the library's for every name it lists", () => {
  const differing: string[] = [];
  for (const priceId of PRICE_IDS) {
    for (const { id } of findProvider({ providerId: priceId })?.models ?? []) {
      for (const name of [id, `${id}-2025-01-01`, `${id}-20250807`, id.toUpperCase()]) {
        const theirs = calcPrice({}, name, { providerId: priceId, timestamp: new Date(NOW) })?.model_price;
        const model = findModel(priceId, name);
        const ours = model ? pricesAt(model, name, NOW) : undefined;
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) differing.push(`${priceId} ${name}`);
      }
    }
  }
  expect(differing).toEqual([]);
});

describe("the list of a provider", () => {
  test("is called by names that have a price", () => {
    for (const priceId of PRICE_IDS) {
      for (const { upstream, price } of pricedModels(priceId, NOW)) {
        expect(priceOf(priceId, upstream, NOW)).toEqual(price);
      }
    }
  });

  test("has what its API is called with, not the labels of the data", () => {
    const names = (priceId: string) => pricedModels(priceId, NOW).map(({ upstream }) => upstream);
    expect(names("openai")).toContain("gpt-4o-mini");
    expect(names("fireworks")).toContain("accounts/fireworks/models/kimi-k3");
    expect(names("fireworks").filter((name) => !name.startsWith("accounts/"))).toEqual([]);
    expect(names("zai")).toContain("glm-5.2");
    expect(names("mistral")).toContain("codestral-latest");
    expect(names("openrouter").filter((name) => !name.includes("/"))).toEqual([]);
  });

  test("leaves out deprecated models, and everything where the operator names the deployments", () => {
    expect(pricedModels("cerebras", NOW).map(({ upstream }) => upstream)).not.toContain("llama3.1-8b");
    expect(pricedModels("azure", NOW)).toEqual([]);
    expect(pricedModels("no-such-provider", NOW)).toEqual([]);
  });
});

test("context windows come with it", () => {
  expect(contextLengthOf("openai", "gpt-4o-mini")).toBe(128_000);
  expect(contextLengthOf("openai", "no-such-model")).toBeNull();
});

test("the day of the figures is that of the version installed", async () => {
  const installed = new URL("../package.json", import.meta.resolve("@pydantic/genai-prices"));
  expect(await Bun.file(installed).json()).toMatchObject({ version: PRICE_DATA.version });
});
