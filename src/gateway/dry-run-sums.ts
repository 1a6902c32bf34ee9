import { costOf } from "../catalog/cost.ts";
import type { Deployment } from "../core/deployment.ts";
import { requestIdOf } from "../core/ids.ts";
import type { Usage } from "../core/usage.ts";
import type { Plan } from "../routing/decision.ts";
import type { DecisionRow } from "../store/requests-decisions.ts";
import type { Judged, NotJudged } from "./dry-run.ts";

/** Requests that would go elsewhere, from one deployment to another. */
export interface Move {
  /** Null = they were refused. */
  from: Deployment | null;
  to: Deployment;
  requests: number;
  /** Of them, those whose cost can be told in both places: the only ones in the sums, nano-USD. */
  priced: number;
  costBeforeNanoUsd: number;
  costAfterNanoUsd: number;
  /** The newest. */
  examples: string[];
}

/** Milliseconds of answered requests; null = none was seen. */
export interface Observed {
  p50: number | null;
  p95: number | null;
}

const MOST_EXAMPLES = 20;
const EXAMPLES_OF_A_MOVE = 3;

/** Adds up what a draft would have done, row by row, newest first. */
export class DryRunSums {
  requests = 0;
  matched = 0;
  moved = 0;
  refused = 0;
  /** Refused then, served now; they are among those moved. */
  admitted = 0;
  readonly notJudged = new Map<NotJudged, number>();
  /** Ids of requests that would be moved or refused. */
  readonly examples: string[] = [];
  private readonly moves = new Map<string, Move>();
  private readonly latencies = new Map<string, number[]>();

  get judged(): number {
    let left = 0;
    for (const requests of this.notJudged.values()) left += requests;
    return this.requests - left;
  }

  add(row: DecisionRow, judged: Judged): void {
    this.requests += 1;
    this.observe(row);
    if (judged.kind === "not_judged") {
      this.notJudged.set(judged.reason, (this.notJudged.get(judged.reason) ?? 0) + 1);
      return;
    }
    if (judged.kind !== "unchanged" || judged.isMatched) this.matched += 1;
    if (judged.kind === "unchanged") return;
    if (this.examples.length < MOST_EXAMPLES) this.examples.push(requestIdOf(row.sequence));
    if (judged.kind === "refused") this.refused += 1;
    else this.addMove(row, judged.before, judged.after);
  }

  /** The commonest first. */
  movesByRequests(): Move[] {
    return [...this.moves.values()].sort((a, b) => b.requests - a.requests);
  }

  observed({ providerId, model }: Deployment): Observed {
    const sorted = Float64Array.from(this.latencies.get(`${providerId}/${model}`) ?? []).sort();
    const at = (fraction: number) => sorted[Math.ceil(sorted.length * fraction) - 1] ?? null;
    return { p50: at(0.5), p95: at(0.95) };
  }

  private observe({ status, provider, model, latency_ms }: DecisionRow): void {
    if (status !== "ok" || provider === null || model === null) return;
    const id = `${provider}/${model}`;
    const known = this.latencies.get(id);
    if (known) known.push(latency_ms);
    else this.latencies.set(id, [latency_ms]);
  }

  private addMove(row: DecisionRow, before: Plan | null, after: Plan): void {
    const from = before?.preferred.deployment ?? null;
    const to = after.preferred.deployment;
    const key = `${from?.id ?? ""} ${to.id}`;
    const move = this.moves.get(key) ?? emptyMove(from, to);
    this.moves.set(key, move);
    this.moved += 1;
    if (from === null) this.admitted += 1;
    move.requests += 1;
    if (move.examples.length < EXAMPLES_OF_A_MOVE) move.examples.push(requestIdOf(row.sequence));
    const [costBefore, costAfter] = [costThere(row, from), costThere(row, to)];
    if (costBefore === null || costAfter === null) return;
    move.priced += 1;
    move.costBeforeNanoUsd += costBefore;
    move.costAfterNanoUsd += costAfter;
  }
}

function emptyMove(from: Deployment | null, to: Deployment): Move {
  return { from, to, requests: 0, priced: 0, costBeforeNanoUsd: 0, costAfterNanoUsd: 0, examples: [] };
}

/** What the row says where it went there, else its tokens at the price of now; null = nobody knows. */
function costThere(row: DecisionRow, deployment: Deployment | null): number | null {
  if (deployment === null) return null;
  if (row.provider === deployment.providerId && row.model === deployment.model) return row.cost_nano_usd;
  const usage = usageOf(row);
  return usage && deployment.price ? costOf(usage, deployment.price) : null;
}

function usageOf(row: DecisionRow): Usage | null {
  if (row.input_tokens === null) return null;
  return {
    input: row.input_tokens,
    cachedRead: row.cached_read_tokens ?? 0,
    cacheWrite: row.cache_write_tokens ?? 0,
    output: row.output_tokens ?? 0,
    reasoning: row.reasoning_tokens ?? 0,
  };
}
