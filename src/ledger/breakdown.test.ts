import { expect, test } from "bun:test";
import fc from "fast-check";
import { completionTokens, promptTokens } from "../core/usage.ts";
import { openStore } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { type History, play, someEvents } from "../testing/ledger-history.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import {
  BREAKDOWN_DIMENSIONS,
  type BreakdownDimension,
  type BreakdownLine,
  breakdownOf,
  stepFor,
} from "./breakdown.ts";
import type { LedgerRow } from "./row.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2026, 4, 4, 21, 40, 3, 7);
const TO_MS = FROM_MS + 30 * HOUR_MS;

const VALUES: Record<BreakdownDimension, (row: LedgerRow) => string | boolean | null> = {
  status: (row) => row.status,
  fallback: (row) => row.fallbackUsed,
  provider: (row) => row.provider,
  model: (row) => row.model,
};

/** Where its raw row may be gone, a request counts where its hour begins. */
function countsAt({ timeMs }: LedgerRow, { rawSinceMs }: History): number {
  return timeMs < rawSinceMs ? Math.floor(timeMs / HOUR_MS) * HOUR_MS : timeMs;
}

function figuresOf(rows: readonly LedgerRow[]) {
  const sum = (of: (row: LedgerRow) => number | null | undefined) =>
    rows.reduce((total, row) => total + (of(row) ?? 0), 0);
  const isRated = ({ status }: LedgerRow) => status !== "refused" && status !== "canceled";
  const isOk = ({ status }: LedgerRow) => status === "ok";
  return {
    requests: rows.length,
    okRequests: rows.filter(isOk).length,
    ratedRequests: rows.filter(isRated).length,
    savedRequests: rows.filter((row) => isOk(row) && row.fallbackUsed).length,
    unpricedRequests: rows.filter((row) => row.costNanoUsd === null && row.usageSource !== "none").length,
    costNanoUsd: sum((row) => row.costNanoUsd),
    promptTokens: sum(({ usage }) => usage && promptTokens(usage)),
    cachedTokens: sum((row) => row.usage?.cachedRead),
    completionTokens: sum(({ usage }) => usage && completionTokens(usage)),
  };
}

const namesOf = (names: object, by: readonly BreakdownDimension[], timeMs: number | null) =>
  JSON.stringify([timeMs, ...by.map((name) => (names as Record<string, unknown>)[name])]);

function plain({ names: _names, timeMs: _time, isOthers: _others, ...figures }: BreakdownLine) {
  const { avgLatencyMs: _latency, avgTtftMs: _ttft, ...sums } = figures;
  return sums;
}

const someAsked = fc.record({
  offset: fc.integer({ min: -HOUR_MS, max: 30 * HOUR_MS }),
  length: fc.oneof(fc.integer({ min: 1, max: 2 * HOUR_MS }), fc.integer({ min: 1, max: 90 * HOUR_MS })),
  by: fc.subarray([...BREAKDOWN_DIMENSIONS], { maxLength: 2 }),
  isStepped: fc.boolean(),
  orgId: fc.constantFrom(undefined, "org_a"),
  model: fc.constantFrom(undefined, "gpt-4o"),
});

test("whatever was written, moved or deleted, lines and total are the sums of the rows, by minute, hour and day", async () => {
  await fc.assert(
    fc.asyncProperty(
      someEvents(FROM_MS, TO_MS),
      fc.array(someAsked, { minLength: 6, maxLength: 6 }),
      async (events, many) => {
        const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(TO_MS) });
        if ("problem" in store) throw new Error(store.problem);
        const history = await play(store, events, FROM_MS);
        for (const { offset, length, by, isStepped, orgId, model } of many) {
          const span = { fromMs: FROM_MS + offset, toMs: FROM_MS + offset + length };
          const match = { ...(orgId && { orgId }), ...(model && { model }) };
          const told = await breakdownOf(store, { match, span, by, isStepped, top: 100 });
          const stepMs = isStepped ? stepFor(span) : null;
          expect(told.stepMs).toBe(stepMs);
          const rows = history.rows.filter((row) => {
            const timeMs = countsAt(row, history);
            const isIn = timeMs >= span.fromMs && timeMs < span.toMs;
            return isIn && (!orgId || row.orgId === orgId) && (!model || row.model === model);
          });
          const step = (row: LedgerRow) => {
            const timeMs = stepMs === MINUTE_MS ? countsAt(row, history) : row.timeMs;
            return stepMs && Math.floor(timeMs / stepMs) * stepMs;
          };
          const wanted = Map.groupBy(rows, (row) =>
            namesOf(Object.fromEntries(by.map((name) => [name, VALUES[name](row)])), by, step(row)),
          );
          expect(
            new Map(told.lines.map((line) => [namesOf(line.names, by, line.timeMs), plain(line)])),
          ).toEqual(new Map([...wanted].map(([name, group]) => [name, figuresOf(group)])));
          const { avgLatencyMs, avgTtftMs, ...total } = told.total;
          expect(total).toEqual(figuresOf(rows));
          const answered = rows.filter(({ status }) => status === "ok");
          if (answered.length === 0) expect([avgLatencyMs, avgTtftMs]).toEqual([null, null]);
          else
            expect(avgLatencyMs).toBeCloseTo(
              answered.reduce((sum, row) => sum + Math.round(row.latencyMs * 1000), 0) /
                answered.length /
                1000,
              3,
            );
        }
        await store.close();
      },
    ),
    { numRuns: 30 },
  );
});

test("what is beyond the dearest is one line, who is nobody another, and nothing is lost", async () => {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(TO_MS) });
  if ("problem" in store) throw new Error(store.problem);
  const row = (model: string | null, costNanoUsd: number) => ({
    ...{ timeMs: FROM_MS, model, costNanoUsd, orgId: "org_a", status: "ok" as const },
  });
  const rows = [row("a", 1), row("b", 30), row("c", 20), row("d", 2), row(null, 5)];
  await play(store, [{ kind: "write", rows, again: false }], FROM_MS);
  const span = { fromMs: FROM_MS, toMs: FROM_MS + 1 };
  const { lines, total } = await breakdownOf(store, {
    ...{ match: {}, span, by: ["model"], isStepped: false, top: 2 },
  });
  expect(lines.map(({ names, isOthers, costNanoUsd }) => [names.model, isOthers, costNanoUsd])).toEqual([
    ["b", false, 30],
    ["c", false, 20],
    [null, false, 5],
    [undefined, true, 3],
  ]);
  expect(total.costNanoUsd).toBe(58);
  await store.close();
});
