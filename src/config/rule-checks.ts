import type { RuleConditions, RuleConfig } from "./config.ts";
import { showPath } from "./problem.ts";
import type { Mistake } from "./sentences.ts";

/*
 * What only all rules together show, told by their place in the file. Two rules of one written priority are refused,
 * because which of them wins would hang on their order in the file; a rule behind one that matches whenever it does
 * would never be looked at.
 */

export interface PlacedRule {
  rule: RuleConfig;
  /** Its index in the file. */
  place: number;
  /** Its priority stands in the file. */
  hasPriority: boolean;
}

/** Fields of a request that rules cannot set: they decide where it goes, or are the request itself. */
const NOT_SETTABLE = [
  "model",
  "models",
  "messages",
  "provider",
  "route",
  "stream",
  "metadata",
  "usage",
  "max_cost_usd",
];

/** Budgets hold by these, and a server that takes `"5"` for 5 would make more of it than was held. */
const COUNTS = ["max_tokens", "max_completion_tokens", "n"];

export function ruleProblems(rules: readonly PlacedRule[]): string[] {
  return [
    ...rules.flatMap(setProblems),
    ...rules.flatMap((rule, index) => repeatedPriority(rule, rules.slice(0, index))),
    ...rules.flatMap((rule) => unreachable(rule, rules)),
  ];
}

function setProblems({ rule, place }: PlacedRule): string[] {
  return setProblemsOf(rule).map(({ path, reason }) => `${showPath(["rules", place, ...path])} ${reason}`);
}

/** Fields that the rule may not set, or not so; their paths begin in the rule. */
export function setProblemsOf({ then }: RuleConfig): Mistake[] {
  return Object.entries(then.setParams).flatMap(([name, value]) => {
    const path = ["then", "set_params", name];
    if (NOT_SETTABLE.includes(name)) return [{ path, reason: "cannot be set by a rule" }];
    const isNoCount = COUNTS.includes(name) && value !== null && !isCount(value);
    return isNoCount ? [{ path, reason: "must be a whole number of at least 1" }] : [];
  });
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function repeatedPriority({ rule, place, hasPriority }: PlacedRule, before: readonly PlacedRule[]): string[] {
  const same = before.find((it) => it.hasPriority && it.rule.priority === rule.priority);
  if (!hasPriority || !same) return [];
  return [
    `${showPath(["rules", place, "priority"])} is the same as ${showPath(["rules", same.place, "priority"])}; give each rule its own`,
  ];
}

function unreachable({ rule, place }: PlacedRule, all: readonly PlacedRule[]): string[] {
  const hiding = all.find(
    (it) => it.place !== place && comesBefore(it, { rule, place }) && covers(it.rule.when, rule.when),
  );
  if (!hiding) return [];
  return [
    `${showPath(["rules", place])} can never apply: ${showPath(["rules", hiding.place])} comes before it and matches whenever it does`,
  ];
}

function comesBefore(a: Pick<PlacedRule, "rule" | "place">, b: Pick<PlacedRule, "rule" | "place">): boolean {
  return a.rule.priority < b.rule.priority || (a.rule.priority === b.rule.priority && a.place < b.place);
}

/** Every request that fits `narrow` fits `wide` too, as far as their words show. */
export function covers(wide: RuleConditions, narrow: RuleConditions): boolean {
  return (
    sameOrOpen(wide.industry, narrow.industry) &&
    sameOrOpen(wide.task, narrow.task) &&
    sameOrOpen(wide.key, narrow.key) &&
    sameOrOpen(wide.org, narrow.org) &&
    sameOrOpen(wide.stream, narrow.stream) &&
    sameOrOpen(wide.containsPii, narrow.containsPii) &&
    (wide.model === "*" || sameOrOpen(wide.model, narrow.model)) &&
    wide.needs.every((need) => narrow.needs.includes(need)) &&
    Object.entries(wide.metadata).every(([name, value]) => narrow.metadata[name] === value) &&
    coversTokens(wide, narrow) &&
    coversCost(wide, narrow) &&
    coversKeywords(wide, narrow)
  );
}

function sameOrOpen<Value>(wide: Value | null, narrow: Value | null): boolean {
  return wide === null || wide === narrow;
}

function coversTokens(
  { promptTokens: wide }: RuleConditions,
  { promptTokens: narrow }: RuleConditions,
): boolean {
  if (wide === null) return true;
  const lowest = narrow?.min ?? 0;
  const highest = narrow?.max ?? Number.POSITIVE_INFINITY;
  return (wide.min ?? 0) <= lowest && highest <= (wide.max ?? Number.POSITIVE_INFINITY);
}

function coversCost(wide: RuleConditions, narrow: RuleConditions): boolean {
  if (wide.maxInputCostNanoUsd === null) return true;
  return narrow.maxInputCostNanoUsd !== null && narrow.maxInputCostNanoUsd <= wide.maxInputCostNanoUsd;
}

function coversKeywords({ keywords: wide }: RuleConditions, { keywords: narrow }: RuleConditions): boolean {
  if (wide === null) return true;
  const any = plain(narrow?.any ?? []);
  const all = plain(narrow?.all ?? []);
  const [wideAny, wideAll] = [plain(wide.any), plain(wide.all)];
  const hasAny =
    wideAny.length === 0 ||
    all.some((word) => wideAny.includes(word)) ||
    (any.length > 0 && any.every((word) => wideAny.includes(word)));
  return hasAny && wideAll.every((word) => all.includes(word));
}

function plain(words: readonly string[]): string[] {
  return words.map((word) => word.normalize("NFC").toLowerCase().trim().replace(/\s+/g, " "));
}
