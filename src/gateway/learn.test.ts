import { beforeEach, describe, expect, test } from "bun:test";
import { type Fault, fault } from "../core/faults.ts";
import { Health } from "../routing/health.ts";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { learn } from "./learn.ts";

const ids = ["a/1", "a/2", "a/3", "aa/1", "b/1"];
const catalog = catalogOf(ids.map((id) => deployment(id)));
const NETWORK = fault("network", "test");

let clock: FixedClock;
let health: Health;
beforeEach(() => {
  clock = fixedClock(1_800_000_000_000);
  health = new Health(clock);
});

function fails(id: string, failing: Fault = NETWORK) {
  const serial = health.began(id);
  const learnt = learn(health, catalog, deployment(id), failing, serial);
  health.ended(id, serial);
  return learnt;
}

function answers(id: string): void {
  const serial = health.began(id);
  health.succeeded(id, 5, serial);
  health.ended(id, serial);
}

const resting = () => ids.filter((id) => health.rest(id) !== null);

describe("when nobody is there three times in a row", () => {
  test("the provider's other deployments rest as well, used or not, and nobody else's", () => {
    answers("a/2");
    expect([fails("a/1").along, fails("a/1").along]).toEqual([0, 0]);
    expect(resting()).toEqual([]);
    expect(fails("a/1")).toMatchObject({ rest: { reason: "network", untilMs: 5_000 }, along: 2 });
    expect(resting()).toEqual(["a/1", "a/2", "a/3"]);
    clock.advance(5_000);
    expect(resting()).toEqual([]);
  });

  test("each comes back by a probe of its own, and a failed one keeps nobody else away", () => {
    for (let i = 0; i < 3; i++) fails("a/1");
    clock.advance(5_000);
    answers("a/2");
    expect(fails("a/1").along).toBe(0);
    expect(resting()).toEqual(["a/1"]);
    expect(health.view("a/2").breaker).toBe("ramping");
    expect(health.view("a/3").breaker).toBe("half_open");
  });

  test("who rests already is left alone", () => {
    for (let i = 0; i < 3; i++) fails("a/2", fault("overloaded", "test"));
    clock.advance(1_000);
    for (let i = 0; i < 3; i++) fails("a/1");
    expect(health.rest("a/2")).toMatchObject({ reason: "overloaded", untilMs: 5_000 });
    expect(health.rest("a/3")).toMatchObject({ reason: "network", untilMs: 6_000 });
  });
});

test.each<[string, Fault, string[]]>([
  ["overload", fault("overloaded", "test"), ["a/1"]],
  ["no content in time", fault("timeout", "test"), ["a/1"]],
  ["no connection in time", fault("timeout", "test", { unreached: true }), ["a/1", "a/2", "a/3"]],
  ["a 429", fault("rate_limited", "test", { status: 429 }), ["a/1"]],
  ["a refused credential", fault("upstream_auth", "test", { status: 401 }), ["a/1"]],
  ["the caller's own", fault("bad_request", "test", { status: 400 }), []],
])("%s, three times: who rests", (_, failing, expected) => {
  for (let i = 0; i < 3; i++) fails("a/1", failing);
  expect(resting()).toEqual(expected);
});

test("a deployment that answers in between keeps the others well", () => {
  for (let i = 0; i < 12; i++) {
    fails("a/1");
    if (i % 2 === 1) answers("a/1");
  }
  expect(resting()).toEqual([]);
});
