import { describe, expect, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { Health } from "./health.ts";

function scene() {
  const clock = fixedClock(1_800_000_000_000);
  const health = new Health(clock);
  const fail = (serial = health.began("a")) => {
    const rest = health.failed("a", "network", null, serial);
    health.ended("a", serial);
    return rest;
  };
  const pass = (serial = health.began("a")) => {
    health.succeeded("a", 10, serial);
    health.ended("a", serial);
  };
  const state = () => health.view("a").breaker;
  return { clock, health, fail, pass, state };
}

describe("opening", () => {
  test("calls under way when it opens neither prolong the rest nor end it", () => {
    const { clock, health, fail, pass, state } = scene();
    const underWay = Array.from({ length: 50 }, () => health.began("a"));
    for (const serial of underWay.slice(0, 3)) fail(serial);
    expect(state()).toBe("open");
    for (const serial of underWay.slice(3, 40)) expect(fail(serial)).toBeNull();
    for (const serial of underWay.slice(40)) pass(serial);
    expect(state()).toBe("open");
    clock.advance(4_999);
    expect(health.rest("a")).not.toBeNull();
    clock.advance(1);
    expect(health.rest("a")).toBeNull();
  });

  test("half of twenty within 30 s opens it, though never three in a row", () => {
    const { fail, pass, state } = scene();
    for (let i = 0; i < 9; i++) {
      pass();
      fail();
    }
    pass();
    expect(state()).toBe("closed");
    fail();
    expect(state()).toBe("open");
  });

  test("less than half does not, nor does what lies longer back", () => {
    const { fail, pass, state } = scene();
    for (let i = 0; i < 30; i++) {
      pass();
      pass();
      fail();
    }
    expect(state()).toBe("closed");
    const other = scene();
    for (let i = 0; i < 40; i++) {
      other.fail();
      other.pass();
      other.clock.advance(4_000);
    }
    expect(other.state()).toBe("closed");
  });
});

describe("recovery", () => {
  function halfOpen() {
    const made = scene();
    for (let i = 0; i < 3; i++) made.fail();
    made.clock.advance(5_000);
    expect(made.state()).toBe("half_open");
    return made;
  }

  test("one probe at a time; the end of an older call does not let a second in", () => {
    const made = scene();
    const old = made.health.began("a");
    for (let i = 0; i < 3; i++) made.fail();
    made.clock.advance(5_000);
    const probe = made.health.began("a");
    expect(made.health.rest("a")).not.toBeNull();
    made.fail(old);
    expect(made.health.rest("a")).not.toBeNull();
    made.health.ended("a", probe);
    expect(made.health.rest("a")).toBeNull();
  });

  test("behind a good probe the load is let in step by step", () => {
    const { health, pass, state } = halfOpen();
    pass();
    expect(state()).toBe("ramping");
    const first = health.began("a");
    expect(health.rest("a")).toBeNull();
    const second = health.began("a");
    expect(health.rest("a")).not.toBeNull();
    pass(first);
    expect(health.rest("a")).toBeNull();
    pass(second);
    for (let i = 0; i < 40; i++) pass();
    expect(state()).toBe("closed");
    for (let i = 0; i < 100; i++) health.began("a");
    expect(health.rest("a")).toBeNull();
  });

  test("a refusal of the caller's request shows that it is there", () => {
    const { health, state } = halfOpen();
    const probe = health.began("a");
    health.failed("a", "bad_request", null, probe);
    health.ended("a", probe);
    expect(state()).toBe("ramping");
  });

  test("a client that leaves shows nothing", () => {
    const { health, state } = halfOpen();
    const probe = health.began("a");
    health.failed("a", "canceled", null, probe);
    health.ended("a", probe);
    expect(state()).toBe("half_open");
  });
});

test("a 429 rests to the millisecond, whatever succeeds or fails meanwhile", () => {
  const { clock, health, pass, fail } = scene();
  const underWay = health.began("a");
  health.failed("a", "rate_limited", 7_000);
  pass(underWay);
  pass();
  expect(health.rest("a")?.reason).toBe("rate_limited");
  health.failed("a", "rate_limited", 1_000);
  for (let i = 0; i < 3; i++) fail();
  clock.advance(6_999);
  expect(health.rest("a")?.reason).toBe("rate_limited");
  clock.advance(1);
  expect(health.rest("a")).toBeNull();
});

describe("a restart", () => {
  function restarted(changes: (kept: Record<string, unknown>) => unknown, afterMs: number) {
    const { clock, health, pass } = scene();
    pass();
    health.failed("limited", "rate_limited", 20_000);
    for (let i = 0; i < 3; i++) health.failed("broken", "network", null, health.began("broken"));
    const kept = JSON.parse(JSON.stringify(health.snapshot()));
    const later = fixedClock(clock.now() + afterMs);
    const next = new Health(later);
    next.restore(changes(kept));
    return { next, later };
  }

  test("keeps who is limited, who is broken and who is quick", () => {
    const { next, later } = restarted((kept) => kept, 2_000);
    expect(next.rest("limited")?.reason).toBe("rate_limited");
    expect(next.view("broken").breaker).toBe("open");
    expect(next.ttftP50Ms("a")).toBe(10);
    later.advance(3_000);
    expect(next.view("broken").breaker).toBe("half_open");
    later.advance(14_999);
    expect(next.rest("limited")).not.toBeNull();
    later.advance(1);
    expect(next.rest("limited")).toBeNull();
  });

  test("forgets what is stale", () => {
    const { next } = restarted((kept) => kept, 11 * 60_000);
    for (const id of ["limited", "broken", "a"])
      expect(next.view(id)).toEqual({
        ...{ rest: null, breaker: "closed", inFlight: 0, ttftP50Ms: null, lastFault: null },
      });
  });

  test.each([
    ["nothing", () => null],
    ["no object", () => "health"],
    [
      "strange states",
      () => ({
        savedMs: 1,
        deployments: { a: null, limited: { timed: { reason: "bored", untilMs: 9e15 } } },
      }),
    ],
    [
      "times out of the future",
      (kept: Record<string, unknown>) => ({
        ...kept,
        savedMs: 9e15,
        deployments: {
          limited: { timed: { reason: "rate_limited", untilMs: 9e15 }, latency: [[9e15, 1], ["a", 2], 3] },
        },
      }),
    ],
  ])("%s in the store is no reason to fall", (_, changes) => {
    const { next } = restarted(changes, 0);
    expect(next.rest("limited")).toBeNull();
    expect(next.ttftP50Ms("limited")).toBeNull();
  });
});

test("latency older than ten minutes counts as unmeasured", () => {
  const { clock, health, pass } = scene();
  pass();
  clock.advance(10 * 60_000 + 1);
  expect(health.ttftP50Ms("a")).toBeNull();
});

test("what is reset may be called at once, and remembers how fast it was and what went wrong", () => {
  const { clock, health, pass } = scene();
  pass();
  for (let faults = 0; faults < 3; faults++) health.failed("a", "overloaded", null);
  health.failed("a", "rate_limited", 60_000);
  expect(health.rest("a")).not.toBeNull();
  const seen = health.ttftP50Ms("a");
  health.reset("a");
  health.reset("nobody");
  expect(health.view("a")).toMatchObject({ rest: null, breaker: "closed", ttftP50Ms: seen });
  expect(health.view("a").lastFault).toEqual({ kind: "rate_limited", timeMs: clock.now() });
  expect(health.isCalm()).toBe(true);
});
