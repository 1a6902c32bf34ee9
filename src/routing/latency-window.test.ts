import { expect, test } from "bun:test";
import { LATENCY_WINDOW_MS, LatencyWindow } from "./latency-window.ts";

/** Figures one after the other, so far apart. */
function windowOf(figures: readonly number[], gapMs: number): { window: LatencyWindow; nowMs: number } {
  const window = new LatencyWindow();
  figures.forEach((ms, place) => {
    window.add(ms, place * gapMs);
  });
  return { window, nowMs: (figures.length - 1) * gapMs };
}

const times = (count: number, ms: number): number[] => Array(count).fill(ms);

test.each<[string, number[], number, number | null]>([
  ["nothing", [], 1, null],
  ["one figure", [100], 1, 100],
  ["an odd number", [300, 100, 200], 1, 200],
  ["an even number: the lower of the middle", [300, 100], 1, 100],
  ["more than 64: the last ones", [...times(40, 90), ...times(64, 100)], 1, 100],
  ["two that are faster are luck", [...times(30, 800), 100, 100], 20_000, 800],
  ["three that are faster are a change", [...times(30, 800), 100, 110, 120], 20_000, 110],
  ["as far as a run of them is clear", [...times(9, 300), 200, 200, 200], 20_000, 200],
  ["three that are hardly faster are luck", [...times(9, 300), 201, 201, 201], 20_000, 300],
  ["three at one moment are of one kind", [...times(9, 300), 100, 100, 100], 1_000, 300],
  ["three in a row that are slower are luck", [...times(9, 100), 900, 900, 900], 20_000, 100],
  ["as many that are slower are a change", [...times(9, 100), ...times(10, 900)], 20_000, 900],
  ["not in a row", [...times(9, 300), 100, 100, 300, 100], 20_000, 300],
])("the median of %s", (_, figures, gapMs, expected) => {
  const { window, nowMs } = windowOf(figures, gapMs);
  expect(window.p50Ms(nowMs)).toBe(expected);
});

test("figures before a change are forgotten, and those after it count like any others", () => {
  const { window, nowMs } = windowOf([...times(30, 800), 100, 100, 100], 5_000);
  expect(window.recent(nowMs).map(({ ms }) => ms)).toEqual([100, 100, 100]);
  for (const ms of [400, 400, 400, 400]) window.add(ms, nowMs + 5_000);
  expect(window.p50Ms(nowMs + 5_000)).toBe(400);
});

test("figures older than ten minutes say nothing", () => {
  const { window } = windowOf([100, 900, 900], 60_000);
  expect(window.p50Ms(LATENCY_WINDOW_MS)).toBe(900);
  window.add(100, LATENCY_WINDOW_MS + 1);
  expect(window.recent(LATENCY_WINDOW_MS + 1)).toHaveLength(3);
  expect(window.p50Ms(3 * LATENCY_WINDOW_MS)).toBeNull();
});

test.each<[number[], boolean]>([
  [[], false],
  [[100], false],
  [[300, 300, 200], true],
  [[300, 300, 201], false],
  [[300, 300, 900], false],
])("after %j it seems faster than it was known: %j", (figures, expected) => {
  expect(windowOf(figures, 1_000).window.seemsFaster()).toBe(expected);
});
