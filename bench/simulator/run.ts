import { fileSchema } from "../../src/config/schema.ts";
import { promptClassifier } from "../../src/routing/classify.ts";
import type { Ground } from "../../src/routing/decision.ts";
import { Health } from "../../src/routing/health.ts";
import { policyOf } from "../../src/testing/policy.ts";
import { type Served, serve, type World } from "./attempt.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { fleetCatalog } from "./fleet.ts";
import type { Scenario } from "./scenario.ts";
import type { Strategy } from "./strategy.ts";
import type { SimulatedRequest } from "./stream.ts";
import { Timeline } from "./timeline.ts";
import { Upstreams } from "./upstreams.ts";

/** What of the configuration is tried out. */
export interface Settings {
  qualityFloor: number;
  maxAttempts: number;
}

/** As an empty configuration has it. */
export function defaultSettings(): Settings {
  const { routing } = fileSchema.parse({});
  return { qualityFloor: routing.quality_floor, maxAttempts: routing.max_attempts };
}

export interface Run {
  seed: number;
  stream: readonly SimulatedRequest[];
  strategy: Strategy;
  scenario: Scenario;
  /** The provider in trouble; null = none. */
  victim: string | null;
  settings: Settings;
}

export interface Outcome {
  figures: Figures;
  /** The provider that was called most. */
  favourite: string;
  served: readonly Served[];
}

/** Plays a stream through one strategy in one scenario, from a cold start. */
export function runSimulation({ seed, stream, strategy, scenario, victim, settings }: Run): Outcome {
  const timeline = new Timeline();
  const catalog = fleetCatalog();
  const health = new Health(timeline);
  const { qualityFloor, maxAttempts } = settings;
  const policy = policyOf(catalog, { classifier: promptClassifier, routing: { qualityFloor } });
  const ground: Ground = { policy, catalog, health };
  const upstreams = new Upstreams(seed, scenario, victim);
  const served: Served[] = [];
  const world: World = {
    ...{ upstreams, catalog, health, maxAttempts },
    knowsHealth: strategy.knowsHealth,
    now: () => timeline.monotonic(),
    done: (one) => served.push(one),
  };
  const choose = strategy.chooser(seed);
  function* arrival(request: SimulatedRequest) {
    yield* serve(request, choose(request, ground), world);
  }
  for (const request of stream) timeline.add(arrival(request), request.atMs);
  timeline.run();
  const byCalls = [...upstreams.calls].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return { figures: figuresOf(served), favourite: byCalls[0]?.[0] ?? "", served };
}
