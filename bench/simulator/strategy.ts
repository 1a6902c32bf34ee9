import type { Candidate, Ground } from "../../src/routing/decision.ts";
import { CALM } from "../../src/routing/health-reader.ts";
import { plan } from "../../src/routing/plan.ts";
import type { RouteRequest } from "../../src/routing/request.ts";
import { seedOf } from "../../src/routing/seed.ts";
import { routeRequest } from "../../src/testing/policy.ts";
import { ALIAS } from "./fleet.ts";
import { Random } from "./random.ts";
import type { SimulatedRequest } from "./stream.ts";

export type Choice = Pick<Candidate, "deployment" | "rest">;

/** Who is called for a request, in order. */
export type Chooser = (request: SimulatedRequest, ground: Ground) => Choice[];

export interface Strategy {
  name: string;
  /** Ours let rest who fails; what they are compared with only goes on to the next. */
  knowsHealth: boolean;
  /** A new one for every run: some count. */
  chooser(seed: number): Chooser;
}

function asRouteRequest(request: SimulatedRequest, model: string): RouteRequest {
  return routeRequest({
    model,
    needs: request.needs,
    promptTokens: request.promptTokens,
    outputTokens: request.limitTokens,
    stream: true,
    seed: seedOf(request.index + 1),
    body: { messages: [...request.messages] } as RouteRequest["body"],
  });
}

function planned(request: SimulatedRequest, model: string, ground: Ground): Choice[] {
  const made = plan(asRouteRequest(request, model), ground);
  if ("code" in made) return [];
  return [...made.candidates];
}

const ours = (name: string, model: string): Strategy => ({
  name,
  knowsHealth: true,
  chooser: () => (request, ground) => planned(request, model, ground),
});

/** Those that could serve it by our own filters and floor, by id: what we compare with is not made to ask the unable. */
function eligible(request: SimulatedRequest, ground: Ground): Choice[] {
  return planned(request, "strategy:cost", ground)
    .map(({ deployment }) => ({ deployment, rest: null }))
    .sort((a, b) => (a.deployment.id < b.deployment.id ? -1 : 1));
}

const startingAt = (choices: Choice[], place: number) => [
  ...choices.slice(place),
  ...choices.slice(0, place),
];

const roundRobin: Strategy = {
  name: "round-robin",
  knowsHealth: false,
  chooser: () => {
    let turn = 0;
    return (request, ground) => {
      const choices = eligible(request, ground);
      turn += 1;
      return startingAt(choices, turn % Math.max(1, choices.length));
    };
  },
};

const random: Strategy = {
  name: "random",
  knowsHealth: false,
  chooser: (seed) => (request, ground) => {
    const luck = new Random(`random ${seed}/${request.index}`);
    const ranked = eligible(request, ground).map((choice) => ({ choice, rank: luck.fraction() }));
    return ranked.sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
  },
};

const best: Strategy = {
  name: "always the best",
  knowsHealth: false,
  chooser: () => (request, ground) =>
    planned(request, "strategy:quality", { ...ground, health: CALM }).slice(0, 1),
};

/** Ours first, then what they are compared with. */
export const STRATEGIES: readonly Strategy[] = [
  ours(`alias \`${ALIAS}\``, ALIAS),
  ours("`strategy:cost`", "strategy:cost"),
  ours("`strategy:quality`", "strategy:quality"),
  ours("`strategy:latency`", "strategy:latency"),
  ours("`auto`", "auto"),
  roundRobin,
  random,
  best,
];
