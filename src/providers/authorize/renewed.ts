import type { Clock } from "../../core/clock.ts";
import { type Fault, fault } from "../../core/faults.ts";

/** A value that is good for a while. Lifetimes count from the moment it was asked for. */
export interface Lease<Value> {
  value: Value;
  lifetimeMs: number;
}

/** It is renewed so long before it ends, or at half of its life where that is shorter. */
const EARLY_MS = 5 * 60_000;
/** After a failure nobody asks again for this long. */
const PAUSE_MS = 5_000;
/** A refused value younger than this stays: a new one would be refused as well. */
const YOUNG_MS = 30_000;

interface Held<Value> {
  value: Value;
  askedAtMs: number;
  renewAtMs: number;
  endsAtMs: number;
}

/**
 * One value that is fetched, shared by all callers and renewed before it ends. While it is good nobody waits: its
 * successor is fetched beside the calls, by one fetch at a time, and a failure of that leaves it as it is.
 */
export class Renewed<Value> {
  private readonly clock: Clock;
  private readonly fetchValue: () => Promise<Lease<Value> | Fault>;
  private held: Held<Value> | null = null;
  private fetching: Promise<{ value: Value } | Fault> | null = null;
  private failed: { fault: Fault; untilMs: number } | null = null;

  constructor(clock: Clock, fetchValue: () => Promise<Lease<Value> | Fault>) {
    this.clock = clock;
    this.fetchValue = fetchValue;
  }

  /** At once while there is a good value or a failure is fresh; else a promise that never rejects. */
  get(): { value: Value } | Fault | Promise<{ value: Value } | Fault> {
    const nowMs = this.clock.monotonic();
    const held = this.held !== null && nowMs < this.held.endsAtMs ? this.held : null;
    const failed = this.failed !== null && nowMs < this.failed.untilMs ? this.failed.fault : null;
    if (failed === null && this.fetching === null && (held === null || nowMs >= held.renewAtMs))
      this.fetching = this.renew(nowMs);
    return held ?? failed ?? this.fetching ?? fault("upstream_auth", "nothing is being fetched");
  }

  /** Whoever it was shown to refused it: the next caller waits for another one. */
  refused(): void {
    if (this.held !== null && this.clock.monotonic() - this.held.askedAtMs > YOUNG_MS) this.held = null;
  }

  private async renew(askedAtMs: number): Promise<{ value: Value } | Fault> {
    const got = await this.fetchValue().catch((error: unknown) =>
      fault("upstream_auth", error instanceof Error ? error.name : "unknown error"),
    );
    this.fetching = null;
    if ("kind" in got) {
      this.failed = { fault: got, untilMs: this.clock.monotonic() + PAUSE_MS };
      return got;
    }
    const { value, lifetimeMs } = got;
    const renewAtMs = askedAtMs + Math.max(lifetimeMs - EARLY_MS, lifetimeMs / 2);
    this.held = { value, askedAtMs, renewAtMs, endsAtMs: askedAtMs + lifetimeMs };
    this.failed = null;
    return this.held;
  }
}
