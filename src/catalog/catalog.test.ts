import { describe, expect, test } from "bun:test";
import type { ModelConfig } from "../config/config.ts";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import { buildCatalog, type CatalogInput, type CatalogProvider } from "./catalog.ts";
import { namedOnly } from "./told-model.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

function provider(told: Partial<CatalogProvider> & { id: string }): CatalogProvider {
  return { priceId: null, local: false, discovers: false, dataCollection: "allow", models: null, ...told };
}

function model(told: Partial<ModelConfig> & { id: string }): ModelConfig {
  return {
    upstream: null,
    price: null,
    quality: null,
    context: null,
    maxOutput: null,
    capabilities: null,
    kind: null,
    maxParallel: null,
    weight: 1,
    ...told,
  };
}

type Told = Partial<Omit<CatalogInput, "discovered">> & {
  discovered?: ReadonlyMap<string, readonly string[]>;
};

function catalog(providers: CatalogProvider[], { discovered, ...told }: Told = {}): CatalogView {
  const lists = [...(discovered ?? [])].map(([id, names]) => [id, names.map(namedOnly)] as const);
  return buildCatalog({ providers, aliases: {}, discovered: new Map(lists), nowMs: NOW, ...told });
}

function names(view: CatalogView): string[] {
  return [...view.models.keys()];
}

function only(view: CatalogView, id: string): Deployment {
  const deployments = view.models.get(id)?.deployments ?? [];
  const [deployment] = deployments;
  if (!deployment || deployments.length > 1) throw new Error(`${deployments.length} deployments of ${id}`);
  return deployment;
}

const OPENAI = provider({ id: "openai", priceId: "openai", discovers: true });
const OLLAMA = provider({ id: "ollama", local: true, discovers: true, dataCollection: "deny" });

describe("a provider serves", () => {
  const remote = new Map([["openai", ["gpt-4o", "whisper-1"]]]);
  const local = new Map([["ollama", ["llama3.1:latest", "nomic-embed-text:latest"]]]);
  test.each([
    [
      "only what the config lists, whatever it tells",
      { ...OPENAI, models: [model({ id: "mine" })] },
      remote,
      ["mine"],
    ],
    ["nothing, where the config lists nothing", { ...OPENAI, models: [] }, remote, []],
    ["what it tells, without what is neither chat nor embeddings", OPENAI, remote, ["gpt-4o"]],
    ["nothing, where it tells an empty list", OPENAI, new Map([["openai", []]]), []],
    ["what a local server tells, its default tags left out", OLLAMA, local, ["llama3.1", "nomic-embed-text"]],
    ["nothing, while a local server is silent", OLLAMA, new Map(), []],
    ["nothing, where nobody knows what it has", provider({ id: "x", discovers: true }), new Map(), []],
    [
      "its own, inside this process",
      provider({ id: "demo", local: true, ownModels: ["demo"] }),
      new Map(),
      ["demo"],
    ],
    [
      "not what another provider of the same kind told",
      { ...OPENAI, discovers: false, priceId: null },
      remote,
      [],
    ],
  ] as const)("%s", (_, one, discovered, expected) => {
    expect(
      names(catalog([one as CatalogProvider], { discovered: discovered as Map<string, string[]> })),
    ).toEqual([...expected]);
  });

  test("what the price data knows, while a remote provider has not answered", () => {
    const known = names(catalog([OPENAI]));
    expect(known).toContain("gpt-4o-mini");
    expect(known).toContain("text-embedding-3-small");
    expect(known.filter((name) => /whisper|image|realtime|tts|^o1-pro$/.test(name))).toEqual([]);
  });
});

