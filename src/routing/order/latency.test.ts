import { beforeEach, describe, expect, test } from "bun:test";
import { deployment, price } from "../../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../../testing/clock.ts";
import { Health } from "../health.ts";
import { seedOf } from "../seed.ts";
import { byLatency, EXPLORED_SHARE } from "./latency.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const deployments = NAMES.map((name, place) => deployment(`${name}/m`, { price: price(place, place) }));

let clock: FixedClock;
let health: Health;
beforeEach(() => {
  clock = fixedClock(1_800_000_000_000);
  health = new Health(clock);
});

function answers(id: string, ttftMs: number): void {
  const serial = health.began(id);
  health.answering(id, ttftMs);
  health.ended(id, serial);
  health.succeeded(id, null, serial);
}

const ordered = (seed: number) =>
  byLatency(deployments, seed, { health, stickyKey: null }).map(({ id }) => id);
const firsts = () => Array.from({ length: 1000 }, (_, place) => ordered((place + 0.5) / 1000)[0]);
const measureAll = () => NAMES.forEach((name, place) => answers(`${name}/m`, 100 * (place + 1)));

describe("exploring", () => {
  test("is done for at most a tenth of the requests, each of the uncertain in turn; the seed decides", () => {
    measureAll();
    clock.advance(30_001);
    answers("c/m", 300);
    const counts = Object.fromEntries(
      Map.groupBy(firsts(), (id) => id)
        .entries()
        .map(([id, of]) => [id, of.length]),
    );
    expect(counts).toEqual({ "a/m": 900, "b/m": 25, "d/m": 25, "e/m": 25, "f/m": 25 });
    expect(ordered(0.05)).toEqual(ordered(0.05));
  });

  test("takes one to the front and leaves the others as they are, nobody lost, nobody twice", () => {
    measureAll();
    clock.advance(30_001);
    expect(ordered(0)).toEqual(["b/m", "a/m", "c/m", "d/m", "e/m", "f/m"]);
    expect(ordered(0.0999)).toEqual(["f/m", "a/m", "b/m", "c/m", "d/m", "e/m"]);
    expect(ordered(EXPLORED_SHARE)).toEqual(["a/m", "b/m", "c/m", "d/m", "e/m", "f/m"]);
  });

  test("leaves alone who was called within half a minute, answered or not, and who rests", () => {
    measureAll();
    expect(new Set(firsts())).toEqual(new Set(["a/m"]));
    clock.advance(30_001);
    for (const name of ["b", "c"]) answers(`${name}/m`, 900);
    health.began("d/m");
    health.failed("e/m", "rate_limited", 60_000);
    expect(new Set(firsts())).toEqual(new Set(["a/m", "f/m"]));
  });

  test("comes back after two seconds to who was clearly faster than expected", () => {
    measureAll();
    clock.advance(30_001);
    for (const name of ["b", "c", "d", "e"]) answers(`${name}/m`, 500);
    for (const ms of [600, 600, 400]) answers("f/m", ms);
    clock.advance(2_000);
    expect(new Set(firsts())).toEqual(new Set(["a/m"]));
    clock.advance(1);
    expect(new Set(firsts())).toEqual(new Set(["a/m", "f/m"]));
  });
});

/** Ten requests a second, each to the first of the order; who answers how fast is told by name. Share of `id` in %. */
function traffic(seconds: number, id: string, ttftMs: (name: string) => number, from: number): number {
  let mine = 0;
  for (let i = 0; i < seconds * 10; i++) {
    clock.advance(100);
    const first = ordered(seedOf(from + i)).at(0) ?? "";
    if (first === id) mine += 1;
    answers(first, ttftMs(first.slice(0, 1)));
  }
  return (100 * mine) / (seconds * 10);
}

test("who was slow for a while is left within seconds and has its traffic back within a minute", () => {
  const usual = (name: string) => 150 + 100 * NAMES.indexOf(name);
  const slow = (name: string) => (name === "a" ? 1_200 : usual(name));
  expect(traffic(60, "a/m", usual, 0)).toBeGreaterThan(90);
  traffic(10, "a/m", slow, 1_000);
  expect(traffic(170, "a/m", slow, 2_000)).toBeLessThan(2);
  traffic(60, "a/m", usual, 4_000);
  expect(traffic(60, "a/m", usual, 5_000)).toBeGreaterThan(90);
});
