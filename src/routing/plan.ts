import { type ApiError, apiError } from "../core/errors.ts";
import { Chain } from "./chain.ts";
import type { Ground, Plan } from "./decision.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { expectedInputCost } from "./expected-cost.ts";
import { Facts } from "./facts.ts";
import { type Resolved, resolveForm, type Scope } from "./forms.ts";
import { industryOf } from "./names.ts";
import { deniedBy, noCandidate, unknownIndustry, unknownName } from "./refusals.ts";
import type { RouteRequest } from "./request.ts";
import type { Rule } from "./rule.ts";
import { firstMatch } from "./rule-match.ts";

/** Decides, from a snapshot and the health of the moment; calls nobody and changes nothing. */
export function plan(request: RouteRequest, ground: Ground): Plan | ApiError {
  const facts: Facts = new Facts(request, ground.policy, () => firstInputCost(facts, ground));
  const rule = ground.policy.rules.all.length === 0 ? null : firstMatch(ground.policy.rules, facts);
  return planUnder(rule, facts, ground);
}

/** What the first candidate would charge for the prompt if there were no rules. */
export function firstInputCost(facts: Facts, ground: Ground): number | null {
  const unruled = planUnder(null, facts, ground);
  return "code" in unruled
    ? null
    : expectedInputCost(unruled.preferred.deployment, facts.request.promptTokens);
}

/** The decision once it is settled which rule applies. */
export function planUnder(rule: Rule | null, facts: Facts, ground: Ground): Plan | ApiError {
  const { request } = facts;
  const { catalog, policy } = ground;
  if (rule && rule.then.deny !== null) return deniedBy(rule, rule.then.deny);
  const entries = entriesOf(request, rule, policy);
  if ("unknownIndustry" in entries) return unknownIndustry(entries.unknownIndustry, "metadata.industry");
  if (entries.all.length === 0) {
    return apiError("model_not_found", "the request names no model", { param: "model" });
  }
  const scope: Scope = { catalog, policy, task: () => facts.classification.task };
  const chain = new Chain(request, rule, ground);
  let form: Plan["form"] = "alias";
  for (const entry of entries.all) {
    const resolved = resolveForm(entry.name, scope);
    if (!resolved) {
      if (entry.isOurs) continue;
      return unknownName(entry.name, entry.param, catalog);
    }
    const isFirst = chain.isEmpty;
    chain.add(resolved, entry.prefix);
    if (isFirst && !chain.isEmpty) form = formOf(entry, resolved);
  }
  const ended = chain.end();
  if (ended === null) return noCandidate(chain.excluded, rule);
  return {
    ...ended,
    excluded: chain.excluded,
    form,
    rule,
    task: facts.knownTask,
    industry: industryOf(request),
    catalogRevision: catalog.revision,
  };
}

function formOf({ prefix }: Entry, { form }: Resolved): Plan["form"] {
  return prefix === "" ? form : "models";
}
