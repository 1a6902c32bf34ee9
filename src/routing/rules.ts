import type { RuleConfig } from "../config/config.ts";
import { KeywordIndex } from "./keywords.ts";
import type { Rules } from "./rule.ts";

export function compileRules(rules: readonly RuleConfig[]): Rules {
  const keywords = new KeywordIndex();
  const numbers = (texts: readonly string[] = []) => texts.map((text) => keywords.add(text));
  const all = rules.map((rule) => {
    const { max_completion_tokens: completion, max_tokens: tokens } = rule.then.setParams;
    const limit = completion ?? tokens;
    return {
      ...rule,
      anyKeywords: numbers(rule.when.keywords?.any),
      allKeywords: numbers(rule.when.keywords?.all),
      outputTokens: typeof limit === "number" ? limit : null,
    };
  });
  return { all, keywords };
}
