import type { CatalogView, Deployment, ModelCard } from "../core/deployment.ts";

/** A deployment with nothing special about it; `id` is `provider/model`. */
export function deployment(id: string, rest: Partial<Deployment> = {}): Deployment {
  const slash = id.indexOf("/");
  return {
    id,
    providerId: id.slice(0, slash),
    model: id.slice(slash + 1),
    upstream: id.slice(slash + 1),
    price: price(1, 2),
    contextLength: null,
    maxOutputTokens: null,
    capabilities: null,
    quality: null,
    taskQuality: {},
    kind: null,
    deprecation: null,
    local: false,
    weight: 1,
    maxParallel: null,
    dataCollection: "allow",
    ...rest,
  };
}

/** USD per million tokens. */
export function price(inputUsd: number, outputUsd: number): Deployment["price"] {
  const nano = (usd: number) => Math.round(usd * 1e9);
  return {
    input: nano(inputUsd),
    output: nano(outputUsd),
    cachedInput: null,
    cacheWrite: null,
    reasoning: null,
    source: "config",
    asOf: null,
  };
}

/** A catalog of exactly these deployments; names are known only exactly. */
export function catalogOf(
  deployments: readonly Deployment[],
  aliases: Record<string, readonly string[]> = {},
  vendors: readonly string[] = [],
): CatalogView {
  const models = new Map<string, ModelCard>();
  for (const it of deployments.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const card = models.get(it.model);
    models.set(it.model, {
      id: it.model,
      ownedBy: "test",
      created: 0,
      deployments: [...(card?.deployments ?? []), it],
    });
  }
  const canonical = (name: string): string | null => {
    if (models.has(name)) return name;
    const slash = name.indexOf("/");
    return slash > 0 && vendors.includes(name.slice(0, slash)) ? canonical(name.slice(slash + 1)) : null;
  };
  return {
    revision: "test",
    models,
    aliases: new Map(Object.entries(aliases)),
    providerIds: new Set(deployments.map(({ providerId }) => providerId)),
    canonical,
    isVendor: (prefix) => vendors.includes(prefix),
    suggest: (name) => [...models.keys()].filter((id) => id[0] === name[0]).slice(0, 3),
  };
}
