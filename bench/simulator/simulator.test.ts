import { expect, test } from "bun:test";
import { withSimulation } from "./document.ts";
import type { Figures } from "./figures.ts";
import { Random } from "./random.ts";
import { defaultSettings, type Outcome, runSimulation } from "./run.ts";
import { SCENARIOS, type ScenarioName } from "./scenario.ts";
import { throughAll } from "./simulation.ts";
import { STRATEGIES } from "./strategy.ts";
import { requestStream } from "./stream.ts";
import { type Life, Timeline } from "./timeline.ts";

const SEED = 7;
// Long enough that every trouble has begun and some have ended.
const stream = requestStream(SEED, 4, 130);
const results = new Map(STRATEGIES.map((it) => [it.name, throughAll(it, stream, SEED)]));
const OURS = STRATEGIES.filter(({ knowsHealth }) => knowsHealth).map(({ name }) => name);

function figures(strategy: string, scenario: ScenarioName): Figures {
  const line = results.get(strategy)?.find((it) => it.scenario === scenario);
  if (!line) throw new Error(`${strategy} was not run through ${scenario}`);
  return line.figures;
}

test("the same seed gives the same figures to the last digit, another seed gives others", () => {
  expect(requestStream(SEED, 4, 130)).toEqual(stream);
  expect(requestStream(SEED + 1, 4, 130)).not.toEqual(stream);
  for (const strategy of STRATEGIES) {
    expect(throughAll(strategy, stream, SEED)).toEqual(results.get(strategy.name) ?? []);
    expect(throughAll(strategy, stream, SEED + 1)).not.toEqual(results.get(strategy.name) ?? []);
  }
});

test("in the calm strategy:cost is never dearer than anything that serves every request", () => {
  const cost = figures("`strategy:cost`", "calm").costPerThousandUsd;
  expect(cost).toBeGreaterThan(0);
  for (const other of ["round-robin", "random", "`strategy:quality`", "`auto`"]) {
    expect(cost).toBeLessThanOrEqual(figures(other, "calm").costPerThousandUsd);
  }
});

test("in the calm strategy:quality gives the best answers and strategy:latency the first ones", () => {
  for (const { name } of STRATEGIES) {
    const { quality, ttftP50Ms } = figures(name, "calm");
    // Always the best leaves a few unanswered, so its mean is over other prompts.
    if (name !== "always the best")
      expect(quality).toBeLessThanOrEqual(figures("`strategy:quality`", "calm").quality);
    // A tenth of the first requests explore.
    expect(1.1 * ttftP50Ms).toBeGreaterThanOrEqual(figures("`strategy:latency`", "calm").ttftP50Ms);
  }
});

test.each(OURS)("%s: a provider in trouble costs no failed request, and few calls", (name) => {
  const lines = results.get(name) ?? [];
  expect(lines).toHaveLength(5);
  for (const { figures } of lines) {
    expect(figures.success).toBe(1);
    expect(figures.callsPerRequest).toBeLessThanOrEqual(1.1);
  }
});

test("strategy:latency is back with a provider within a minute after it was slow", () => {
  const long = requestStream(SEED, 8, 330);
  const strategy = STRATEGIES.find(({ name }) => name === "`strategy:latency`");
  const scenario = SCENARIOS.find(({ name }) => name === "slow");
  if (!strategy || !scenario) throw new Error("nothing to run");
  const settings = defaultSettings();
  const base = { seed: SEED, stream: long, strategy, settings };
  const calm = runSimulation({ ...base, scenario: SCENARIOS[0], victim: null });
  const slow = runSimulation({ ...base, scenario, victim: calm.favourite });
  const shareOf = ({ served }: Outcome, fromSecond: number, toSecond: number) => {
    const then = served.filter(
      ({ request: { atMs } }) => atMs >= fromSecond * 1000 && atMs < toSecond * 1000,
    );
    return then.filter(({ by }) => by?.providerId === calm.favourite).length / then.length;
  };
  expect(shareOf(calm, 300, 330)).toBeGreaterThan(0.8);
  expect(shareOf(slow, 90, 240)).toBeLessThan(0.05);
  expect(shareOf(slow, 300, 330)).toBeGreaterThan(0.9 * shareOf(calm, 300, 330));
});

test("the simulated trouble is real: who knows only one deployment feels it", () => {
  expect(figures("always the best", "dead").success).toBeLessThan(0.75);
  expect(figures("always the best", "429 storm").success).toBeLessThan(0.9);
  expect(figures("always the best", "flapping").success).toBeLessThan(0.95);
  const [calm, slow] = [figures("always the best", "calm"), figures("always the best", "slow")];
  expect(slow.ttftP99Ms).toBeGreaterThan(3 * calm.ttftP99Ms);
});

test("simulated time goes from event to event, in order, equals in the order they came", () => {
  const random = new Random("timeline");
  const timeline = new Timeline();
  const seen: number[] = [];
  function* life(waits: number): Life {
    seen.push(timeline.monotonic());
    yield waits;
    seen.push(timeline.monotonic());
  }
  for (let i = 0; i < 300; i++)
    timeline.add(life(random.fraction() * 50), Math.floor(random.fraction() * 100));
  timeline.run();
  expect(seen).toHaveLength(600);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(timeline.monotonic()).toBeGreaterThan(99);

  const order: string[] = [];
  function* named(name: string): Life {
    order.push(name);
  }
  for (const name of ["a", "b", "c", "d"]) timeline.add(named(name), 1_000);
  timeline.run();
  expect(order).toEqual(["a", "b", "c", "d"]);
});

test("the document keeps what stands around the marks, and gets them where it has none", () => {
  const first = withSimulation("# Routing\n", "old");
  expect(first).toContain("# Routing\n\n## Measured by simulation\n\n<!-- simulation:start -->\n\nold\n");
  const again = withSimulation(`${first}behind\n`, "new");
  expect(again).toBe(`${first.replace("old", "new")}behind\n`);
  expect(withSimulation(again, "new")).toBe(again);
});
