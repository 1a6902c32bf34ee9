import type { Deployment } from "../core/deployment.ts";
import { FAULTS, type Fault, isOfWholeProvider } from "../core/faults.ts";
import type { HealthReader, Rest } from "../routing/health-reader.ts";

/** What the line has to know of a candidate. */
export interface Waiting {
  deployment: Pick<Deployment, "id" | "providerId" | "contextLength">;
  /** Null = it was ready when the request was planned. */
  rest: Rest | null;
}

export interface Circumstances {
  health: Pick<HealthReader, "rest">;
  /** Most calls for one request. */
  maxAttempts: number;
  /** Estimated prompt: the window that a model of unknown window is taken to have where the prompt did not fit. */
  promptTokens: number;
}

/**
 * Who is called next for one request: the chain in its order; behind it who began to rest since it was planned; behind
 * both the deployments of providers that turned out to be out of reach as a whole. The fault table decides.
 */
export class WaitingLine<C extends Waiting> {
  private readonly chain: readonly C[];
  private readonly circumstances: Circumstances;
  private place = 0;
  private readonly resting: C[] = [];
  private readonly putOff: C[] = [];
  /** Providers whose deployments are put off. */
  private readonly lost: string[] = [];
  /** After a context overflow only larger windows are called; 0 = any. */
  private largerThan = 0;
  private isOver = false;

  constructor(chain: readonly C[], circumstances: Circumstances) {
    this.chain = chain;
    this.circumstances = circumstances;
  }

  /** Nobody comes twice. `calls` = those made so far, retries included; null = nobody is left, or enough were made. */
  next(calls: number): C | null {
    if (this.isOver || calls >= this.circumstances.maxAttempts) return null;
    for (let it = this.step(calls); it; it = this.step(calls))
      if (this.largerThan === 0 || (it.deployment.contextLength ?? 0) > this.largerThan) return it;
    return null;
  }

  /** Whether the candidate that met this fault first is called once more. */
  mayRetry(fault: Fault, calls: number): boolean {
    return fault.beforeResponse && FAULTS[fault.kind].retrySame && calls < this.circumstances.maxAttempts;
  }

  /** The candidate failed, its retry included. */
  failed({ deployment }: C, fault: Fault): void {
    const { next } = FAULTS[fault.kind];
    if (next === "no") this.isOver = true;
    if (next === "larger_window")
      // A server may run a model with less than it was made for.
      this.largerThan = fault.windowTokens ?? deployment.contextLength ?? this.circumstances.promptTokens;
    if (isOfWholeProvider(fault)) this.lost.push(deployment.providerId);
  }

  private step(calls: number): C | null {
    for (let it = this.chain[this.place]; it; it = this.chain[this.place]) {
      this.place += 1;
      if (this.lost.includes(it.deployment.providerId)) this.putOff.push(it);
      // The plan knew of the others' rest, and nothing has happened before the first call.
      else if (calls > 0 && it.rest === null && this.circumstances.health.rest(it.deployment.id) !== null)
        this.resting.push(it);
      else return it;
    }
    for (let it = this.resting.shift(); it; it = this.resting.shift()) {
      if (!this.lost.includes(it.deployment.providerId)) return it;
      this.putOff.push(it);
    }
    return this.putOff.shift() ?? null;
  }
}
