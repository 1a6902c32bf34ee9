import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { NANO_PER_USD } from "../core/money.ts";
import type { Usage } from "../core/usage.ts";
import type { LedgerRow } from "../ledger/row.ts";
import { TalliedHistogram } from "./tallied-histogram.ts";
import { Tally } from "./tally.ts";

export interface MetricsOptions {
  /** Requests being answered just now. */
  openRequests(): number;
}

export interface Metrics {
  /** Counts one ended request. Runs once per request: a few sums in memory, nothing is written as text here. */
  observe(row: LedgerRow): void;
  /** Prometheus text. */
  render(): Promise<{ body: string; contentType: string }>;
}

/** Stands where a request got no model or provider. What clients write as a model never becomes a label. */
const NONE = "none";

const DURATION_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const FIRST_TOKEN_BUCKETS_S = [0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30, 60, 120];

/** All metrics of one process, in a registry of their own. */
export function createMetrics({ openRequests }: MetricsOptions): Metrics {
  const registry = new Registry();
  const requests = tallied(registry, "nyuro_requests_total", "Requests that ended, by how.", [
    "model",
    "provider",
    "status",
  ]);
  const attempts = tallied(registry, "nyuro_attempts_total", "Calls to providers, by outcome.", [
    "provider",
    "outcome",
  ]);
  const costs = tallied(
    registry,
    "nyuro_cost_usd_total",
    "Cost in USD, where it is known.",
    ["model", "provider"],
    NANO_PER_USD,
  );
  const tokens = tallied(registry, "nyuro_tokens_total", "Tokens by kind; the kinds do not overlap.", [
    "kind",
  ]);
  const durations = new TalliedHistogram(registry, {
    name: "nyuro_request_duration_seconds",
    help: "From the request's arrival to the end of its answer.",
    label: "provider",
    buckets: DURATION_BUCKETS_S,
  });
  const firstTokens = new TalliedHistogram(registry, {
    name: "nyuro_time_to_first_token_seconds",
    help: "From the request's arrival to the first content.",
    label: "provider",
    buckets: FIRST_TOKEN_BUCKETS_S,
  });
  registerProcess(registry, openRequests);
  return {
    observe(row) {
      const provider = row.provider ?? NONE;
      const model = row.model ?? NONE;
      requests.add(1, model, provider, row.status);
      durations.observe(provider, row.latencyMs / 1000);
      if (row.ttftMs !== null) firstTokens.observe(provider, row.ttftMs / 1000);
      if (row.costNanoUsd !== null) costs.add(row.costNanoUsd, model, provider);
      for (const attempt of row.attempts) attempts.add(1, attempt.provider, attempt.outcome);
      if (row.usage) addTokens(tokens, row.usage);
    },
    render: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  };
}

function addTokens(tokens: Tally, usage: Usage): void {
  tokens.add(usage.input, "input");
  tokens.add(usage.cachedRead, "cached_read");
  tokens.add(usage.cacheWrite, "cache_write");
  tokens.add(usage.output, "output");
  tokens.add(usage.reasoning, "reasoning");
}

/** A counter that is kept as plain sums and filled in when somebody reads it. `divisor` turns a sum into the unit. */
function tallied(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  divisor = 1,
): Tally {
  const tally = new Tally(labelNames);
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, sum } of tally.entries()) this.inc(labels, sum / divisor);
    },
  });
  return tally;
}

function registerProcess(registry: Registry, openRequests: () => number): void {
  new Gauge({
    name: "nyuro_open_requests",
    help: "Requests being answered just now.",
    registers: [registry],
    collect() {
      this.set(openRequests());
    },
  });
  // By default it would wake up 100 times a second, three times the idle cost of the whole process.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
}
