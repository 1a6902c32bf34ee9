import { nearest } from "../config/nearest.ts";
import { INDUSTRIES, STRATEGIES } from "../config/words.ts";
import type { CatalogView } from "../core/deployment.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { Excluded } from "./exclusion.ts";
import { detailOf } from "./exclusion-detail.ts";
import type { Rule } from "./rule.ts";

const LONGEST_SHOWN = 100;
const MOST_EXCLUDED = 50;

/** 404 with the nearest known names; `param` is the field that holds the name. */
export function unknownName(name: string, param: string, catalog: CatalogView): ApiError {
  const near = suggestionsFor(name, catalog);
  const shown = name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN)}…` : name;
  const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : "";
  return apiError("model_not_found", `The model \`${shown}\` is not known here.${hint}`, {
    param,
    ...(near.length > 0 ? { metadata: { suggestions: near } } : {}),
  });
}

export function unknownIndustry(tag: string, param: string): ApiError {
  const near = nearWords(tag, INDUSTRIES, "");
  return apiError(
    "model_not_found",
    `The industry \`${tag.slice(0, LONGEST_SHOWN)}\` is not known here. Did you mean ${near.join(", ")}?`,
    { param, metadata: { suggestions: near } },
  );
}

function suggestionsFor(name: string, catalog: CatalogView): readonly string[] {
  if (name.startsWith("industry:")) return nearWords(name.slice("industry:".length), INDUSTRIES, "industry:");
  if (name.startsWith("strategy:")) return nearWords(name.slice("strategy:".length), STRATEGIES, "strategy:");
  return catalog.suggest(name);
}

/** The nearest of a closed list, or all of it where none is near. */
function nearWords(word: string, known: readonly string[], prefix: string): string[] {
  const guess = nearest(word, known);
  return (guess === null ? known : [guess]).map((it) => prefix + it);
}

export function deniedBy(rule: Rule, message: string): ApiError {
  return apiError("denied_by_rule", message, { metadata: { rule: rule.name } });
}

/** 503 with one reason each; 403 where the key is every reason. */
export function noCandidate(excluded: readonly Excluded[], rule: Rule | null): ApiError {
  if (excluded.length > 0 && excluded.every(({ reason }) => reason === "not_allowed")) {
    return apiError("model_not_allowed", "This key may not use the requested model.", { param: "model" });
  }
  const reasons = excluded.slice(0, MOST_EXCLUDED).map((it) => ({
    provider: it.deployment.providerId,
    model: it.deployment.model,
    reason: it.reason,
    detail: detailOf(it),
  }));
  return apiError("no_candidate", "No deployment of the requested model can serve this request.", {
    metadata: { excluded: reasons, ...(rule ? { rule: rule.name } : {}) },
  });
}
