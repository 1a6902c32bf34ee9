import type { Facts } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { matches } from "./rule-match.ts";

/** What a rule asks of a request that its row does not keep. */
export type NotKept = "keywords" | "contains_pii" | "metadata" | "task";

/** Whether a rule holds for a request of which only a row is left; what is not kept is no guess. */
export type Verdict = boolean | NotKept;

/** A rule beside the part of it that a row can answer. */
export interface KnowableRule {
  rule: Rule;
  /** Without what no row keeps. */
  knowable: Rule;
  unknowable: NotKept | null;
}

/** Of `metadata` a row keeps the industry alone. */
export function knowableOf(rule: Rule): KnowableRule {
  const { when } = rule;
  const metadata = Object.entries(when.metadata);
  const kept = metadata.filter(([name]) => name === "industry");
  const hasKeywords = rule.anyKeywords.length + rule.allKeywords.length > 0;
  const unknowable = hasKeywords
    ? "keywords"
    : when.containsPii !== null
      ? "contains_pii"
      : kept.length < metadata.length
        ? "metadata"
        : null;
  const asked = { ...when, keywords: null, containsPii: null, metadata: Object.fromEntries(kept) };
  return { rule, unknowable, knowable: { ...rule, when: asked, anyKeywords: [], allKeywords: [] } };
}

/**
 * False as soon as something that is kept speaks against the rule. `knowsTask`: the class of the prompt is kept, which
 * it is where somebody had to know it.
 */
export function verdictOf({ knowable, unknowable }: KnowableRule, facts: Facts, knowsTask: boolean): Verdict {
  const { when } = knowable;
  const asksTask = when.task !== null && !knowsTask;
  const askable = asksTask ? { ...knowable, when: { ...when, task: null } } : knowable;
  if (!matches(askable, facts)) return false;
  return unknowable ?? (asksTask ? "task" : true);
}

/** The first rule that holds, or what is not kept of the first that may; null = none holds. */
export function firstKept(
  rules: readonly KnowableRule[],
  verdict: (rule: KnowableRule) => Verdict,
): Rule | { notKept: NotKept } | null {
  for (const it of rules) {
    const found = verdict(it);
    if (found === true) return it.rule;
    if (found !== false) return { notKept: found };
  }
  return null;
}
