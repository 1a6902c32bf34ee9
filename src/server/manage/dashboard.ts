import { toRfc3339 } from "../../core/clock.ts";
import { invalidField } from "../../core/errors.ts";
import { formatUsd } from "../../core/money.ts";
import type { CostLine, Dashboard, Latencies } from "../../ledger/dashboard.ts";
import { answers, orgQuery, type Resource, refused, routeOf, time, z } from "./contract.ts";
import { organizationOf } from "./organization.ts";

const DEFAULT_RANGE_MS = 30 * 24 * 3_600_000;

const rate = z.number().nullable();
const latencies = {
  avg_latency_ms: rate,
  p50_latency_ms: rate,
  p95_latency_ms: rate,
  avg_ttft_ms: rate,
};
const costLine = { requests: z.number(), cost_usd: z.string(), unpriced_requests: z.number() };

/** Rates leave out refused and canceled requests; latencies are of answered ones. Null = there was nothing to tell. */
export const dashboardSchema = z
  .object({
    volume: z.object({ total_requests: z.number(), requests_24h: z.number() }),
    reliability: z.object({ success_rate: rate, fallback_rate: rate }),
    performance: z.object({
      ...latencies,
      by_model: z.array(z.object({ model: z.string(), requests: z.number(), ...latencies })),
    }),
    cost: z.object({
      total_usd: z.string(),
      unpriced_requests: z.number(),
      by_provider: z.array(z.object({ provider: z.string(), ...costLine })),
      by_model: z.array(z.object({ model: z.string(), ...costLine })),
    }),
    series: z.array(
      z.object({ time: z.string(), requests: z.number(), ok_requests: z.number(), cost_usd: z.string() }),
    ),
  })
  .openapi("Dashboard");

const dashboard = routeOf("dashboard", {
  summary: "Volume, reliability, performance and cost of a while; by default the last 30 days",
  request: { query: z.strictObject({ from: time.optional(), to: time.optional(), ...orgQuery }) },
  responses: answers(dashboardSchema),
});

function showLatencies(of: Latencies) {
  return {
    avg_latency_ms: of.avgLatencyMs,
    p50_latency_ms: of.p50LatencyMs,
    p95_latency_ms: of.p95LatencyMs,
    avg_ttft_ms: of.avgTtftMs,
  };
}

function showCost({ requests, costNanoUsd, unpricedRequests }: CostLine) {
  return { requests, cost_usd: formatUsd(costNanoUsd), unpriced_requests: unpricedRequests };
}

function showDashboard({ volume, reliability, performance, cost, series }: Dashboard) {
  return {
    volume: { total_requests: volume.totalRequests, requests_24h: volume.requests24h },
    reliability: { success_rate: reliability.successRate, fallback_rate: reliability.fallbackRate },
    performance: {
      ...showLatencies(performance),
      by_model: performance.byModel.map((line) => ({
        model: line.model,
        requests: line.requests,
        ...showLatencies(line),
      })),
    },
    cost: {
      total_usd: formatUsd(cost.totalNanoUsd),
      unpriced_requests: cost.unpricedRequests,
      by_provider: cost.byProvider.map((line) => ({ provider: line.provider, ...showCost(line) })),
      by_model: cost.byModel.map((line) => ({ model: line.model, ...showCost(line) })),
    },
    series: series.map((point) => ({
      time: toRfc3339(point.timeMs),
      requests: point.requests,
      ok_requests: point.okRequests,
      cost_usd: formatUsd(point.costNanoUsd),
    })),
  };
}

/** `GET /metrics/dashboard`. */
export const addDashboard: Resource = (app, { reader, store, services }) => {
  app.openapi(dashboard, async (c) => {
    const { from, to, org_id } = c.req.valid("query");
    const org = await organizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const nowMs = services.gateway.clock.now();
    const toMs = to ?? nowMs + 1;
    const fromMs = from ?? toMs - DEFAULT_RANGE_MS;
    if (fromMs >= toMs) return refused(invalidField("to", "`to` must be later than `from`."));
    return c.json(showDashboard(await reader.dashboard({ orgId: org.orgId, fromMs, toMs, nowMs })), 200);
  });
};
