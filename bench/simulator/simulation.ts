import type { Figures } from "./figures.ts";
import { defaultSettings, runSimulation, type Settings } from "./run.ts";
import { SCENARIOS, type ScenarioName } from "./scenario.ts";
import { STRATEGIES, type Strategy } from "./strategy.ts";
import { requestStream, type SimulatedRequest } from "./stream.ts";

export interface Line {
  strategy: string;
  scenario: ScenarioName;
  figures: Figures;
}

export interface Traffic {
  seed: number;
  perSecond: number;
  seconds: number;
}

export const TRAFFIC: Traffic = { seed: 1, perSecond: 20, seconds: 300 };

/** A strategy through every scenario. Trouble comes to the provider it called most while all was well. */
export function throughAll(
  strategy: Strategy,
  stream: readonly SimulatedRequest[],
  seed: number,
  changes: Partial<Settings> = {},
): Line[] {
  const settings = { ...defaultSettings(), ...changes };
  let victim: string | null = null;
  return SCENARIOS.map((scenario) => {
    const { figures, favourite } = runSimulation({ seed, stream, strategy, scenario, victim, settings });
    victim ??= favourite;
    return { strategy: strategy.name, scenario: scenario.name, figures };
  });
}

export interface Simulation {
  traffic: Traffic;
  requests: number;
  /** By strategy, then by scenario. */
  lines: readonly Line[];
  /** `strategy:latency`, whose first three places are one provider's. */
  attempts: readonly { maxAttempts: number; lines: readonly Line[] }[];
  /** `strategy:cost`. */
  floors: readonly { qualityFloor: number; calm: Figures }[];
}

const ATTEMPTS = [1, 2, 3, 4, 5] as const;
const FLOORS = [0, 50, 60, 70, 75] as const;

export function simulate(traffic: Traffic): Simulation {
  const { seed, perSecond, seconds } = traffic;
  const stream = requestStream(seed, perSecond, seconds);
  const named = (wanted: string) => STRATEGIES.filter(({ name }) => name === wanted);
  return {
    traffic,
    requests: stream.length,
    lines: STRATEGIES.flatMap((strategy) => throughAll(strategy, stream, seed)),
    attempts: ATTEMPTS.map((maxAttempts) => ({
      maxAttempts,
      lines: named("`strategy:latency`").flatMap((strategy) =>
        throughAll(strategy, stream, seed, { maxAttempts }),
      ),
    })),
    floors: FLOORS.flatMap((qualityFloor) =>
      named("`strategy:cost`").map((strategy) => {
        const settings = { ...defaultSettings(), qualityFloor };
        const run = { seed, stream, strategy, scenario: SCENARIOS[0], victim: null, settings };
        return { qualityFloor, calm: runSimulation(run).figures };
      }),
    ),
  };
}
