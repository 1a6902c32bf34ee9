import type { CatalogView, Deployment } from "../../src/core/deployment.ts";
import type { Fault } from "../../src/core/faults.ts";
import { learn } from "../../src/gateway/learn.ts";
import { WaitingLine } from "../../src/gateway/waiting-line.ts";
import type { Health } from "../../src/routing/health.ts";
import { CALM } from "../../src/routing/health-reader.ts";
import type { Choice } from "./strategy.ts";
import type { SimulatedRequest } from "./stream.ts";
import type { Life } from "./timeline.ts";
import type { Upstreams } from "./upstreams.ts";

export interface Served {
  request: SimulatedRequest;
  /** Null = nobody answered. */
  by: Deployment | null;
  /** From the request's arrival to the first content, failed attempts included, ms; 0 = nobody answered. */
  ttftMs: number;
  /** Calls that providers saw. */
  calls: number;
}

export interface World {
  upstreams: Upstreams;
  catalog: CatalogView;
  health: Health;
  /** Whether faults are learnt from, as the gateway does; else the next in the list is called, whoever it is. */
  knowsHealth: boolean;
  maxAttempts: number;
  now: () => number;
  done: (served: Served) => void;
}

/** One request, as `src/gateway/attempt.ts` treats it, with waiting instead of calling. */
export function* serve(request: SimulatedRequest, choices: readonly Choice[], world: World): Life {
  const { knowsHealth, maxAttempts, now, done } = world;
  const arrivedMs = now();
  const served: Served = { request, by: null, ttftMs: 0, calls: 0 };
  const health = knowsHealth ? world.health : CALM;
  const line = new WaitingLine(choices, { health, maxAttempts, promptTokens: request.promptTokens });
  for (let choice = line.next(0); choice; choice = line.next(served.calls)) {
    if (health.rest(choice.deployment.id)?.reason === "rate_limited") continue;
    const fault = yield* callOf(choice.deployment, served, line, world, arrivedMs);
    if (fault === null) break;
    if (knowsHealth) line.failed(choice, fault);
  }
  if (served.by === null) done(served);
}

/** One candidate, called twice where its connection ended early; null = it answered. */
function* callOf(
  deployment: Deployment,
  served: Served,
  line: WaitingLine<Choice>,
  world: World,
  arrivedMs: number,
): Generator<number, Fault | null, void> {
  const { health, upstreams, catalog } = world;
  const { id } = deployment;
  const serial = health.began(id);
  for (let again = false; ; again = true) {
    const called = upstreams.call(deployment, served.request, served.calls, world.now());
    served.calls += 1;
    if (!("fault" in called)) {
      yield called.ttftMs;
      health.answering(id, called.ttftMs);
      served.by = deployment;
      served.ttftMs = world.now() - arrivedMs;
      world.done(served);
      yield called.restMs;
      health.ended(id, serial);
      health.succeeded(id, null, serial);
      return null;
    }
    yield called.afterMs;
    const { fault } = called;
    if (!again && line.mayRetry(fault, served.calls)) continue;
    learn(health, catalog, deployment, fault, serial);
    health.ended(id, serial);
    return fault;
  }
}
