import type { RuleActions, RuleConditions, RuleConfig } from "../config/config.ts";
import type { CatalogView } from "../core/deployment.ts";
import type { Classifier } from "../routing/classifier.ts";
import { compilePolicy, type PolicySettings, type RoutePolicy } from "../routing/policy.ts";
import { NO_PREFERENCES, type RouteRequest } from "../routing/request.ts";
import type { NotTaken } from "../routing/terms.ts";
import { classifierSaying } from "./classifier.ts";

export interface PolicyChanges extends Partial<Omit<PolicySettings, "routing">> {
  routing?: Partial<PolicySettings["routing"]>;
  draining?: readonly string[];
  classifier?: Classifier;
  notTaken?: NotTaken;
}

/** The policy of an empty config over this catalog, with whatever the test is about put over it. */
export function policyOf(catalog: CatalogView, changes: PolicyChanges = {}): RoutePolicy {
  return compilePolicy(
    {
      industries: changes.industries ?? {},
      auto: changes.auto ?? {},
      rules: changes.rules ?? [],
      routing: {
        qualityFloor: 50,
        localFallback: "none",
        sticky: ["user", "session_id"],
        ...changes.routing,
      },
    },
    catalog,
    {
      classifier: changes.classifier ?? classifierSaying("chat"),
      draining: new Set(changes.draining),
      notTaken: changes.notTaken ?? (() => ({})),
    },
  );
}

const ANYTHING: RuleConditions = {
  promptTokens: null,
  keywords: null,
  industry: null,
  task: null,
  needs: [],
  maxInputCostNanoUsd: null,
  model: null,
  key: null,
  org: null,
  metadata: {},
  stream: null,
  containsPii: null,
};

const NOTHING: RuleActions = {
  models: null,
  strategy: null,
  onlyLocal: null,
  allowCloudFallback: null,
  deny: null,
  maxCostNanoUsd: null,
  setParams: {},
};

export function ruleOf(
  name: string,
  when: Partial<RuleConditions>,
  then: Partial<RuleActions>,
  priority = 100,
): RuleConfig {
  return { name, priority, when: { ...ANYTHING, ...when }, then: { ...NOTHING, ...then } };
}

/** A plain chat request for one model. */
export function routeRequest(changes: Partial<RouteRequest> = {}): RouteRequest {
  return {
    kind: "chat",
    model: "gpt",
    models: [],
    preferences: NO_PREFERENCES,
    needs: [],
    wantsReasoning: false,
    promptTokens: 100,
    outputTokens: null,
    allowedModels: null,
    allowedProviders: null,
    keyId: "key_test",
    orgId: "org_test",
    stream: false,
    industry: null,
    maxCostNanoUsd: null,
    stickyKey: null,
    seed: 0.5,
    body: {},
    ...changes,
  };
}

/** The body of a chat that says this. */
export function saying(...texts: readonly string[]): Pick<RouteRequest, "body"> {
  return { body: { messages: texts.map((content) => ({ role: "user", content })) } };
}
