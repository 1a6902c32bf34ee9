import { CAPABILITIES } from "../core/deployment.ts";
import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import type { Plan } from "../routing/decision.ts";
import { NO_PREFERENCES, type ProviderPreferences, type RouteRequest } from "../routing/request.ts";
import type { Outcome } from "./attempt.ts";
import type { Snapshot } from "./gateway.ts";
import type { Unfunded } from "./purse.ts";

/** Why a candidate was left uncalled because of money. */
export type MoneyReason = Unfunded["reason"];

/** How many candidates behind the tried ones are kept with the row. */
const KEPT_BEHIND = 8;

/** What a row keeps of its decision: the head of the chain, counts, revisions, and what the request looked like, no word of it. */
export function decisionJson(
  plan: Plan,
  outcome: Outcome | null,
  snapshot: Snapshot,
  route: RouteRequest | null,
): string {
  const kept = (outcome?.tried.length ?? 0) + KEPT_BEHIND;
  return JSON.stringify({
    candidates: plan.candidates.slice(0, kept).map(({ deployment }) => deployment.id),
    behind: Math.max(0, plan.candidates.length - kept),
    excluded: countsOf(plan, outcome),
    ...(outcome && outcome.leftOut.length > 0 ? { left_out: leftOutOf(outcome) } : {}),
    form: plan.form,
    ...(plan.rule ? { rule: plan.rule.name } : {}),
    ...groundOf(snapshot, route),
  });
}

/** The same of a request that a rule left without a plan. */
export function refusalJson(rule: string, snapshot: Snapshot, route: RouteRequest | null): string {
  return JSON.stringify({ rule, ...groundOf(snapshot, route) });
}

function groundOf({ catalog, configRevision, policy }: Snapshot, route: RouteRequest | null): JsonObject {
  return {
    catalog: catalog.revision,
    config: configRevision,
    ...(policy.draining.size > 0 ? { draining: [...policy.draining] } : {}),
    ...(route ? { asked: askedOf(route) } : {}),
  };
}

/** Who was left uncalled because of money, by deployment. */
function leftOutOf({ leftOut }: Outcome): Record<string, MoneyReason> {
  return Object.fromEntries(leftOut.map(({ candidate, reason }) => [candidate.deployment.id, reason]));
}

function countsOf({ excluded }: Plan, outcome: Outcome | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of excluded) counts[reason] = (counts[reason] ?? 0) + 1;
  for (const { reason } of outcome?.leftOut ?? []) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Only what is not as usual, so that a plain request adds a few bytes. */
function askedOf(route: RouteRequest): JsonObject {
  const asked: JsonObject = { model: route.model, tokens: route.promptTokens };
  if (route.models.length > 0) asked.models = route.models;
  if (route.outputTokens !== null) asked.output = route.outputTokens;
  if (route.needs.length > 0) asked.needs = route.needs;
  if (route.wantsReasoning) asked.reasoning = true;
  if (route.industry !== null) asked.industry = route.industry;
  if (route.maxCostNanoUsd !== null) asked.max_cost = route.maxCostNanoUsd;
  if (route.allowedModels) asked.models_allowed = route.allowedModels;
  if (route.allowedProviders) asked.providers_allowed = route.allowedProviders;
  if (route.preferences !== NO_PREFERENCES) asked.preferences = route.preferences;
  return asked;
}

/** A row's decision read back; null = the row has none. */
export interface KeptDecision {
  form: string | null;
  rule: string | null;
  catalogRevision: string;
  configRevision: string;
  /** Providers that took no new requests then. */
  draining: readonly string[];
  /** Deployments that were left uncalled because of money. */
  leftOut: ReadonlyMap<string, MoneyReason>;
  /** Null = it was not kept. */
  route: RouteRequest | null;
}

export function readDecision(json: string | null, kind: RouteRequest["kind"]): KeptDecision | null {
  const decision = json === null ? null : parseJson(json);
  if (!isObject(decision)) return null;
  const { catalog, config, asked } = decision;
  if (typeof catalog !== "string" || typeof config !== "string") return null;
  return {
    form: textOf(decision.form),
    rule: textOf(decision.rule),
    catalogRevision: catalog,
    configRevision: config,
    draining: namesOf(decision.draining) ?? [],
    // Trusts the row: only `leftOutOf` ever wrote it.
    leftOut: new Map(
      Object.entries(isObject(decision.left_out) ? decision.left_out : {}) as [string, MoneyReason][],
    ),
    route: isObject(asked) ? routeOf(asked, kind) : null,
  };
}

/** Trusts the row: only `askedOf` ever wrote it. */
function routeOf(asked: JsonObject, kind: RouteRequest["kind"]): RouteRequest {
  const needs = namesOf(asked.needs) ?? [];
  return {
    kind,
    model: textOf(asked.model),
    models: namesOf(asked.models) ?? [],
    preferences: isObject(asked.preferences)
      ? { ...NO_PREFERENCES, ...(asked.preferences as Partial<ProviderPreferences>) }
      : NO_PREFERENCES,
    needs: CAPABILITIES.filter((capability) => needs.includes(capability)),
    wantsReasoning: asked.reasoning === true,
    promptTokens: numberOf(asked.tokens) ?? 0,
    outputTokens: numberOf(asked.output),
    allowedModels: namesOf(asked.models_allowed),
    allowedProviders: namesOf(asked.providers_allowed),
    keyId: "",
    orgId: "",
    stream: false,
    industry: textOf(asked.industry),
    maxCostNanoUsd: numberOf(asked.max_cost),
    stickyKey: null,
    seed: 0.5,
    body: {},
  };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : null);
const numberOf = (value: unknown) => (typeof value === "number" ? value : null);
const namesOf = (value: unknown) => (Array.isArray(value) ? value.map(String) : null);
