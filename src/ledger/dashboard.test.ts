import { expect, test } from "bun:test";
import { openStore } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { DashboardOptions } from "./dashboard.ts";
import { Ledger } from "./ledger.ts";
import { LedgerReader } from "./read.ts";
import type { LedgerRow } from "./row.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MIDNIGHT = Date.UTC(2026, 10, 22);
const NOW = MIDNIGHT + 12 * HOUR_MS + 1;

async function dashboard(rows: Partial<LedgerRow>[], options: Partial<DashboardOptions> = {}) {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(NOW) });
  if ("problem" in store) throw new Error(store.problem);
  const ledger = new Ledger(store);
  await Promise.all(
    rows.map((row, n) => ledger.write(sampleRow({ timeMs: NOW - 1, ...row, sequence: n + 1 }))),
  );
  const range = { orgId: null, fromMs: MIDNIGHT, toMs: NOW, nowMs: NOW };
  const answer = await new LedgerReader(store).dashboard({ ...range, ...options });
  await store.close();
  return answer;
}

test("an empty store tells nulls where there is nothing to tell, zeros only where something was counted", async () => {
  const { series, ...rest } = await dashboard([]);
  expect(rest).toEqual({
    volume: { totalRequests: 0, requests24h: 0 },
    reliability: { successRate: null, fallbackRate: null },
    performance: { avgLatencyMs: null, p50LatencyMs: null, p95LatencyMs: null, avgTtftMs: null, byModel: [] },
    cost: { totalNanoUsd: 0, unpricedRequests: 0, byProvider: [], byModel: [] },
  });
  expect(series).toHaveLength(13);
});

test("rates leave out refused and canceled requests", async () => {
  const statuses = ["ok", "ok", "ok", "error", "interrupted", "canceled", "refused", "refused"] as const;
  const rows = statuses.map((status, n) => ({ status, fallbackUsed: n === 0 || status === "refused" }));
  const { reliability, volume } = await dashboard(rows);
  expect(reliability).toEqual({ successRate: 3 / 5, fallbackRate: 1 / 5 });
  expect(volume.totalRequests).toBe(8);
});

test("with nothing but refused and canceled requests the rates are null, not 0", async () => {
  const { reliability, performance } = await dashboard([{ status: "refused" }, { status: "canceled" }]);
  expect(reliability).toEqual({ successRate: null, fallbackRate: null });
  expect([performance.avgLatencyMs, performance.p50LatencyMs]).toEqual([null, null]);
});

test.each([
  ["one", [7], 7, 7],
  ["two", [1, 2], 1, 2],
  ["three, unsorted", [3, 1, 2], 2, 3],
  ["a hundred, falling", Array.from({ length: 100 }, (_, n) => 100 - n), 50, 95],
  ["a hundred and one", Array.from({ length: 101 }, (_, n) => n), 50, 95],
  ["equal ones and one outlier", [1, 1, 1, 1000], 1, 1000],
])("percentiles of answered requests are exact (nearest rank): %s", async (_, latencies, p50, p95) => {
  const rows: Partial<LedgerRow>[] = latencies.map((latencyMs) => ({ latencyMs }));
  const { performance } = await dashboard([...rows, { status: "error", latencyMs: 99_999 }]);
  expect([performance.p50LatencyMs, performance.p95LatencyMs]).toEqual([p50, p95]);
  expect(performance.avgLatencyMs).toBeCloseTo(
    latencies.reduce((sum, each) => sum + each, 0) / latencies.length,
    9,
  );
  expect(performance.byModel.map((line) => [line.p50LatencyMs, line.p95LatencyMs])).toEqual([[p50, p95]]);
});

test("the time to first token is averaged over those that had one", async () => {
  const { performance } = await dashboard([{ ttftMs: 100 }, { ttftMs: 200 }, { ttftMs: null }]);
  expect(performance.avgTtftMs).toBe(150);
  expect((await dashboard([{ ttftMs: null }])).performance.avgTtftMs).toBeNull();
});

