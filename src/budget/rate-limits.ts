import type { Caller } from "../core/caller.ts";
import type { Clock } from "../core/clock.ts";
import type { CallerLimits, RateLimit } from "../core/rate-limit.ts";
import type { BudgetScope } from "./budget.ts";
import { SlidingCount } from "./sliding-count.ts";

/** Which of the three limits. */
export type RateKind = "rpm" | "tpm" | "max_parallel";

/** Why a request may not go on now. */
export interface RateRefusal {
  scope: BudgetScope;
  kind: RateKind;
  /** The figure that was set. */
  limit: number;
  /** Tokens that the request counts as. */
  tokens: number;
  /** Milliseconds until it could pass, if nobody else asks meanwhile; null = never, under this limit. */
  waitMs: number | null;
  standing: RateStanding;
}

/** What is left of one kind of limit, where key and organization both have one of the tighter. */
export interface RateLeft {
  limit: number;
  /** Never negative. */
  remaining: number;
  /** Until all of it is free again, if nothing more comes. */
  resetMs: number;
}

/** Null = not limited. */
export interface RateStanding {
  requests: RateLeft | null;
  tokens: RateLeft | null;
}

/** What a key or an organization takes. Counts both kinds whatever is limited, so that a limit set later finds them. */
interface Meter {
  requests: SlidingCount;
  tokens: SlidingCount;
  inFlight: number;
}

interface Measured {
  scope: BudgetScope;
  limit: RateLimit;
  meter: Meter;
}

/** More than any request takes; what a caller or a provider writes beyond it must not make sums inexact. */
const MOST_TOKENS = 1_000_000_000;
/** How long to wait for a request in flight to end: nobody knows. */
const RETRY_PARALLEL_MS = 1_000;

/**
 * Rate limits of keys and organizations. All of it is in memory: a restart begins with empty windows, and so does a
 * limit that is set for the first time. Nothing runs between requests.
 */
export class RateLimits {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly keys = new Map<string, Meter>();
  private readonly orgs = new Map<string, Meter>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.clock = clock;
  }

  /**
   * Counts a request in every window of its key and organization, or, where one of them is full, in none. `tokens` is
   * what it will take at most likely; `Admission.settle` corrects it.
   */
  admit(
    { keyId, orgId }: Pick<Caller, "keyId" | "orgId">,
    limits: CallerLimits,
    tokens: number,
  ): Admission | RateRefusal {
    const measured: Measured[] = [];
    if (limits.key) measured.push({ scope: "key", limit: limits.key, meter: meterOf(this.keys, keyId) });
    if (limits.org) measured.push({ scope: "org", limit: limits.org, meter: meterOf(this.orgs, orgId) });
    const nowMs = this.clock.monotonic();
    const reserved = Math.min(tokens, MOST_TOKENS);
    const refusal = refusalOf(measured, nowMs, reserved);
    return refusal ?? new Admission(this.clock, measured, nowMs, reserved);
  }
}

/** One request that was let through, until its row is recorded. */
export class Admission {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly measured: readonly Measured[];
  private readonly admittedMs: number;
  private readonly reserved: number;
  private isSettled = false;

  constructor(
    clock: Pick<Clock, "monotonic">,
    measured: readonly Measured[],
    admittedMs: number,
    reserved: number,
  ) {
    this.clock = clock;
    this.measured = measured;
    this.admittedMs = admittedMs;
    this.reserved = reserved;
    for (const { meter } of measured) {
      meter.requests.add(admittedMs, 1);
      meter.tokens.add(admittedMs, reserved);
      meter.inFlight += 1;
    }
  }

  /**
   * The request has ended. What it took less than reserved is free again; what it took more counts from now on. Null =
   * what it took is unknown, the reservation stays. Only the first call counts.
   */
  settle(tokens: number | null): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const nowMs = this.clock.monotonic();
    const over = Math.min(tokens ?? this.reserved, MOST_TOKENS) - this.reserved;
    for (const { meter } of this.measured) {
      meter.inFlight -= 1;
      if (over > 0) meter.tokens.add(nowMs, over);
      else if (over < 0) meter.tokens.takeBack(nowMs, this.admittedMs, -over);
    }
  }

  /** What is left now. */
  standing(): RateStanding {
    return standingOf(this.measured, this.clock.monotonic());
  }
}

function meterOf(meters: Map<string, Meter>, id: string): Meter {
  let meter = meters.get(id);
  if (!meter) {
    meter = { requests: new SlidingCount(), tokens: new SlidingCount(), inFlight: 0 };
    meters.set(id, meter);
  }
  return meter;
}

type Full = Pick<RateRefusal, "scope" | "kind" | "limit"> & { waitMs: number };

/** The limit that keeps the request waiting longest; null = it may pass. */
function refusalOf(measured: readonly Measured[], nowMs: number, tokens: number): RateRefusal | null {
  let full: Full | null = null;
  for (const { scope, limit, meter } of measured) {
    const { rpm, tpm, maxParallel } = limit;
    if (rpm !== null) full = longer(full, scope, "rpm", rpm, meter.requests.waitMs(nowMs, rpm - 1));
    if (tpm !== null) full = longer(full, scope, "tpm", tpm, meter.tokens.waitMs(nowMs, tpm - tokens));
    if (maxParallel !== null)
      full = longer(full, scope, "max_parallel", maxParallel, parallelMs(meter, maxParallel));
  }
  if (!full) return null;
  const waitMs = Number.isFinite(full.waitMs) ? full.waitMs : null;
  return { ...full, waitMs, tokens, standing: standingOf(measured, nowMs) };
}

function longer(
  known: Full | null,
  scope: BudgetScope,
  kind: RateKind,
  limit: number,
  waitMs: number,
): Full | null {
  return waitMs > (known?.waitMs ?? 0) ? { scope, kind, limit, waitMs } : known;
}

function parallelMs({ inFlight }: Meter, maxParallel: number): number {
  if (inFlight < maxParallel) return 0;
  return maxParallel === 0 ? Number.POSITIVE_INFINITY : RETRY_PARALLEL_MS;
}

function standingOf(measured: readonly Measured[], nowMs: number): RateStanding {
  const standing: RateStanding = { requests: null, tokens: null };
  for (const { limit, meter } of measured) {
    standing.requests = tighter(standing.requests, limit.rpm, meter.requests, nowMs);
    standing.tokens = tighter(standing.tokens, limit.tpm, meter.tokens, nowMs);
  }
  return standing;
}

function tighter(
  known: RateLeft | null,
  limit: number | null,
  count: SlidingCount,
  nowMs: number,
): RateLeft | null {
  if (limit === null) return known;
  const remaining = Math.max(0, limit - count.at(nowMs));
  if (known && known.remaining <= remaining) return known;
  return { limit, remaining, resetMs: count.resetMs(nowMs) };
}
