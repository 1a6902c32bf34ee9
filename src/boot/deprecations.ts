import type { Config } from "../config/config.ts";
import type { CatalogView, Deployment } from "../core/deployment.ts";
import type { Log } from "../core/log.ts";

type Lists = Pick<Config, "aliases" | "industries" | "auto" | "rules">;

/** A name of the configuration whose model is given up by everybody who serves it here. */
export interface DeprecatedName {
  /** `aliases.fast`, `rule "cheap"`. */
  place: string;
  /** As it is written there. */
  name: string;
  /** The last day announced; null = none is. */
  shutdownDate: string | null;
}

/** What an operator should replace, in the order of the file. A model that one provider goes on serving is none of it. */
export function deprecatedNames(config: Lists, catalog: CatalogView): DeprecatedName[] {
  const lists: (readonly [string, readonly string[]])[] = [
    ...placed("aliases", config.aliases),
    ...placed("industries", config.industries),
    ...placed("auto", config.auto),
    ...config.rules.map(({ name, then }) => [`rule "${name}"`, then.models ?? []] as const),
  ];
  return lists.flatMap(([place, names]) =>
    names.flatMap((name) => {
      const deployments = deploymentsOf(name, catalog);
      const ends = deployments.flatMap(({ deprecation }) => deprecation ?? []);
      if (ends.length === 0 || ends.length < deployments.length) return [];
      const days = ends.flatMap(({ shutdownDate }) => shutdownDate ?? []).sort();
      return [{ place, name, shutdownDate: days.length < ends.length ? null : (days.at(-1) ?? null) }];
    }),
  );
}

/** One line each; routing goes on as if nothing were known. */
export function warnOfDeprecated(config: Lists, catalog: CatalogView, log: Pick<Log, "warn">): void {
  for (const { place, name, shutdownDate } of deprecatedNames(config, catalog))
    log.warn({ place, model: name, shutdownDate }, "the config names a deprecated model");
}

function placed(key: string, lists: Readonly<Record<string, readonly string[] | undefined>>) {
  return Object.entries(lists).map(([name, entries = []]) => [`${key}.${name}`, entries] as const);
}

const SUFFIX = /:(?:nitro|floor|free)$/;

/** None for what is no single model, or is not served here. */
function deploymentsOf(name: string, catalog: CatalogView): readonly Deployment[] {
  if (catalog.aliases.has(name)) return [];
  const known = [name, name.replace(SUFFIX, "")].map((it) => served(it, catalog));
  return known.find((deployments) => deployments.length > 0) ?? [];
}

/** By name or slug, else as a pin, `provider/model`. */
function served(name: string, catalog: CatalogView): readonly Deployment[] {
  const deployments = (model: string) =>
    catalog.models.get(catalog.canonical(model) ?? "")?.deployments ?? [];
  const byName = deployments(name);
  if (byName.length > 0) return byName;
  const slash = name.indexOf("/");
  return deployments(name.slice(slash + 1)).filter(({ providerId }) => providerId === name.slice(0, slash));
}
