import { canonicalNameOf } from "../catalog/names.ts";
import { factsOf } from "../catalog/table.ts";
import type { RuleConfig } from "../config/config.ts";
import { isIndustry, isStrategy } from "../config/words.ts";
import type { CatalogView } from "../core/deployment.ts";

/**
 * Names in rules that no model can have, one sentence each. A model that is known but not served here is none of them,
 * and while a provider has not told its models yet, anything but a mistyped form may turn out to be one.
 */
export function unknownModels(
  rules: readonly RuleConfig[],
  catalog: CatalogView,
  someAreUnheard: boolean,
): string[] {
  return rules.flatMap(({ name, then }) =>
    (then.models ?? []).flatMap((model, index) => {
      const known = isKnown(model, catalog, someAreUnheard);
      if (known) return [];
      const [near] = catalog.suggest(model);
      const hint = near === undefined ? "" : `; did you mean ${near}?`;
      return [`rule "${name}": then.models[${index}] names no model that is known here${hint}`];
    }),
  );
}

const SUFFIX = /:(?:nitro|floor|free)$/;

function isKnown(model: string, catalog: CatalogView, someAreUnheard: boolean): boolean {
  if (model === "auto" || model === "openrouter/auto" || catalog.aliases.has(model)) return true;
  if (model.startsWith("strategy:")) return isStrategy(model.slice("strategy:".length));
  if (model.startsWith("industry:")) return isIndustry(model.slice("industry:".length));
  if (someAreUnheard) return true;
  const plain = model.replace(SUFFIX, "");
  return [model, plain].some((name) => isServed(name, catalog) || factsOf(canonicalNameOf(name)) !== null);
}

function isServed(name: string, catalog: CatalogView): boolean {
  if (catalog.aliases.has(name) || catalog.canonical(name) !== null) return true;
  const slash = name.indexOf("/");
  return (
    slash > 0 &&
    catalog.providerIds.has(name.slice(0, slash)) &&
    catalog.canonical(name.slice(slash + 1)) !== null
  );
}
