import { expect, test } from "bun:test";
import type { ModelConfig } from "../config/config.ts";
import { modelsAllowedBy } from "./allowed-models.ts";
import { buildCatalog } from "./catalog.ts";

const model = (id: string): ModelConfig => ({
  ...{ id, upstream: null, price: null, quality: null, context: null, maxOutput: null },
  ...{ capabilities: null, kind: null, maxParallel: null, weight: 1 },
});

const catalog = buildCatalog({
  providers: [
    {
      ...{ id: "p", priceId: null, local: true, discovers: false, dataCollection: "deny" as const },
      models: ["gpt-4o-mini", "llama3.1", "claude-3-5-sonnet"].map(model),
    },
  ],
  aliases: {
    fast: ["gpt-4o-mini"],
    smart: ["anthropic/claude-3.5-sonnet", "fast"],
    round: ["about"],
    about: ["round", "llama3.1"],
    "gpt-4o-mini": ["llama3.1"],
  },
  discovered: new Map(),
  nowMs: 0,
});

test.each([
  ["a model", ["llama3.1"], ["llama3.1"]],
  ["a slug", ["anthropic/claude-3-5-sonnet"], ["claude-3-5-sonnet"]],
  ["an alias", ["smart"], ["claude-3-5-sonnet", "llama3.1"]],
  ["an alias with the name of a model", ["gpt-4o-mini"], ["llama3.1"]],
  ["a circle of aliases", ["round"], ["llama3.1"]],
  ["an unknown name", ["no-such-model"], ["no-such-model"]],
  ["nothing", [], []],
])("a key bound to %s may use what it means, and nothing else", (_, names, models) => {
  expect(modelsAllowedBy(names, catalog)).toEqual(models);
});

test("a key bound to nothing may use everything", () => {
  expect(modelsAllowedBy(null, catalog)).toBeNull();
});

test("the same list is worked out once for one catalog", () => {
  const names = ["smart"];
  expect(modelsAllowedBy(names, catalog)).toBe(modelsAllowedBy(names, catalog));
});
