import type { CatalogView } from "../core/deployment.ts";

/** What was worked out before; a key's list and a snapshot both stay the same objects between changes. */
const known = new WeakMap<CatalogView, WeakMap<readonly string[], readonly string[]>>();

/**
 * The canonical models that a key's list means: each entry an id, a vendor slug, or an alias of the config, which
 * stands for all it leads to. What nothing is known by stays as written and allows nothing. Null = all.
 */
export function modelsAllowedBy(
  names: readonly string[] | null,
  catalog: CatalogView,
): readonly string[] | null {
  if (names === null) return null;
  let byNames = known.get(catalog);
  if (!byNames) {
    byNames = new WeakMap();
    known.set(catalog, byNames);
  }
  let models = byNames.get(names);
  if (!models) {
    const found = new Set<string>();
    for (const name of names) addModels(name, catalog, found, new Set());
    models = [...found];
    byNames.set(names, models);
  }
  return models;
}

/** An alias wins over a model of the same name, as in routing; `seen` keeps a circle from looping. */
function addModels(name: string, catalog: CatalogView, found: Set<string>, seen: Set<string>): void {
  if (seen.has(name)) return;
  seen.add(name);
  const targets = catalog.aliases.get(name);
  if (!targets) found.add(catalog.canonical(name) ?? name);
  else for (const target of targets) addModels(target, catalog, found, seen);
}
