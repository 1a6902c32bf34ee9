import type { Plan } from "../routing/decision.ts";
import type { Outcome } from "./attempt.ts";
import { isFallback } from "./fallback.ts";

/**
 * `alias; rule=legal; fallback=rate_limited`: how the answering candidate came into the chain, the rule that matched,
 * and why the preferred candidate was left. A forecast takes the first of the chain for the one that answers.
 */
export function routeReason(plan: Plan, outcome: Outcome | null, isForecast = false): string {
  const expected = isForecast ? plan.candidates[0] : null;
  const answered = outcome?.won?.candidate ?? outcome?.tried.at(-1)?.candidate ?? expected ?? plan.preferred;
  const reason = plan.rule ? `${answered.reason}; rule=${plan.rule.name}` : answered.reason;
  const isLeft = outcome ? isFallback(plan, outcome) : answered !== plan.preferred;
  if (!isLeft) return reason;
  const preferred = outcome?.tried.find(({ candidate }) => candidate === plan.preferred);
  return `${reason}; fallback=${preferred?.fault?.kind ?? "resting"}`;
}