describe("a listed model", () => {
  const discovered = new Map([["openai", ["gpt-4o-mini-2024-07-18", "gpt-4o-mini", "unheard-of"]]]);
  test("carries the provider's price and what is known of it", () => {
    expect(only(catalog([OPENAI], { discovered }), "gpt-4o-mini")).toEqual({
      id: "openai/gpt-4o-mini",
      providerId: "openai",
      model: "gpt-4o-mini",
      upstream: "gpt-4o-mini",
      price: {
        input: 150_000_000,
        output: 600_000_000,
        cachedInput: 75_000_000,
        cacheWrite: null,
        reasoning: null,
        source: "genai-prices",
        asOf: "2026-09-23",
      },
      contextLength: 128_000,
      maxOutputTokens: 16_384,
      capabilities: ["tools", "json_schema", "vision", "pdf"],
      quality: 60,
      kind: "chat",
      deprecation: { shutdownDate: "2027-01-14" },
      local: false,
      weight: 1,
      maxParallel: null,
      dataCollection: "allow",
      taskQuality: { code: 56, reasoning: 53 },
    });
  });

  test("that nobody knows has null everywhere, never 0", () => {
    expect(only(catalog([OPENAI], { discovered }), "unheard-of")).toMatchObject({
      price: null,
      contextLength: null,
      maxOutputTokens: null,
      capabilities: null,
      quality: null,
      kind: null,
    });
  });

  test("costs nothing on the operator's own machine, even where its name has a price elsewhere", () => {
    const view = catalog([{ ...OLLAMA, priceId: "openai" }], {
      discovered: new Map([["ollama", ["gpt-4o"]]]),
    });
    expect(only(view, "gpt-4o").price).toMatchObject({ input: 0, output: 0, source: "local", asOf: null });
  });

  test("for embeddings is told apart", () => {
    const view = catalog([OLLAMA], {
      discovered: new Map([["ollama", ["nomic-embed-text:latest", "my-embedder"]]]),
    });
    expect(only(view, "nomic-embed-text").kind).toBe("embedding");
    expect(only(view, "my-embedder").kind).toBe("embedding");
  });

  test("is left out where its name could not travel in a header or means something else", () => {
    const told = [
      "with space",
      "with,comma",
      "with\nline",
      "é",
      "",
      "x".repeat(201),
      "auto",
      "openrouter/auto",
      "strategy:cost",
      "meta-llama/llama-3.1-8b-instruct:free",
      "openai/gpt-4o:extended",
      "~anthropic/claude-opus-latest",
      "kept:free",
      "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
    ];
    expect(names(catalog([OLLAMA], { discovered: new Map([["ollama", told]]) }))).toEqual([
      "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
      "kept:free",
    ]);
  });
});

describe("a model of the config", () => {
  test("is exactly what it says", () => {
    const settings = model({
      id: "llama3.1",
      upstream: "meta-llama/Llama-3.1-8B-Instruct",
      price: { input: 1, output: 2, cachedInput: 3, cacheWrite: null },
      quality: 62,
      context: 131_072,
      maxOutput: 8_192,
      capabilities: ["tools"],
      kind: "chat",
      maxParallel: 4,
      weight: 3,
    });
    expect(only(catalog([{ ...OLLAMA, id: "my-vps", models: [settings] }]), "llama3.1")).toEqual({
      id: "my-vps/llama3.1",
      providerId: "my-vps",
      model: "llama3.1",
      upstream: "meta-llama/Llama-3.1-8B-Instruct",
      price: {
        input: 1,
        output: 2,
        cachedInput: 3,
        cacheWrite: null,
        reasoning: null,
        source: "config",
        asOf: null,
      },
      contextLength: 131_072,
      declaredContext: 131_072,
      maxOutputTokens: 8_192,
      capabilities: ["tools"],
      quality: 62,
      taskQuality: {},
      kind: "chat",
      deprecation: null,
      local: true,
      weight: 3,
      maxParallel: 4,
      dataCollection: "deny",
    });
  });

  test("leaves the rest to what is known, under its own name or its upstream's", () => {
    const azure = provider({
      id: "azure",
      priceId: "azure",
      models: [
        model({ id: "gpt-4o", upstream: "prod-eastus" }),
        model({ id: "house", upstream: "gpt-4o-mini" }),
      ],
    });
    const view = catalog([azure]);
    expect(only(view, "gpt-4o")).toMatchObject({
      upstream: "prod-eastus",
      quality: 68,
      contextLength: 128_000,
      price: { input: 2_500_000_000 },
      kind: null,
    });
    expect(only(view, "house")).toMatchObject({ quality: 60, price: { input: 150_000_000 } });
  });

  test("without a price is unknown at a stranger's and free at home", () => {
    const models = [model({ id: "m" })];
    expect(only(catalog([provider({ id: "p", models })]), "m").price).toBeNull();
    expect(only(catalog([provider({ id: "p", local: true, models })]), "m").price).toMatchObject({
      source: "local",
    });
  });
});

