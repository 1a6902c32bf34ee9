import { beforeEach, describe, expect, test } from "bun:test";
import { Deadlines } from "../core/deadlines.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { CallTimer } from "./call-timer.ts";

const TIMEOUTS = { connectMs: 5_000, firstContentMs: 120_000, idleMs: 60_000, totalMs: 600_000 };

let clock: FixedClock;
let aborts: number;
let probed: PromiseWithResolvers<boolean>;
let probes: number;

beforeEach(() => {
  clock = fixedClock(0);
  aborts = 0;
  probes = 0;
  probed = Promise.withResolvers<boolean>();
});

function start(streams = true): CallTimer {
  const probe = () => {
    probes += 1;
    return probed.promise;
  };
  return new CallTimer({ clock, deadlines: new Deadlines(clock, 1) }, TIMEOUTS, streams, probe, () => {
    aborts += 1;
  });
}

/** Moves the clock; resolves once whatever is due has happened. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise((swept) => setTimeout(swept, 5));
}

describe("an origin silent for the connect timeout", () => {
  test("is probed, and given up if nobody is there", async () => {
    const timer = start();
    await pass(4_999);
    expect(probes).toBe(0);
    await pass(1);
    expect([probes, timer.expired]).toEqual([1, null]);
    probed.resolve(false);
    await pass(0);
    expect([timer.expired, aborts]).toEqual(["connect", 1]);
  });

  test("is waited for if it is only slow", async () => {
    const timer = start();
    await pass(5_000);
    probed.resolve(true);
    await pass(100_000);
    expect(timer.expired).toBeNull();
    await pass(15_000);
    expect([timer.expired, aborts]).toEqual(["first_content", 1]);
  });

  test.each([
    "answered",
    "end",
  ] as const)("is not given up by a probe that comes after %s()", async (after) => {
    const timer = start();
    await pass(5_000);
    timer[after]();
    probed.resolve(false);
    await pass(0);
    expect([probes, timer.expired, aborts]).toEqual([1, null, 0]);
  });
});

describe("a stream", () => {
  test("may be silent for the idle timeout between events, while we wait for it", async () => {
    const timer = start();
    timer.answered();
    for (let i = 0; i < 3; i++) {
      timer.waitForNext();
      await pass(59_999);
      expect(timer.expired).toBeNull();
    }
    timer.waitForNext();
    await pass(60_000);
    expect([timer.expired, aborts]).toEqual(["idle", 1]);
  });

  test("is not idle while its reader is slow, but the total runs", async () => {
    const timer = start();
    let gaveUp = 0;
    timer.onGiveUp(() => {
      gaveUp += 1;
    });
    timer.answered();
    timer.pause();
    await pass(599_999);
    expect(timer.expired).toBeNull();
    await pass(1);
    expect([timer.expired, aborts, gaveUp]).toEqual(["total", 1, 1]);
  });
});

test("a whole answer has only the total behind its connection", async () => {
  const timer = start(false);
  timer.answered();
  await pass(599_999);
  expect(timer.expired).toBeNull();
  await pass(1);
  expect([timer.expired, aborts]).toEqual(["total", 1]);
});

test("a call that ended is never given up", async () => {
  const timer = start();
  timer.end();
  await pass(700_000);
  expect([timer.expired, aborts, probes]).toEqual([null, 0, 0]);
});
