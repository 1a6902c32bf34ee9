import { expect, test } from "bun:test";
import { measurePlans } from "./plan.ts";

/** Ten times what it takes: a busy machine is no reason to fail, something quadratic is. */
const MOST_MICROS = 250;

test("a decision among 500 deployments under 50 rules takes microseconds", () => {
  for (const { name, medianMicros } of measurePlans()) {
    if (name === "auto, classified") continue;
    expect([name, medianMicros < MOST_MICROS]).toEqual([name, true]);
  }
}, 60_000);
