import { createHash } from "node:crypto";
import type { CatalogView, Deployment, ModelCard } from "../core/deployment.ts";
import { type CatalogProvider, deploymentsOf } from "./deployments.ts";
import { canonicalNameOf, equivalentsOf, plainNameOf } from "./names.ts";
import { nearestNames } from "./suggest.ts";
import { factsOf } from "./table.ts";
import type { ToldModel } from "./told-model.ts";
import { isVendor, splitSlug } from "./vendors.ts";

export type { CatalogProvider } from "./deployments.ts";

export interface CatalogInput {
  providers: readonly CatalogProvider[];
  /** From the config only: an alias with the name of a real model is the operator's decision, and wins in routing. */
  aliases: Readonly<Record<string, readonly string[]>>;
  /** Provider id → what it said it serves, and of it. */
  discovered: ReadonlyMap<string, readonly ToldModel[]>;
  /** Prices that depend on the date or the hour are those of this moment, for as long as the view lives. */
  nowMs: number;
}

/** Everything that can be called, as one immutable view. Pure; milliseconds for a thousand deployments. */
export function buildCatalog({ providers, aliases, discovered, nowMs }: CatalogInput): CatalogView {
  const deployments = providers.flatMap((provider) =>
    deploymentsOf(provider, discovered.get(provider.id), nowMs),
  );
  const models = cardsOf(deployments);
  const aliasMap = new Map(Object.entries(aliases));
  return {
    revision: revisionOf([deployments, aliases, providers.map(({ id }) => id)]),
    models,
    aliases: aliasMap,
    providerIds: new Set(providers.map(({ id }) => id)),
    canonical: (name) => canonicalAmong(models, name),
    isVendor,
    suggest: (name) => nearestNames(name, [...aliasMap.keys(), ...models.keys()]),
  };
}

function cardsOf(deployments: readonly Deployment[]): ReadonlyMap<string, ModelCard> {
  const grouped = Map.groupBy(deployments, ({ model }) => model);
  const sorted = [...grouped].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([id, together]) => [
      id,
      { id, ownedBy: ownerOf(id, together), created: 0, deployments: together.sort(byId) },
    ]),
  );
}

function byId(a: Deployment, b: Deployment): number {
  return a.id < b.id ? -1 : 1;
}

function ownerOf(id: string, deployments: readonly Deployment[]): string {
  const known = factsOf(canonicalNameOf(id))?.vendor;
  if (known !== undefined) return known;
  const told = deployments
    .map(({ upstream }) => splitSlug(upstream).vendor)
    .find((vendor) => vendor !== null);
  return told ?? deployments[0]?.providerId ?? "";
}

function canonicalAmong(models: ReadonlyMap<string, ModelCard>, name: string): string | null {
  if (models.has(name)) return name;
  const plain = plainNameOf(name);
  return [plain, ...equivalentsOf(plain)].find((candidate) => models.has(candidate)) ?? null;
}

function revisionOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 12);
}
