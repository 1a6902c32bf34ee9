import type { Task } from "../config/words.ts";
import type { ApiError } from "../core/errors.ts";
import type { Classification } from "./classifier.ts";
import type { Candidate, Ground, Plan } from "./decision.ts";
import type { ExclusionReason } from "./exclusion.ts";
import { detailOf } from "./exclusion-detail.ts";
import { expectedCost } from "./expected-cost.ts";
import { Facts } from "./facts.ts";
import { CALM, type HealthReader } from "./health-reader.ts";
import { planUnder } from "./plan.ts";
import type { RouteRequest } from "./request.ts";

/** One candidate with the numbers that put it where it stands. Null = unknown. */
export interface ExplainedCandidate {
  provider: string;
  model: string;
  /** The first candidate is the one that would be called. */
  state: "selected" | "behind";
  reason: string;
  /** Why it rests; null = it is ready. */
  rest: string | null;
  local: boolean;
  quality: number | null;
  /** Nano-USD per million tokens. */
  inputPrice: number | null;
  outputPrice: number | null;
  expectedCostNanoUsd: number | null;
  contextLength: number | null;
  ttftP50Ms: number | null;
  inFlight: number;
}

export interface ExplainedExclusion {
  provider: string;
  model: string;
  reason: ExclusionReason;
  detail: string;
}

/** A decision as a table: every deployment that was looked at, chosen or not. */
export interface Explanation {
  candidates: readonly ExplainedCandidate[];
  excluded: readonly ExplainedExclusion[];
}

export function explain(plan: Plan, request: RouteRequest, health: HealthReader): Explanation {
  return {
    candidates: plan.candidates.map((candidate, index) => explained(candidate, index, plan, request, health)),
    excluded: plan.excluded.map((it) => ({
      provider: it.deployment.providerId,
      model: it.deployment.model,
      reason: it.reason,
      detail: detailOf(it),
    })),
  };
}

function explained(
  { deployment, reason, rest }: Candidate,
  index: number,
  { rule }: Plan,
  request: RouteRequest,
  health: HealthReader,
): ExplainedCandidate {
  const { id, price } = deployment;
  return {
    provider: deployment.providerId,
    model: deployment.model,
    state: index === 0 ? "selected" : "behind",
    reason,
    rest: rest?.reason ?? null,
    local: deployment.local,
    quality: deployment.quality,
    inputPrice: price?.input ?? null,
    outputPrice: price?.output ?? null,
    expectedCostNanoUsd: expectedCost(
      deployment,
      request.promptTokens,
      rule?.outputTokens ?? request.outputTokens,
    ),
    contextLength: deployment.contextLength,
    ttftP50Ms: health.ttftP50Ms(id),
    inFlight: health.inFlight(id),
  };
}

/**
 * A decision made again from what its row kept: the rule and the class of prompt it was made under are taken as they
 * were, health is not known any more, so that equals stand by price and name.
 */
export function planAgain(
  request: RouteRequest,
  kept: { rule: string | null; task: Task | null },
  { policy, catalog }: Pick<Ground, "policy" | "catalog">,
): Plan | ApiError {
  const rule = kept.rule === null ? null : (policy.rules.all.find(({ name }) => name === kept.rule) ?? null);
  const known: Classification = { task: kept.task ?? "chat", scores: {}, features: {} };
  const facts = new Facts(request, policy, () => null, known);
  return planUnder(rule, facts, { policy, catalog, health: CALM });
}
