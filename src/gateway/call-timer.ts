import type { Clock } from "../core/clock.ts";
import type { Deadline, Deadlines } from "../core/deadlines.ts";
import type { Timeouts } from "../providers/contract.ts";

export type Expired = "connect" | "first_content" | "idle" | "total";

/**
 * The four timeouts of one call behind one deadline. The runtime does not show when a connection is made, so an
 * origin that is silent for the connect timeout is probed by a second connection: only a dead one is given up.
 */
export class CallTimer implements Deadline {
  /** Monotonic; when the next of them is due. */
  atMs: number;
  place = -1;
  /** Why the call was given up; null = it was not. */
  expired: Expired | null = null;
  /** Something of a response arrived. */
  heard = false;
  private readonly clock: Clock;
  private readonly deadlines: Deadlines;
  private readonly timeouts: Timeouts;
  private readonly probe: (timeoutMs: number) => Promise<boolean>;
  private readonly abort: () => void;
  private gaveUp: () => void = () => {};
  private readonly startedMs: number;
  private stage: "connect" | "first_content" | "idle" | "total" = "connect";
  private readonly streams: boolean;
  private ended = false;

  constructor(
    parts: { clock: Clock; deadlines: Deadlines },
    timeouts: Timeouts,
    streams: boolean,
    probe: (timeoutMs: number) => Promise<boolean>,
    abort: () => void,
  ) {
    this.clock = parts.clock;
    this.deadlines = parts.deadlines;
    this.timeouts = timeouts;
    this.streams = streams;
    this.probe = probe;
    this.abort = abort;
    this.startedMs = this.clock.monotonic();
    const first = Math.min(timeouts.connectMs, timeouts.totalMs);
    this.atMs = this.startedMs + (streams ? Math.min(first, timeouts.firstContentMs) : first);
    this.deadlines.watch(this);
  }

  /** Something of a response arrived, so there is a connection. */
  answered(): void {
    this.heard = true;
    if (this.stage === "connect") this.waitForContent();
  }

  /** Content flows; from here on only silence counts, and only while we wait for the upstream. */
  waitForNext(): void {
    this.stage = "idle";
    this.moveTo(this.clock.monotonic() + this.timeouts.idleMs);
  }

  /** The client is slow, not the upstream: only the total runs. */
  pause(): void {
    this.stage = "total";
    this.moveTo(Number.POSITIVE_INFINITY);
  }

  /** Since the call began. */
  elapsedMs(): number {
    return this.clock.monotonic() - this.startedMs;
  }

  end(): void {
    this.ended = true;
    this.deadlines.end(this);
  }

  /** Called after the call was broken off by a timeout. */
  onGiveUp(listener: () => void): void {
    this.gaveUp = listener;
  }

  private waitForContent(): void {
    this.stage = this.streams ? "first_content" : "total";
    this.moveTo(this.streams ? this.startedMs + this.timeouts.firstContentMs : Number.POSITIVE_INFINITY);
  }

  private moveTo(atMs: number): void {
    this.atMs = Math.min(atMs, this.startedMs + this.timeouts.totalMs);
  }

  /** A deadline has passed: of the stage, or, where it is shorter than the stage's, of the total. */
  onExpire(): void {
    const elapsedMs = this.clock.monotonic() - this.startedMs;
    if (elapsedMs >= this.timeouts.totalMs) return this.giveUp("total");
    if (this.stage !== "connect") return this.giveUp(this.stage);
    if (this.streams && elapsedMs >= this.timeouts.firstContentMs) return this.giveUp("first_content");
    this.waitForContent();
    this.probe(this.timeouts.connectMs).then((reached) => {
      if (!reached && !this.heard && !this.ended) this.giveUp("connect");
    });
  }

  private giveUp(cause: Expired): void {
    if (this.expired) return;
    this.expired = cause;
    this.end();
    this.abort();
    this.gaveUp();
  }
}