describe("a name resolves", () => {
  const view = catalog(
    [
      provider({ id: "openai", priceId: "openai", models: [model({ id: "gpt-4o-mini" })] }),
      provider({ id: "openrouter", priceId: "openrouter", discovers: true }),
      provider({
        id: "vps",
        local: true,
        models: [model({ id: "mistral/house-blend" }), model({ id: "gpt-4.1-2025-04-14" })],
      }),
    ],
    {
      discovered: new Map([
        ["openrouter", ["anthropic/claude-3.5-sonnet", "openai/gpt-4o-mini", "sao10k/l3-lunaris-8b"]],
      ]),
    },
  );
  test.each([
    ["gpt-4o-mini", "gpt-4o-mini"],
    ["openai/gpt-4o-mini", "gpt-4o-mini"],
    ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["claude-3-5-sonnet", "claude-3-5-sonnet"],
    ["anthropic/claude-3.5-sonnet", "claude-3-5-sonnet"],
    ["anthropic/claude-3-5-sonnet-20241022", "claude-3-5-sonnet"],
    ["sao10k/l3-lunaris-8b", "sao10k/l3-lunaris-8b"],
    ["mistral/house-blend", "mistral/house-blend"],
    ["gpt-4.1-2025-04-14", "gpt-4.1-2025-04-14"],
    ["gpt-4.1", "gpt-4.1-2025-04-14"],
    ["gpt-4o", null],
    ["GPT-4o-mini", null],
    ["vps/gpt-4o-mini", null],
    ["smart", null],
    ["constructor", null],
    ["", null],
  ])("%s to %s", (name, canonical) => expect(view.canonical(name)).toBe(canonical));

  test("to one model with the deployments of every provider that has it", () => {
    const deployments = view.models.get("gpt-4o-mini")?.deployments ?? [];
    expect(deployments.map(({ id, upstream }) => [id, upstream])).toEqual([
      ["openai/gpt-4o-mini", "gpt-4o-mini"],
      ["openrouter/gpt-4o-mini", "openai/gpt-4o-mini"],
    ]);
  });

  test("and its card says who made it", () => {
    const owners = names(view).map((id) => [id, view.models.get(id)?.ownedBy]);
    expect(owners).toEqual([
      ["claude-3-5-sonnet", "anthropic"],
      ["gpt-4.1-2025-04-14", "openai"],
      ["gpt-4o-mini", "openai"],
      ["mistral/house-blend", "mistral"],
      ["sao10k/l3-lunaris-8b", "openrouter"],
    ]);
  });
});

test("aliases, provider ids and vendors are what the config and the table say", () => {
  const view = catalog([OPENAI], { aliases: { fast: ["gpt-4o-mini"], "gpt-4o": ["claude-3-5-sonnet"] } });
  expect([...view.aliases]).toEqual([
    ["fast", ["gpt-4o-mini"]],
    ["gpt-4o", ["claude-3-5-sonnet"]],
  ]);
  expect([...view.providerIds]).toEqual(["openai"]);
  expect([view.isVendor("anthropic"), view.isVendor("my-vps")]).toEqual([true, false]);
  expect(view.suggest("fst")).toEqual(["fast"]);
  expect(view.suggest("gpt-4o-minni")[0]).toBe("gpt-4o-mini");
});

describe("the revision", () => {
  const discovered = new Map([["ollama", ["a", "b"]]]);
  const before = catalog([OLLAMA], { discovered }).revision;
  test("stays while nothing changes", () => {
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    expect(catalog([OLLAMA], { discovered, nowMs: NOW + 3_600_000 }).revision).toBe(before);
  });

  test.each([
    ["a model", [OLLAMA], { discovered: new Map([["ollama", ["a"]]]) }],
    [
      "a weight",
      [{ ...OLLAMA, models: [model({ id: "a", weight: 2 }), model({ id: "b" })] }],
      { discovered },
    ],
    ["a policy", [{ ...OLLAMA, dataCollection: "allow" as const }], { discovered }],
    ["a provider without models", [OLLAMA, provider({ id: "new" })], { discovered }],
    ["an alias", [OLLAMA], { discovered, aliases: { fast: ["a"] } }],
  ] as const)("changes with %s", (_, providers, told) => {
    expect(catalog([...providers], told).revision).not.toBe(before);
  });

  test("changes with the hour where a price does", () => {
    const deepseek = provider({ id: "deepseek", priceId: "deepseek" });
    const night = catalog([deepseek], { nowMs: Date.parse("2026-11-22T20:00:00Z") });
    expect(night.revision).not.toBe(
      catalog([deepseek], { nowMs: Date.parse("2026-11-22T12:00:00Z") }).revision,
    );
  });
});
