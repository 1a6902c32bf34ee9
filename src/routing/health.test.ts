import { describe, expect, test } from "bun:test";
import type { FaultKind } from "../core/faults.ts";
import { fixedClock } from "../testing/clock.ts";
import { Health } from "./health.ts";

function started() {
  const clock = fixedClock(1_000_000);
  const health = new Health(clock);
  const call = (outcome: FaultKind | "ok", retryAfterMs: number | null = null) => {
    health.began("a");
    if (outcome === "ok") health.succeeded("a", 10);
    const rest = outcome === "ok" ? null : health.failed("a", outcome, retryAfterMs);
    health.ended("a");
    return rest;
  };
  return { clock, health, call };
}

describe("rest", () => {
  const rests: [FaultKind, number | null, number][] = [
    ["rate_limited", 1234, 1234],
    ["rate_limited", null, 5_000],
    ["upstream_auth", null, 60_000],
    ["model_missing", null, 60_000],
  ];
  test.each(rests)("%s with retry-after %p rests %p ms, then not", (kind, retryAfterMs, restMs) => {
    const { clock, health, call } = started();
    call(kind, retryAfterMs);
    clock.advance(restMs - 1);
    expect(health.rest("a")?.reason).toBe(kind);
    clock.advance(1);
    expect(health.rest("a")).toBeNull();
  });

  test.each([
    "bad_request",
    "content_refused",
    "context_too_long",
    "canceled",
  ] as const)("%s never rests anybody", (kind) => {
    const { health, call } = started();
    for (let i = 0; i < 50; i++) call(kind);
    expect(health.rest("a")).toBeNull();
  });

  test("two faults in a row rest nothing, the third does; a success in between starts the count anew", () => {
    const { health, call } = started();
    call("network");
    call("timeout");
    call("ok");
    call("overloaded");
    call("malformed");
    expect(health.rest("a")).toBeNull();
    call("interrupted");
    expect(health.rest("a")?.reason).toBe("interrupted");
  });

  test("each failed probe doubles the rest up to 30 s; a success ends it", () => {
    const { clock, health, call } = started();
    call("network");
    call("network");
    call("network");
    for (const restMs of [5_000, 10_000, 20_000, 30_000, 30_000]) {
      clock.advance(restMs - 1);
      expect(health.rest("a")).not.toBeNull();
      clock.advance(1);
      expect(health.rest("a")).toBeNull();
      call("network");
    }
    clock.advance(30_000);
    call("ok");
    expect(health.rest("a")).toBeNull();
    call("network");
    expect(health.rest("a")).toBeNull();
  });

  test("a half-open deployment takes one probe at a time", () => {
    const { clock, health, call } = started();
    call("network");
    call("network");
    call("network");
    clock.advance(5_000);
    expect(health.rest("a")).toBeNull();
    health.began("a");
    expect(health.rest("a")).not.toBeNull();
    health.succeeded("a", 5);
    health.ended("a");
    expect(health.rest("a")).toBeNull();
  });
});

test("calls in flight are counted and never below zero", () => {
  const { health } = started();
  health.began("a");
  health.began("a");
  expect(health.inFlight("a")).toBe(2);
  health.ended("a");
  health.ended("a");
  health.ended("a");
  expect(health.inFlight("a")).toBe(0);
});

test("latency is the median of the recent window", () => {
  const { health } = started();
  expect(health.view("a").ttftP50Ms).toBeNull();
  for (const ms of [100, 1, 50]) health.succeeded("a", ms);
  expect(health.view("a").ttftP50Ms).toBe(50);
  for (let i = 0; i < 64; i++) health.succeeded("a", 7);
  expect(health.view("a").ttftP50Ms).toBe(7);
});

test("the success of a call in flight does not end a 429's rest, nor does another fault's longer one", () => {
  const { health } = started();
  health.failed("a", "rate_limited", 30_000);
  health.succeeded("a", 5);
  expect(health.rest("a")?.reason).toBe("rate_limited");
  health.failed("a", "upstream_auth", null);
  expect(health.rest("a")?.reason).toBe("rate_limited");
});
