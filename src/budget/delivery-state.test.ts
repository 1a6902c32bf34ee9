import { expect, test } from "bun:test";
import { stateAfter } from "./delivery-state.ts";

const HOUR_MS = 3_600_000;

test("what was delivered is not tried again, after however many tries", () => {
  for (const attempts of [0, 1, 40])
    expect(stateAfter({ attempts, time_ms: 0 }, true, 99 * HOUR_MS, 0.5)).toEqual({
      ...{ delivery: "delivered", attempts: attempts + 1, next_try_ms: null },
    });
});

/** Tries until it is given up: when each was made, reckoned from the alert. */
function triesUntilGivenUp(random: number): number[] {
  const tries: number[] = [];
  let state = stateAfter({ attempts: 0, time_ms: 7 }, false, 7, random);
  tries.push(0);
  while (state.next_try_ms !== null) {
    tries.push(state.next_try_ms - 7);
    state = stateAfter({ attempts: state.attempts, time_ms: 7 }, false, state.next_try_ms, random);
  }
  expect(state).toEqual({ delivery: "given_up", attempts: tries.length, next_try_ms: null });
  return tries;
}

test.each([
  0, 0.25, 0.5, 0.999999,
])("with a jitter of %p the tries space out, and end within a day", (random) => {
  const tries = triesUntilGivenUp(random);
  const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
  expect(tries.at(-1)).toBeLessThanOrEqual(24 * HOUR_MS);
  expect(tries.at(-1)).toBeGreaterThan(22.9 * HOUR_MS);
  expect(gaps[0]).toBe(Math.round(5_000 * (0.5 + random / 2)));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(HOUR_MS);
  for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual(gaps[index - 1] ?? 0);
  expect(tries.length).toBeLessThan(70);
});

test("two that failed together do not come back together", () => {
  const [early, late] = [0, 0.9].map(
    (random) => stateAfter({ attempts: 5, time_ms: 0 }, false, 0, random).next_try_ms ?? 0,
  );
  expect((late ?? 0) - (early ?? 0)).toBeGreaterThan(60_000);
});

test("an alert older than a day is given up after one call", () => {
  const state = stateAfter({ attempts: 0, time_ms: 0 }, false, 25 * HOUR_MS, 0);
  expect(state).toEqual({ delivery: "given_up", attempts: 1, next_try_ms: null });
});
