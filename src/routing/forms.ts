import type { CatalogView, Deployment } from "../core/deployment.ts";
import type { Sort } from "./order.ts";

/** One entry of the request read: the deployments it means, in groups that stay in this order. */
export interface Resolved {
  /** `alias` or `pinned`: what `X-Nyuro-Route-Reason` says. */
  reason: string;
  /** One group a model; ordering happens inside a group only. */
  groups: readonly (readonly Deployment[])[];
  /** From a slug suffix; null = none. */
  sort: Sort | null;
  /** Only deployments that cost nothing (`:free`). */
  freeOnly: boolean;
}

/** Nothing is known by that name. */
export interface UnknownName {
  unknown: string;
}

const SUFFIXES: Record<string, { sort: Sort | null; freeOnly: boolean }> = {
  ":nitro": { sort: "latency", freeOnly: false },
  ":floor": { sort: "price", freeOnly: false },
  ":free": { sort: null, freeOnly: true },
};

/**
 * Reads one model name. The forms that need a strategy or a classifier (`auto`, `strategy:…`, `industry:…`) are not
 * known here yet and therefore unknown names.
 */
export function resolveForm(name: string, catalog: CatalogView): Resolved | UnknownName {
  const plain = resolveName(name, catalog);
  if (plain) return { ...plain, sort: null, freeOnly: false };
  const colon = name.lastIndexOf(":");
  const suffix = colon > 0 ? SUFFIXES[name.slice(colon)] : undefined;
  const stem = suffix ? resolveName(name.slice(0, colon), catalog) : null;
  return suffix && stem ? { ...stem, ...suffix } : { unknown: name };
}

type Named = Pick<Resolved, "reason" | "groups">;

function resolveName(name: string, catalog: CatalogView): Named | null {
  const alias = catalog.aliases.get(name);
  if (alias) return expand(alias, catalog, new Set([name]));
  const model = catalog.canonical(name);
  if (model !== null) return { reason: "alias", groups: [deploymentsOf(model, catalog)] };
  return pinned(name, catalog);
}

/** An alias may name other aliases; the config refuses cycles, and `seen` keeps a broken one from looping. */
function expand(entries: readonly string[], catalog: CatalogView, seen: Set<string>): Named | null {
  const groups: (readonly Deployment[])[] = [];
  for (const entry of entries) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    const nested = catalog.aliases.get(entry);
    const named = nested ? expand(nested, catalog, seen) : resolveName(entry, catalog);
    if (named) groups.push(...named.groups);
  }
  return groups.length > 0 ? { reason: "alias", groups } : null;
}

/** `my-vps/llama3.1`: everything after the provider id is the model, by any of its names, at that provider only. */
function pinned(name: string, catalog: CatalogView): Named | null {
  const slash = name.indexOf("/");
  if (slash < 1) return null;
  const providerId = name.slice(0, slash);
  if (!catalog.providerIds.has(providerId)) return null;
  const model = catalog.canonical(name.slice(slash + 1));
  const there =
    model === null ? [] : deploymentsOf(model, catalog).filter((it) => it.providerId === providerId);
  return there.length > 0 ? { reason: "pinned", groups: [there] } : null;
}

function deploymentsOf(model: string, catalog: CatalogView): readonly Deployment[] {
  return catalog.models.get(model)?.deployments ?? [];
}
