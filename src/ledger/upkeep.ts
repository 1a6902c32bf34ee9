import type { Clock } from "../core/clock.ts";
import { deleteOldBodies, oldestBodies } from "../store/bodies-table.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import { deleteOldRequests, oldestRequest } from "../store/requests-retention.ts";
import { compactMinutes } from "../store/rollup-compaction.ts";
import {
  countLatenciesOfHour,
  hourDone,
  hoursDue,
  type LatencyCount,
  setHistogram,
} from "../store/rollup-histograms.ts";
import { readRollupState } from "../store/rollup-reads.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../store/rollup-tiers.ts";
import { together } from "../store/write.ts";

/** Most requests have ended by then; those that have not are moved later. */
const GRACE_MS = 2 * MINUTE_MS;
/** What one step writes, on the thread that serves: each takes one to three milliseconds. */
const SUMS_PER_STEP = 100;
const HISTOGRAMS_PER_STEP = 20;
const ROWS_PER_STEP = 200;
const HOURS_PER_RUN = 24;
/** A clock that is wrong for a moment must not empty the ledger. */
const MOST_DELETED_MS = DAY_MS;

export interface UpkeepOptions {
  store: Store;
  clock: Clock;
  /** How long raw rows are kept. */
  rawDays: () => number;
  /** How long message bodies are kept: no longer than their rows. */
  bodyDays: () => number;
  /** Waited for between two steps, so that requests come in between. */
  pause: () => Promise<unknown>;
}

/**
 * What the ledger needs done in the background, in small steps: sums of minutes are moved into hours and days, histograms
 * are made, old rows are deleted. Each step leaves everything right, so it can end anywhere and go on later.
 */
export class Upkeep {
  private readonly options: UpkeepOptions;
  private isStopped = false;

  constructor(options: UpkeepOptions) {
    this.options = options;
  }

  /** All that is to do now. One run at a time: histograms are made of hours that nobody moves sums into meanwhile. */
  async run(): Promise<void> {
    await this.moveMinutes();
    await this.makeHistograms();
    await this.deleteOldBodies();
    await this.deleteOldRows();
  }

  /** The run that is under way ends after its step. */
  stop(): void {
    this.isStopped = true;
  }

  private moveMinutes(): Promise<void> {
    const beforeMs = wholeHour(this.options.clock.now() - GRACE_MS);
    return this.inSteps((db) => compactMinutes(db, beforeMs, SUMS_PER_STEP) === SUMS_PER_STEP);
  }

  private async makeHistograms(): Promise<void> {
    const { store } = this.options;
    const [due, state] = await store.readTogether([
      hoursDue(store.queries, HOURS_PER_RUN),
      readRollupState(store.queries),
    ]);
    const rawSinceMs = state[0]?.raw_since_ms ?? 0;
    for (const { hour_ms } of due) {
      if (this.isStopped) return;
      // Without its rows an hour keeps the histogram it has.
      const counts = hour_ms < rawSinceMs ? [] : await countLatenciesOfHour(store.queries, hour_ms).execute();
      await this.writeHistograms(hour_ms, [...Map.groupBy(counts, groupName).values()]);
    }
  }

  private async writeHistograms(hourMs: number, groups: LatencyCount[][]): Promise<void> {
    const { store, pause } = this.options;
    for (let from = 0; from < groups.length; from += HISTOGRAMS_PER_STEP) {
      if (this.isStopped) return;
      const step = groups.slice(from, from + HISTOGRAMS_PER_STEP);
      await store.writes.run(together(...step.map((counts) => setHistogram(hourMs, counts))));
      await pause();
    }
    await store.writes.run(hourDone(hourMs));
  }

  private async deleteOldRows(): Promise<void> {
    const { store, clock, rawDays } = this.options;
    const oldest = await oldestRequest(store.queries).executeTakeFirst();
    const beforeMs = deletedBefore(oldest?.time_ms, clock.now() - rawDays() * DAY_MS);
    if (beforeMs === null) return;
    await this.inSteps((db) => deleteOldRequests(db, beforeMs, ROWS_PER_STEP) === ROWS_PER_STEP);
  }

  private async deleteOldBodies(): Promise<void> {
    const { store, clock, rawDays, bodyDays } = this.options;
    const oldest = await oldestBodies(store.queries).executeTakeFirst();
    const days = Math.min(rawDays(), bodyDays());
    const beforeMs = deletedBefore(oldest?.time_ms, clock.now() - days * DAY_MS);
    if (beforeMs === null) return;
    await this.inSteps((db) => deleteOldBodies(db, beforeMs) > 0);
  }

  /** Until there is no more to do. */
  private async inSteps(step: (db: Parameters<Write>[0]) => boolean): Promise<void> {
    const { store, pause } = this.options;
    let isMore = true;
    while (isMore && !this.isStopped) {
      await store.writes.run((db) => {
        isMore = step(db);
      });
      await pause();
    }
  }
}

/** Where this run's deleting ends; null = there is nothing to delete. */
function deletedBefore(oldestMs: number | undefined, wantedMs: number): number | null {
  const untilMs = wholeHour(wantedMs);
  if (oldestMs === undefined || oldestMs >= untilMs) return null;
  return Math.min(untilMs, wholeHour(oldestMs) + MOST_DELETED_MS);
}

function groupName({ org_id, provider, model, fallback_used }: LatencyCount): string {
  return JSON.stringify([org_id, provider, model, fallback_used]);
}

function wholeHour(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS) * HOUR_MS;
}
