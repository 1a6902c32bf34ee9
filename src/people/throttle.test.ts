import { expect, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { Throttle } from "./throttle.ts";

const MINUTE_MS = 60_000;

function scene() {
  const clock = fixedClock(0);
  const throttle = new Throttle(clock);
  const fail = (times: number, account = "a@b.com", address: string | null = "10.0.0.1") => {
    for (let i = 0; i < times; i++) throttle.begin(account, address);
  };
  return { clock, throttle, fail };
}

test("the sixth attempt in five minutes waits until the first is five minutes ago", () => {
  const { clock, throttle, fail } = scene();
  fail(4);
  clock.advance(MINUTE_MS);
  expect(throttle.waitMs("a@b.com", "10.0.0.1")).toBe(0);
  fail(1);
  expect(throttle.waitMs("a@b.com", "10.0.0.1")).toBe(4 * MINUTE_MS);
  clock.advance(4 * MINUTE_MS);
  expect(throttle.waitMs("a@b.com", "10.0.0.1")).toBe(0);
});

test("who fails elsewhere locks nobody out: another address and another account go on", () => {
  const { throttle, fail } = scene();
  fail(5);
  expect(throttle.waitMs("a@b.com", "10.0.0.2")).toBe(0);
  expect(throttle.waitMs("c@b.com", "10.0.0.1")).toBe(0);
});

test.each([
  [
    "one account from fifty addresses",
    (i: number): [string, string] => ["a@b.com", `10.0.0.${i}`],
    "a@b.com",
    "10.9.9.9",
  ],
  [
    "fifty accounts from one address",
    (i: number): [string, string] => [`${i}@b.com`, "10.0.0.1"],
    "new@b.com",
    "10.0.0.1",
  ],
])("%s are the most in fifteen minutes", (_, attempt, account, address) => {
  const { clock, throttle } = scene();
  for (let i = 0; i < 49; i++) throttle.begin(...attempt(i));
  expect(throttle.waitMs(account, address)).toBe(0);
  throttle.begin(...attempt(49));
  expect(throttle.waitMs(account, address)).toBe(15 * MINUTE_MS);
  clock.advance(15 * MINUTE_MS);
  expect(throttle.waitMs(account, address)).toBe(0);
});

test("attempts under way count until they succeed, and then no more", () => {
  const { throttle } = scene();
  const attempts = Array.from({ length: 5 }, () => throttle.begin("a@b.com", null));
  expect(throttle.waitMs("a@b.com", null)).toBeGreaterThan(0);
  attempts[0]?.succeeded();
  expect(throttle.waitMs("a@b.com", null)).toBe(0);
});

test("names made up to fill the memory push out the oldest only", () => {
  const { throttle, fail } = scene();
  for (let i = 0; i < 30_000; i++) throttle.begin(`${i}@made-up.com`, `address ${i}`);
  fail(5);
  expect(throttle.waitMs("a@b.com", "10.0.0.1")).toBeGreaterThan(0);
  expect(throttle.waitMs("0@made-up.com", "address 0")).toBe(0);
});
