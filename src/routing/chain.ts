import type { Deployment } from "../core/deployment.ts";
import type { Candidate, Ground, Plan } from "./decision.ts";
import type { Excluded } from "./exclusion.ts";
import { isPlain } from "./filter.ts";
import type { Resolved } from "./forms.ts";
import type { HealthReader, Rest } from "./health-reader.ts";
import { inOrder } from "./order/order.ts";
import type { Ties } from "./order/ties.ts";
import type { Order, Part } from "./part.ts";
import type { RoutePolicy } from "./policy.ts";
import type { RouteRequest } from "./request.ts";
import type { Rule } from "./rule.ts";
import type { Terms } from "./terms.ts";

const BUSY: Rest = Object.freeze({ reason: "busy", untilMs: 0 });

/** A chain as it grows, entry by entry: filtered, ordered within each part, no deployment twice. */
export class Chain {
  private readonly left: Excluded[] = [];
  private parts = 0;
  /** Somebody in it rests. */
  private rests = false;
  private readonly candidates: Candidate[] = [];
  /** Ids of the candidates, once there is a second part; null = nobody can be there twice. */
  private seen: Set<string> | null = null;
  private readonly request: RouteRequest;
  private readonly rule: Rule | null;
  private readonly policy: RoutePolicy;
  private readonly ties: Ties;
  private readonly terms: Terms;
  private readonly order: Order;
  /** Local was demanded by the rule, and cloud may follow. */
  private readonly cloudLast: boolean;

  constructor(request: RouteRequest, rule: Rule | null, { policy, health }: Ground) {
    this.request = request;
    this.rule = rule;
    this.policy = policy;
    this.ties = { health, stickyKey: request.stickyKey };
    this.cloudLast = rule?.then.onlyLocal === true && rule.then.allowCloudFallback === true;
    const terms = {
      request,
      outputTokens: rule?.outputTokens ?? request.outputTokens,
      maxCostNanoUsd: tighter(request.maxCostNanoUsd, rule?.then.maxCostNanoUsd ?? null),
      localOnly: rule?.then.onlyLocal === true && !this.cloudLast,
      freeOnly: false,
      qualityFloor: null,
      draining: policy.draining,
      notTaken: policy.notTaken,
    };
    this.terms = { ...terms, isPlain: isPlain(terms) };
    const { sort } = request.preferences;
    this.order = sort === null || sort === "price" ? "price" : "latency";
  }

  get isEmpty(): boolean {
    return this.candidates.length === 0;
  }

  /** Each once, by the first reason; what one entry refused and another took is not among them. */
  get excluded(): readonly Excluded[] {
    const { seen } = this;
    if (seen === null || this.left.length === 0) return this.left;
    const told = new Set<string>();
    return this.left.filter(({ deployment: { id }, reason }) => {
      if (told.has(id) || (seen.has(id) && reason !== "fallbacks_off")) return false;
      told.add(id);
      return true;
    });
  }

  add({ parts, reason }: Resolved, prefix: string): void {
    for (const part of parts) this.addPart(part, prefix + reason);
  }

  private addPart(part: Part, reason: string): void {
    this.parts += 1;
    const order = part.order ?? this.order;
    const terms = this.termsFor(part, order);
    if (this.parts > 1) this.seen ??= new Set(this.candidates.map(({ deployment }) => deployment.id));
    this.append(inOrder(this.keep(part.deployments, terms), order, terms, this.ties), reason);
  }

  private keep(deployments: readonly Deployment[], terms: Terms): readonly Deployment[] {
    const { seen, left } = this;
    const { kept, refused } = this.policy.sieve.sift(deployments, terms);
    for (const { deployment, reason } of refused) {
      if (!seen?.has(deployment.id)) left.push({ deployment, reason, terms });
    }
    return seen === null ? kept : kept.filter(({ id }) => !seen.has(id));
  }

  private append(ordered: readonly Deployment[], reason: string): void {
    const { candidates, seen } = this;
    const { health } = this.ties;
    const isCalm = health.isCalm();
    for (const deployment of ordered) {
      seen?.add(deployment.id);
      const rest = isCalm && deployment.maxParallel === null ? null : restOf(deployment, health);
      if (rest !== null) this.rests = true;
      candidates.push({ deployment, reason, rest });
    }
  }

  private termsFor({ freeOnly, order: own }: Part, order: Order): Terms {
    const isCost = own !== null && order === "cost";
    const isLocal = order === "local" && !this.cloudMayFollow();
    if (!freeOnly && !isCost && !isLocal) return this.terms;
    const terms = {
      ...this.terms,
      freeOnly,
      localOnly: this.terms.localOnly || isLocal,
      qualityFloor: isCost ? this.policy.qualityFloor : null,
    };
    return { ...terms, isPlain: isPlain(terms) };
  }

  /** Behind `strategy:local`: what the rule says, else what the config says and the request does not forbid. */
  private cloudMayFollow(): boolean {
    const ruled = this.rule?.then.allowCloudFallback ?? null;
    if (ruled !== null) return ruled;
    return this.policy.localFallback === "cloud" && this.request.preferences.allowFallbacks;
  }

  /** Null = nobody is left. */
  end(): Pick<Plan, "candidates" | "preferred"> | null {
    const chain = this.cloudLast
      ? split(this.candidates, ({ deployment }) => deployment.local)
      : this.candidates;
    const preferred = chain[0];
    if (!preferred) return null;
    const { preferences } = this.request;
    if (preferences.allowFallbacks || preferences.order.length > 0) {
      return { candidates: this.rests ? split(chain, isReady) : chain, preferred };
    }
    for (let i = 1; i < chain.length; i++) {
      const left = chain[i];
      if (left) this.left.push({ deployment: left.deployment, reason: "fallbacks_off", terms: this.terms });
    }
    return { candidates: [preferred], preferred };
  }
}

const isReady = ({ rest }: Candidate) => rest === null;

/** Those that pass, then the rest, each in order; the list itself where all do. */
function split(chain: readonly Candidate[], passes: (candidate: Candidate) => boolean): readonly Candidate[] {
  if (chain.every(passes)) return chain;
  return [...chain.filter(passes), ...chain.filter((candidate) => !passes(candidate))];
}

function restOf({ id, maxParallel }: Deployment, health: HealthReader): Rest | null {
  const rest = health.rest(id);
  if (rest || maxParallel === null) return rest;
  return health.inFlight(id) >= maxParallel ? BUSY : null;
}

function tighter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
