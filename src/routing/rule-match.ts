import type { RuleConditions } from "../config/config.ts";
import { isObject } from "../core/json.ts";
import type { Facts } from "./facts.ts";
import { globMatches } from "./glob.ts";
import { industryOf, namesOf } from "./names.ts";
import type { RouteRequest } from "./request.ts";
import type { Rule, Rules } from "./rule.ts";

/** The first rule whose conditions all hold; null = none. */
export function firstMatch({ all }: Rules, facts: Facts): Rule | null {
  for (const rule of all) if (matches(rule, facts)) return rule;
  return null;
}

/** Whether all conditions of a rule hold; what is dear to find out is asked last. */
export function matches(rule: Rule, facts: Facts): boolean {
  const { when } = rule;
  const { request } = facts;
  return (
    matchesCaller(when, request) &&
    matchesShape(when, request) &&
    matchesModel(when.model, request) &&
    matchesCost(when.maxInputCostNanoUsd, facts) &&
    (when.task === null || facts.classification.task === when.task) &&
    matchesKeywords(rule, facts) &&
    (when.containsPii === null || facts.containsPii === when.containsPii)
  );
}

function matchesCaller({ key, org, metadata }: RuleConditions, request: RouteRequest): boolean {
  if (key !== null && key !== request.keyId) return false;
  if (org !== null && org !== request.orgId) return false;
  const told = isObject(request.body.metadata) ? request.body.metadata : null;
  for (const name in metadata) {
    if (!told || !Object.hasOwn(told, name) || told[name] !== metadata[name]) return false;
  }
  return true;
}

function matchesShape(when: RuleConditions, request: RouteRequest): boolean {
  if (when.stream !== null && when.stream !== request.stream) return false;
  if (when.industry !== null && when.industry !== industryOf(request)) return false;
  for (const need of when.needs) {
    if (!request.needs.includes(need) && !(need === "reasoning" && request.wantsReasoning)) return false;
  }
  const { promptTokens } = when;
  if (promptTokens === null) return true;
  if (promptTokens.min !== null && request.promptTokens < promptTokens.min) return false;
  return promptTokens.max === null || request.promptTokens <= promptTokens.max;
}

/** One name of what was asked for is enough, also by the half behind its vendor or provider, or a rule could be written around. */
function matchesModel(pattern: string | null, request: RouteRequest): boolean {
  if (pattern === null) return true;
  return namesOf(request).some(
    (name) => globMatches(pattern, name) || globMatches(pattern, name.slice(name.lastIndexOf("/") + 1)),
  );
}

function matchesCost(mostNanoUsd: number | null, facts: Facts): boolean {
  if (mostNanoUsd === null) return true;
  const cost = facts.inputCostNanoUsd;
  return cost !== null && cost <= mostNanoUsd;
}

function matchesKeywords({ anyKeywords, allKeywords }: Rule, facts: Facts): boolean {
  if (anyKeywords.length === 0 && allKeywords.length === 0) return true;
  const found = facts.keywordsFound;
  for (const keyword of allKeywords) if (!found.has(keyword)) return false;
  return anyKeywords.length === 0 || anyKeywords.some((keyword) => found.has(keyword));
}
