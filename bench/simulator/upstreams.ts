import type { Deployment } from "../../src/core/deployment.ts";
import { type Fault, fault } from "../../src/core/faults.ts";
import { HOST_OF } from "./fleet.ts";
import { Random } from "./random.ts";
import { type Scenario, WINDOW_MS } from "./scenario.ts";
import type { SimulatedRequest } from "./stream.ts";

/** What becomes of one call: content after a while and the rest of the answer behind it, or a fault after a while. */
export type Called = { ttftMs: number; restMs: number } | { fault: Fault; afterMs: number };

/** Even on a good day this share of calls fails. */
const USUAL_FAULTS = 0.002;
const TTFT_SPREAD = 0.35;
const TOKENS_PER_SECOND = 90;

/**
 * The simulated providers. What one of them answers to a request depends on the seed, the request and the deployment
 * only, so that all strategies meet the same luck.
 */
export class Upstreams {
  private readonly seed: number;
  private readonly scenario: Scenario;
  /** The provider in trouble; null = none. */
  private readonly victim: string | null;
  private window = { startMs: 0, calls: 0 };
  /** Calls by provider. */
  readonly calls = new Map<string, number>();

  constructor(seed: number, scenario: Scenario, victim: string | null) {
    this.seed = seed;
    this.scenario = scenario;
    this.victim = victim;
  }

  /** `attempt` counts the calls made for this request, from 0. */
  call({ id, providerId }: Deployment, request: SimulatedRequest, attempt: number, nowMs: number): Called {
    this.calls.set(providerId, (this.calls.get(providerId) ?? 0) + 1);
    const trouble = providerId === this.victim ? this.troubleAt(nowMs) : null;
    if (trouble && "fault" in trouble) {
      const { retryAfterMs, beforeResponse } = trouble;
      const told = fault(trouble.fault, "simulated", { retryAfterMs, beforeResponse });
      return { fault: told, afterMs: trouble.afterMs };
    }
    const luck = new Random(`${this.seed}/${request.index}/${id}/${attempt}`);
    if (luck.fraction() < USUAL_FAULTS) return { fault: fault("overloaded", "simulated"), afterMs: 150 };
    const slower = trouble?.slower ?? 1;
    const ttftMs = luck.logNormal(HOST_OF.get(id)?.ttftMs ?? 0, TTFT_SPREAD) * slower;
    return { ttftMs, restMs: ((request.answerTokens * 1000) / TOKENS_PER_SECOND) * slower };
  }

  private troubleAt(nowMs: number) {
    const startMs = nowMs - (nowMs % WINDOW_MS);
    if (startMs !== this.window.startMs) this.window = { startMs, calls: 0 };
    const trouble = this.scenario.trouble(nowMs, this.window.calls, startMs);
    if (!trouble || "slower" in trouble) this.window.calls += 1;
    return trouble;
  }
}
