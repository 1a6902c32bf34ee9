import type { Plan } from "../routing/decision.ts";
import type { Outcome } from "./attempt.ts";

/** The preferred candidate was left: another one was called last, or it rests and nobody was called. */
export function isFallback(plan: Plan, outcome: Outcome): boolean {
  const called = outcome.won?.candidate ?? outcome.tried.at(-1)?.candidate;
  return called === undefined ? outcome.restingForMs !== null : called !== plan.preferred;
}
