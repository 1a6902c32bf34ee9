import type { Clock } from "../core/clock.ts";

/** So many failures in this time, and who fails waits until the first of them is that long ago. */
interface Limit {
  failures: number;
  windowMs: number;
}

/** Of one address with one account. */
const PAIR: Limit = { failures: 5, windowMs: 5 * 60_000 };
/** Of one account from everywhere, and of one address with every account: some addresses are a whole office's. */
const WIDE: Limit = { failures: 50, windowMs: 15 * 60_000 };

/** More names than this are not remembered: the oldest go. */
const MOST_NAMES = 20_000;

/**
 * Failed attempts to sign in, by account and address. In memory: a restart begins anew. Guessing from one address ends
 * after five attempts without locking out the person, who comes from another.
 */
export class Throttle {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly failures = new Map<string, number[]>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.clock = clock;
  }

  /** Milliseconds to wait before the next attempt; 0 = it may be made. */
  waitMs(account: string, address: string | null): number {
    return Math.max(...namesOf(account, address).map(([name, limit]) => this.waitOf(name, limit)));
  }

  /** Counts an attempt as failed from its beginning, so that many at once are counted too; `succeeded` takes it back. */
  begin(account: string, address: string | null): { succeeded(): void } {
    const nowMs = this.clock.monotonic();
    const names = namesOf(account, address).map(([name]) => name);
    for (const name of names) {
      const times = this.failures.get(name) ?? [];
      // The newest names last: the oldest are the first to be forgotten.
      this.failures.delete(name);
      this.failures.set(name, [...times.slice(-WIDE.failures), nowMs]);
    }
    for (const name of this.failures.keys()) {
      if (this.failures.size <= MOST_NAMES) break;
      this.failures.delete(name);
    }
    return { succeeded: () => this.takeBack(names, nowMs) };
  }

  private waitOf(name: string, { failures, windowMs }: Limit): number {
    const times = this.failures.get(name) ?? [];
    const nth = times.at(-failures);
    return nth === undefined ? 0 : Math.max(0, nth + windowMs - this.clock.monotonic());
  }

  private takeBack(names: readonly string[], timeMs: number): void {
    for (const name of names) {
      const times = this.failures.get(name) ?? [];
      const at = times.indexOf(timeMs);
      if (at >= 0) times.splice(at, 1);
      if (times.length === 0) this.failures.delete(name);
    }
  }
}

function namesOf(account: string, address: string | null): [string, Limit][] {
  const from = address ?? "unknown";
  return [
    [`${account}\n${from}`, PAIR],
    [`account ${account}`, WIDE],
    [`address ${from}`, WIDE],
  ];
}
