import { expect, test } from "bun:test";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS, partsOf } from "./rollup-tiers.ts";

const START_MS = Date.UTC(2026, 0, 1);
const moment = fc.integer({ min: START_MS, max: START_MS + 5 * DAY_MS });
const wholeHour = fc.integer({ min: 0, max: 120 }).map((hours) => START_MS + hours * HOUR_MS);
const someState = fc
  .tuple(wholeHour, wholeHour)
  .map(([a, b]) => ({ compactedUntilMs: Math.max(a, b), rawSinceMs: Math.min(a, b) }));
const lengths = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** How often a request of that time is counted, wherever its sums are. */
function timesCounted(timeMs: number, isMoved: boolean, parts: ReturnType<typeof partsOf>): number {
  const begins = (of: keyof typeof lengths) => Math.floor(timeMs / lengths[of]) * lengths[of];
  const kept = parts.rollups.filter(({ of, fromMs, toMs }) => {
    if (isMoved === (of === "minute")) return false;
    return begins(of) >= fromMs && begins(of) < toMs;
  });
  const raw = parts.raw.filter(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
  return kept.length + raw.length;
}

test("every request of the while is counted once, no other ever, whether its sums were moved or not", () => {
  fc.assert(
    fc.property(moment, moment, moment, someState, fc.boolean(), (fromMs, toMs, timeMs, state, wasLate) => {
      const isGone = timeMs < state.rawSinceMs;
      const countsAt = isGone ? Math.floor(timeMs / HOUR_MS) * HOUR_MS : timeMs;
      const isMoved = timeMs < state.compactedUntilMs && !wasLate;
      const parts = partsOf({ fromMs, toMs }, state);
      const expected = countsAt >= fromMs && countsAt < toMs ? 1 : 0;
      expect(timesCounted(timeMs, isMoved, parts)).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
});

test("however long the while is, less than two hours of rows and two days of hours are read, and none that may be gone", () => {
  fc.assert(
    fc.property(moment, moment, someState, (fromMs, toMs, state) => {
      const { rollups, raw } = partsOf({ fromMs, toMs }, state);
      const length = (spans: readonly { fromMs: number; toMs: number }[]) =>
        spans.reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
      expect(length(raw)).toBeLessThan(2 * HOUR_MS);
      expect(length(raw.filter((span) => span.fromMs >= state.compactedUntilMs))).toBeLessThan(2 * MINUTE_MS);
      expect(length(rollups.filter(({ of }) => of === "hour"))).toBeLessThan(2 * DAY_MS);
      for (const span of raw) expect(span.fromMs).toBeGreaterThanOrEqual(state.rawSinceMs);
      for (const { of, ...span } of rollups)
        for (const ms of [span.fromMs, span.toMs]) expect(ms % lengths[of]).toBe(0);
    }),
    { numRuns: 2_000 },
  );
});

test("a while without an end, or that ends before it begins", () => {
  const state = { compactedUntilMs: START_MS, rawSinceMs: 0 };
  const ever = partsOf({ fromMs: 0, toMs: Number.POSITIVE_INFINITY }, state);
  expect(ever.raw).toEqual([]);
  expect(ever.rollups.map(({ of }) => of)).toEqual(["minute", "day"]);
  expect(partsOf({ fromMs: 5, toMs: 4 }, state)).toEqual({ rollups: [], raw: [] });
});