test("costs add up to the nano; an unknown cost is counted beside the total, never as 0", async () => {
  const rows: Partial<LedgerRow>[] = [
    { provider: "openai", model: "gpt-4o", costNanoUsd: 100 },
    { provider: "azure", model: "gpt-4o", costNanoUsd: 700 },
    { provider: "my-vps", model: "llama3.1", costNanoUsd: 0 },
    { provider: "my-vps", model: "llama3.1", costNanoUsd: 0 },
    { provider: "new", model: "mystery", costNanoUsd: null },
    { provider: null, model: null, costNanoUsd: null, usageSource: "none", status: "refused" },
    { provider: "openai", model: "gpt-4o", costNanoUsd: 50, status: "interrupted" },
  ];
  const { cost } = await dashboard(rows);
  expect(cost).toEqual({
    totalNanoUsd: 850,
    unpricedRequests: 1,
    byProvider: [
      { provider: "azure", requests: 1, costNanoUsd: 700, unpricedRequests: 0 },
      { provider: "openai", requests: 2, costNanoUsd: 150, unpricedRequests: 0 },
      { provider: "my-vps", requests: 2, costNanoUsd: 0, unpricedRequests: 0 },
      { provider: "new", requests: 1, costNanoUsd: 0, unpricedRequests: 1 },
    ],
    byModel: [
      { model: "gpt-4o", requests: 3, costNanoUsd: 850, unpricedRequests: 0 },
      { model: "llama3.1", requests: 2, costNanoUsd: 0, unpricedRequests: 0 },
      { model: "mystery", requests: 1, costNanoUsd: 0, unpricedRequests: 1 },
    ],
  });
});

test("performance by model is told for models that answered", async () => {
  const { performance } = await dashboard([
    { model: "a", latencyMs: 10, ttftMs: 1, costNanoUsd: 1 },
    { model: "a", latencyMs: 30, ttftMs: null, costNanoUsd: 1 },
    { model: "b", latencyMs: 500, ttftMs: 400, costNanoUsd: 9 },
    { model: "c", status: "error" },
  ]);
  expect(performance.byModel).toEqual([
    { model: "b", requests: 1, avgLatencyMs: 500, p50LatencyMs: 500, p95LatencyMs: 500, avgTtftMs: 400 },
    { model: "a", requests: 2, avgLatencyMs: 20, p50LatencyMs: 10, p95LatencyMs: 30, avgTtftMs: 1 },
  ]);
});

test("range and organization bound every figure; the last 24 hours only the organization", async () => {
  const rows: Partial<LedgerRow>[] = [
    { timeMs: MIDNIGHT - 1 },
    { timeMs: MIDNIGHT },
    { timeMs: MIDNIGHT + HOUR_MS, orgId: "org_b", provider: "other", costNanoUsd: 5 },
    { timeMs: MIDNIGHT + HOUR_MS - 1 },
    { timeMs: NOW - DAY_MS - 1 },
  ];
  const hour = { fromMs: MIDNIGHT, toMs: MIDNIGHT + HOUR_MS };
  expect((await dashboard(rows, hour)).volume).toEqual({ totalRequests: 2, requests24h: 4 });
  const { volume, cost, series } = await dashboard(rows, { orgId: "org_b" });
  expect(volume).toEqual({ totalRequests: 1, requests24h: 1 });
  expect(cost.byProvider).toEqual([{ provider: "other", requests: 1, costNanoUsd: 5, unpricedRequests: 0 }]);
  expect(series.reduce((sum, point) => sum + point.requests, 0)).toBe(1);
});

test.each([
  ["an hour", MIDNIGHT, MIDNIGHT + HOUR_MS, 1, HOUR_MS],
  ["an hour across two", MIDNIGHT + 1, MIDNIGHT + HOUR_MS + 1, 2, HOUR_MS],
  ["three days", NOW - 3 * DAY_MS, NOW, 73, HOUR_MS],
  ["a little more than three days", NOW - 3 * DAY_MS - 1, NOW, 4, DAY_MS],
  ["thirty days", NOW - 30 * DAY_MS, NOW, 31, DAY_MS],
  ["into the future", MIDNIGHT, MIDNIGHT + 30 * DAY_MS, 1, DAY_MS],
  ["fifty years", 0, NOW, 1000, DAY_MS],
  ["an empty range", NOW, NOW, 1, HOUR_MS],
])("the series of %s has no gaps", async (_, fromMs, toMs, points, stepMs) => {
  const { series } = await dashboard([{ timeMs: MIDNIGHT + 1 }], { fromMs, toMs });
  expect(series).toHaveLength(points);
  series.slice(1).forEach((point, n) => {
    expect(point.timeMs - (series[n]?.timeMs ?? 0)).toBe(stepMs);
  });
  for (const point of series) {
    const isIts = point.timeMs === MIDNIGHT;
    const empty = { timeMs: point.timeMs, requests: 0, okRequests: 0, costNanoUsd: 0 };
    expect(point).toEqual(isIts ? { ...empty, requests: 1, okRequests: 1, costNanoUsd: 390_900 } : empty);
  }
});
