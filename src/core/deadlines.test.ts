import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { Deadlines } from "./deadlines.ts";

const TICK_MS = 20;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function start() {
  const clock = fixedClock(0);
  const deadlines = new Deadlines(clock, TICK_MS);
  const expired: string[] = [];
  const pass = (ms: number) => {
    clock.advance(ms);
    jest.advanceTimersByTime(ms);
  };
  const add = (inMs: number, name: string) => deadlines.add(inMs, () => void expired.push(name));
  return { deadlines, expired, pass, add };
}

test("a deadline expires once, late by at most the tick, and not before", () => {
  const { expired, pass, add } = start();
  add(100, "a");
  pass(80);
  expect(expired).toEqual([]);
  pass(40);
  expect(expired).toEqual(["a"]);
  pass(10_000);
  expect(expired).toEqual(["a"]);
});

test("a deadline that is moved expires at its new time, also after it expired", () => {
  const { expired, pass, add } = start();
  const deadline = add(100, "a");
  pass(60);
  deadline.atMs = 300;
  pass(200);
  expect(expired).toEqual([]);
  pass(60);
  expect(expired).toEqual(["a"]);
  deadline.atMs = 400;
  pass(100);
  expect(expired).toEqual(["a", "a"]);
});

test("a deadline that ended never expires, and one at infinity waits", () => {
  const { deadlines, expired, pass, add } = start();
  deadlines.end(add(100, "ended"));
  add(100, "waiting").atMs = Number.POSITIVE_INFINITY;
  pass(10_000);
  expect(expired).toEqual([]);
  expect(deadlines.size).toBe(1);
});

test("one that ends another while expiring is obeyed", () => {
  const { deadlines, expired, pass, add } = start();
  deadlines.add(100, () => deadlines.end(second));
  const second = add(100, "second");
  pass(200);
  expect(expired).toEqual([]);
});

test("the timer runs only while something is watched, and starts again", () => {
  const { deadlines, expired, pass, add } = start();
  expect(jest.getTimerCount()).toBe(0);
  deadlines.end(add(50, "a"));
  pass(TICK_MS);
  expect(jest.getTimerCount()).toBe(0);
  add(50, "b");
  expect(jest.getTimerCount()).toBe(1);
  pass(80);
  expect(expired).toEqual(["b"]);
});

test("ten thousand deadlines share one timer", () => {
  const { deadlines, expired, pass, add } = start();
  for (let i = 0; i < 10_000; i++) add(100, "x");
  expect(jest.getTimerCount()).toBe(1);
  pass(120);
  expect(expired).toHaveLength(10_000);
  expect(deadlines.size).toBe(10_000);
});
