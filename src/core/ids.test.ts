import { expect, test } from "bun:test";
import fc from "fast-check";
import { fixedClock } from "../testing/clock.ts";
import {
  RequestNumbers,
  randomBase62,
  randomFraction,
  randomId,
  requestIdOf,
  sequenceOfRequestId,
} from "./ids.ts";

const NOVEMBER_2026_MS = Date.UTC(2026, 10, 22);

test("a request number becomes an id and comes back, for every number a double holds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (sequence) => {
      const id = requestIdOf(sequence);
      expect(id).toMatch(/^req_[0-9a-v]{11}$/);
      expect(sequenceOfRequestId(id)).toBe(sequence);
    }),
  );
});

test("ids sort as their numbers do", () => {
  const pair = fc.tuple(fc.maxSafeNat(), fc.maxSafeNat());
  fc.assert(fc.property(pair, ([a, b]) => requestIdOf(a) < requestIdOf(b) === a < b));
});

test.each([
  "",
  "req_",
  "req_0000000000",
  "req_000000000000",
  "req_0000000000w",
  "req_0000000000U",
  "req_zzzzzzzzzzz",
  "key_00000000000",
  "req_00000000 00",
  "req_0000000000é",
])("%p is no request id", (id) => expect(sequenceOfRequestId(id)).toBeNull());

test("numbers rise in a burst within one millisecond, past its 4096, and stay below 2^53", () => {
  const numbers = new RequestNumbers(fixedClock(NOVEMBER_2026_MS), 0);
  let last = 0;
  for (let i = 0; i < 10_000; i++) {
    const next = numbers.next();
    expect(next).toBeGreaterThan(last);
    last = next;
  }
  expect(Number.isSafeInteger(last)).toBe(true);
});

test("a clock set back never repeats a number, nor does a store ahead of the clock", () => {
  const clock = fixedClock(NOVEMBER_2026_MS);
  const before = new RequestNumbers(clock, 0);
  const first = before.next();
  clock.setNow(NOVEMBER_2026_MS - 86_400_000);
  expect(before.next()).toBe(first + 1);
  expect(new RequestNumbers(clock, first + 500).next()).toBe(first + 501);
});

test("a number tells its millisecond", () => {
  const clock = fixedClock(NOVEMBER_2026_MS);
  const numbers = new RequestNumbers(clock, 0);
  const first = numbers.next();
  clock.advance(1);
  expect(numbers.next() - first).toBe(4096);
});

test("random text has the length and the letters asked for, and does not repeat", () => {
  const seen = new Set(Array.from({ length: 2000 }, () => randomId("key")));
  expect(seen.size).toBe(2000);
  for (const id of seen) expect(id).toMatch(/^key_[0-9A-Za-z]{20}$/);
  expect(randomBase62(0)).toBe("");
});

test("no character is likelier than another", () => {
  const counts = new Map<string, number>();
  for (const character of randomBase62(62_000)) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  /** 1000 expected of each; six standard deviations. */
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(190);
});

test("a random fraction is at least 0 and below 1", () => {
  const fractions = Array.from({ length: 2000 }, randomFraction);
  expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
  expect(new Set(fractions).size).toBeGreaterThan(1990);
});
