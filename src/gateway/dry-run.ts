import type { RuleConfig } from "../config/config.ts";
import { TASKS, type Task } from "../config/words.ts";
import type { ApiError } from "../core/errors.ts";
import type { Classification } from "../routing/classifier.ts";
import type { Ground, Plan } from "../routing/decision.ts";
import { Facts } from "../routing/facts.ts";
import { CALM, type HealthReader } from "../routing/health-reader.ts";
import { firstKept, type KnowableRule, knowableOf, type NotKept, verdictOf } from "../routing/kept-match.ts";
import { firstInputCost, planUnder } from "../routing/plan.ts";
import type { RouteRequest } from "../routing/request.ts";
import type { Rule } from "../routing/rule.ts";
import { compileRules } from "../routing/rules.ts";
import { seedOf } from "../routing/seed.ts";
import type { DecisionRow } from "../store/requests-decisions.ts";
import { type KeptDecision, readDecision } from "./decision-record.ts";
import type { Snapshot } from "./gateway.ts";

/**
 * Why a request cannot be decided again: a condition or a choice needs what no row keeps (`parameters` = the fields of
 * the request, where a provider must take them all), or it has no decision, or one of before requests were kept with it.
 */
export type NotJudged = NotKept | "parameters" | "no_decision" | "request_not_kept";

/** What a draft would have done to one request. */
export type Judged =
  | { kind: "unchanged"; isMatched: boolean }
  | { kind: "moved"; before: Plan | null; after: Plan }
  | { kind: "refused"; before: Plan }
  | { kind: "not_judged"; reason: NotJudged };

const UNTOUCHED: Judged = { kind: "unchanged", isMatched: false };

/**
 * Decides logged requests again, by the rules in force and by the same with a draft among them. Nobody rests in it, and
 * of health only the times that are known now count; a draft of a rule's name takes that rule's place.
 */
export class DryRun {
  private readonly rules: readonly KnowableRule[];
  private readonly withDraft: readonly KnowableRule[];
  private readonly draft: string;
  private readonly isEdit: boolean;
  private readonly snapshot: Pick<Snapshot, "catalog" | "policy" | "configRevision">;
  private readonly ground: Ground;
  /** Set by the classifier: the plan wanted to know what the row does not say. */
  private isGuessed = false;

  constructor(draft: RuleConfig, snapshot: DryRun["snapshot"], health: HealthReader) {
    const current = snapshot.policy.rules.all;
    this.snapshot = snapshot;
    this.draft = draft.name;
    this.isEdit = current.some(({ name }) => name === draft.name);
    this.rules = current.map(knowableOf);
    this.withDraft = compileRules(withDraft(current, draft)).all.map(knowableOf);
    const classify = (): Classification => {
      this.isGuessed = true;
      return UNKNOWN_TASK;
    };
    const classifier = { classify, suggestIndustry: () => null };
    this.ground = {
      catalog: snapshot.catalog,
      policy: { ...snapshot.policy, classifier },
      health: { ...CALM, ttftP50Ms: (id) => health.ttftP50Ms(id) },
    };
  }

  judge(row: DecisionRow): Judged {
    const kept = readDecision(row.decision, row.operation === "chat" ? "chat" : "embedding");
    if (!kept) return notJudged("no_decision");
    if (!kept.route) return notJudged("request_not_kept");
    const request = requestOf(row, kept.route);
    const task = TASKS.find((it) => it === row.task) ?? null;
    this.isGuessed = false;
    const after = this.firstOf(this.withDraft, request, task, kept);
    if (after && "notKept" in after) return this.mayMatter(request, task, kept, after.notKept);
    const isMatched = after?.name === this.draft;
    if (this.isGuessed) return notJudged("task");
    if (!isMatched && !this.isEdit) return UNTOUCHED;
    const before = this.firstOf(this.rules, request, task, kept);
    if (before && "notKept" in before) return notJudged(before.notKept);
    if (!isMatched && before?.name === after?.name) return UNTOUCHED;
    if (request.preferences.requireParameters) return notJudged("parameters");
    const plans = [before, after].map((rule) => this.plan(rule, request, task));
    return this.isGuessed ? notJudged("task") : compared(plans[0], plans[1], isMatched);
  }

  /** Another rule may hold or not: it is all one where neither the draft does nor what it takes the place of. */
  private mayMatter(request: RouteRequest, task: Task | null, kept: KeptDecision, reason: NotKept): Judged {
    const mine = [this.withDraft, this.rules].map((rules) =>
      rules.filter((it) => it.rule.name === this.draft),
    );
    const isOut = mine.every((rules) => this.firstOf(rules, request, task, kept) === null);
    return isOut && !this.isGuessed ? UNTOUCHED : notJudged(reason);
  }

  private firstOf(
    rules: readonly KnowableRule[],
    request: RouteRequest,
    task: Task | null,
    kept: KeptDecision,
  ) {
    const facts = this.factsOf(request, task);
    const known = this.knownFrom(kept);
    return firstKept(rules, (it) => {
      const told = this.withDraft.includes(it) && it.rule.name === this.draft ? null : known(it.rule.name);
      return told ?? verdictOf(it, facts, task !== null);
    });
  }

  /** What the row itself says: under the same configuration the rule that decided held, and those before it did not. */
  private knownFrom(kept: KeptDecision): (name: string) => boolean | null {
    if (kept.configRevision !== this.snapshot.configRevision) return () => null;
    const names = this.rules.map(({ rule }) => rule.name);
    const decided = kept.rule === null ? names.length : names.indexOf(kept.rule);
    return (name) => {
      const at = names.indexOf(name);
      return at < 0 || at > decided ? null : at === decided;
    };
  }

  private factsOf(request: RouteRequest, task: Task | null): Facts {
    const known = task === null ? null : { ...UNKNOWN_TASK, task };
    const facts: Facts = new Facts(
      request,
      this.ground.policy,
      () => firstInputCost(facts, this.ground),
      known,
    );
    return facts;
  }

  private plan(rule: Rule | null, request: RouteRequest, task: Task | null): Plan | ApiError {
    return planUnder(rule, this.factsOf(request, task), this.ground);
  }
}

const UNKNOWN_TASK: Classification = { task: "chat", scores: {}, features: {} };

function notJudged(reason: NotJudged): Judged {
  return { kind: "not_judged", reason };
}

function withDraft(rules: readonly RuleConfig[], draft: RuleConfig): RuleConfig[] {
  const isEdit = rules.some(({ name }) => name === draft.name);
  const all = isEdit ? rules.map((it) => (it.name === draft.name ? draft : it)) : [...rules, draft];
  return all.toSorted((a, b) => a.priority - b.priority);
}

/** With what stands in other columns of the row. */
function requestOf(row: DecisionRow, route: RouteRequest): RouteRequest {
  const { industry } = route;
  return {
    ...route,
    keyId: row.key_id,
    orgId: row.org_id,
    stream: row.stream === 1,
    seed: seedOf(row.sequence),
    body: industry === null ? {} : { metadata: { industry } },
  };
}

function compared(
  before: Plan | ApiError | undefined,
  after: Plan | ApiError | undefined,
  isMatched: boolean,
): Judged {
  const [was, is] = [servedBy(before), servedBy(after)];
  if (was && !is) return { kind: "refused", before: was };
  const isSame = was?.preferred.deployment.id === is?.preferred.deployment.id;
  return is === null || isSame ? { kind: "unchanged", isMatched } : { kind: "moved", before: was, after: is };
}

function servedBy(plan: Plan | ApiError | undefined): Plan | null {
  return plan === undefined || "code" in plan ? null : plan;
}
