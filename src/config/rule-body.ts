import { isObject, type JsonObject } from "../core/json.ts";
import type { RuleConfig } from "./config.ts";
import { parseConfig } from "./parse.ts";
import type { Path } from "./problem.ts";
import { unusableIn } from "./provider-body.ts";
import { covers, setProblemsOf } from "./rule-checks.ts";
import { ruleSchema, USUAL_PRIORITY } from "./rule-schema.ts";
import { type Mistake, mistakesOf } from "./sentences.ts";
import { toRule } from "./to-config.ts";

/** Where a single rule would lie in a configuration file. */
const IN_FILE: Path = ["rules", 0];

/** One rule that came as JSON, in the words of the configuration file and checked as there; else the first mistake. */
export function readRuleBody(body: JsonObject): { rule: RuleConfig } | { mistake: Mistake } {
  const unusable = unusableIn(body, []);
  if (unusable) return { mistake: unusable };
  const parsed = ruleSchema.safeParse(body);
  if (!parsed.success) {
    const [mistake] = mistakesOf(parsed.error.issues, body, IN_FILE);
    return { mistake: mistake ?? { path: [], reason: "is not valid" } };
  }
  const rule = toRule(parsed.data);
  const [unsettable] = setProblemsOf(rule);
  return unsettable ? { mistake: unsettable } : { rule };
}

/** One rule as it is written in a file: the mapping alone, as the one entry of a list, or below `rules:`. */
export function readRuleText(text: string): { body: JsonObject } | { mistake: Mistake } {
  const read = parseConfig(new TextEncoder().encode(text));
  if ("problems" in read) return { mistake: { path: [], reason: `is not readable: ${read.problems[0]}` } };
  const { document } = read;
  const list = isObject(document) && Array.isArray(document.rules) ? document.rules : document;
  const [body, ...more]: unknown[] = Array.isArray(list) ? list : [list];
  if (more.length > 0) return { mistake: { path: [], reason: "must be one rule, not several" } };
  return isObject(body) ? { body } : { mistake: { path: [], reason: "must be a mapping of keys" } };
}

/** Sentences on what a file that had this rule beside the others would be refused for; those of its own name aside. */
export function draftProblems(draft: RuleConfig, others: readonly RuleConfig[]): string[] {
  const same = others.find((it) => it.priority === draft.priority && it.priority !== USUAL_PRIORITY);
  const isBehind = (it: RuleConfig) => it.priority <= draft.priority;
  const hiding = others.find((it) => isBehind(it) && covers(it.when, draft.when));
  const hidden = others.filter((it) => !isBehind(it) && covers(draft.when, it.when));
  return [
    ...(same ? [`The rule ${JSON.stringify(same.name)} has the same priority; give each rule its own.`] : []),
    ...(hiding
      ? [`It can never apply: ${JSON.stringify(hiding.name)} comes before it and matches whenever it does.`]
      : []),
    ...hidden.map(({ name }) => `The rule ${JSON.stringify(name)} behind it could never apply any more.`),
  ];
}
