import type { Deployment } from "../../src/core/deployment.ts";
import { FAULTS, type Fault } from "../../src/core/faults.ts";
import type { Health } from "../../src/routing/health.ts";
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
  health: Health;
  /** Whether who rests is passed over, as the gateway does. */
  knowsHealth: boolean;
  maxAttempts: number;
  now: () => number;
  done: (served: Served) => void;
}

/** One request, as `src/gateway/attempt.ts` treats it, with waiting instead of calling. */
export function* serve(request: SimulatedRequest, choices: readonly Choice[], world: World): Life {
  const arrivedMs = world.now();
  const served: Served = { request, by: null, ttftMs: 0, calls: 0 };
  const queue = choices.map((choice) => ({ ...choice, putOff: false }));
  for (let choice = queue.shift(); choice; choice = queue.shift()) {
    const { deployment, rests, putOff } = choice;
    if (served.calls >= world.maxAttempts) break;
    const rest = world.knowsHealth ? world.health.rest(deployment.id) : null;
    if (rest && served.calls > 0 && !rests && !putOff) {
      queue.push({ deployment, rests, putOff: true });
      continue;
    }
    if (rest?.reason === "rate_limited") continue;
    const fault = yield* callOf(deployment, served, world, arrivedMs);
    if (fault === null || FAULTS[fault.kind].next === "no") break;
  }
  if (served.by === null) world.done(served);
}

/** One candidate, called twice where its connection ended early; null = it answered. */
function* callOf(
  deployment: Deployment,
  served: Served,
  world: World,
  arrivedMs: number,
): Generator<number, Fault | null, void> {
  const { health, upstreams } = world;
  const { id } = deployment;
  const serial = health.began(id);
  for (let again = false; ; again = true) {
    const called = upstreams.call(deployment, served.request, served.calls, world.now());
    served.calls += 1;
    if (!("fault" in called)) {
      yield called.ttftMs;
      served.by = deployment;
      served.ttftMs = world.now() - arrivedMs;
      world.done(served);
      yield called.restMs;
      health.ended(id, serial);
      health.succeeded(id, called.ttftMs, serial);
      return null;
    }
    yield called.afterMs;
    const { fault } = called;
    const mayRetry = fault.beforeResponse && FAULTS[fault.kind].retrySame && !again;
    if (mayRetry && served.calls < world.maxAttempts) continue;
    health.failed(id, fault.kind, fault.retryAfterMs, serial);
    health.ended(id, serial);
    return fault;
  }
}
