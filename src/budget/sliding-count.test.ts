import { expect, test } from "bun:test";
import fc from "fast-check";
import { SlidingCount } from "./sliding-count.ts";

interface Added {
  atMs: number;
  amount: number;
}

const steps = fc.array(
  fc.record({ waitMs: fc.double({ min: 0, max: 30_000, noNaN: true }), amount: fc.nat({ max: 1_000 }) }),
  { maxLength: 60 },
);

const sumSince = (added: readonly Added[], fromMs: number) =>
  added.filter(({ atMs }) => atMs > fromMs).reduce((sum, { amount }) => sum + amount, 0);

test("counts all of the last 60 seconds, and nothing older than 61", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), steps, (startMs, all) => {
      const count = new SlidingCount();
      const added: Added[] = [];
      let nowMs = startMs;
      for (const { waitMs, amount } of all) {
        nowMs += waitMs;
        count.add(nowMs, amount);
        added.push({ atMs: nowMs, amount });
        expect(count.at(nowMs)).toBeGreaterThanOrEqual(sumSince(added, nowMs - 60_000));
        expect(count.at(nowMs)).toBeLessThanOrEqual(sumSince(added, nowMs - 61_000));
      }
    }),
  );
});

test("the wait it tells is exact: enough is gone then, and not a moment before", () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 5_000 }), (all, most) => {
      const count = new SlidingCount();
      let nowMs = 1_234.5;
      for (const { waitMs, amount } of all) count.add((nowMs += waitMs), amount);
      const waitMs = count.waitMs(nowMs, most);
      expect(waitMs).toBeLessThanOrEqual(61_000);
      if (waitMs === 0) return expect(count.at(nowMs)).toBeLessThanOrEqual(most);
      expect(count.at(nowMs + waitMs - 0.5)).toBeGreaterThan(most);
      // A thousandth more, for the rounding of the sum.
      expect(count.at(nowMs + waitMs + 0.001)).toBeLessThanOrEqual(most);
    }),
  );
});

test("what is taken back is never counted below nothing, nor out of what others added", () => {
  fc.assert(
    fc.property(steps, fc.array(fc.nat({ max: 59 })), (all, order) => {
      const count = new SlidingCount();
      const added: Added[] = [];
      let nowMs = 0;
      for (const { waitMs, amount } of all) {
        nowMs += waitMs;
        count.add(nowMs, amount);
        added.push({ atMs: nowMs, amount });
      }
      for (const index of new Set(order)) {
        const one = added[index];
        if (!one) continue;
        count.takeBack(nowMs, one.atMs, one.amount);
        one.amount = 0;
        expect(count.at(nowMs)).toBeGreaterThanOrEqual(sumSince(added, nowMs - 60_000));
        expect(count.at(nowMs)).toBeLessThanOrEqual(sumSince(added, nowMs - 61_000));
      }
      expect(count.at(nowMs + 61_000)).toBe(0);
    }),
  );
});

test("what has left the window is not taken back from what came after it", () => {
  const count = new SlidingCount();
  count.add(0, 5);
  // The same place among the 61 slots, one round later.
  count.add(61_000, 7);
  count.takeBack(61_000, 0, 5);
  expect(count.at(61_000)).toBe(7);
});

test("a second has no edge: what came late in one minute counts early in the next", () => {
  const count = new SlidingCount();
  count.add(59_999, 10);
  expect(count.at(60_001)).toBe(10);
  expect(count.at(119_999)).toBe(10);
  expect(count.at(120_000)).toBe(0);
});

test.each([
  ["nothing is counted", [], 0, 0],
  ["one was counted", [500], 500, 60_500],
  ["the last one decides", [0, 30_000], 30_000, 61_000],
])("it is empty after %s: %j", (_, times, nowMs, expected) => {
  const count = new SlidingCount();
  for (const atMs of times) count.add(atMs, 1);
  expect(count.resetMs(nowMs)).toBe(expected);
  expect(count.at(nowMs + expected)).toBe(0);
});

test("less than nothing cannot be waited for", () => {
  const count = new SlidingCount();
  expect(count.waitMs(0, -1)).toBe(Number.POSITIVE_INFINITY);
});

test("a long idle time empties it in one step", () => {
  const count = new SlidingCount();
  count.add(0, 3);
  expect(count.at(1e12)).toBe(0);
  count.add(1e12, 2);
  expect(count.at(1e12 + 59_000)).toBe(2);
});
