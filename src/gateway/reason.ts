import type { Plan } from "../routing/plan.ts";
import type { Outcome } from "./attempt.ts";
import { isFallback } from "./fallback.ts";

/** `alias; fallback=rate_limited`: how the answering candidate came into the chain, and why the preferred one was left. */
export function routeReason(plan: Plan, outcome: Outcome | null): string {
  const answered = outcome?.won?.candidate ?? outcome?.tried.at(-1)?.candidate ?? plan.preferred;
  if (outcome === null || !isFallback(plan, outcome)) return answered.reason;
  const preferred = outcome?.tried.find(({ candidate }) => candidate === plan.preferred);
  return `${answered.reason}; fallback=${preferred?.fault?.kind ?? "resting"}`;
}
