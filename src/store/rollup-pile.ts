import type { Database } from "bun:sqlite";
import { type RollupGroup, RollupGroups, summaryOf } from "./rollup-groups.ts";
import { addSums, noSums, type RollupSums } from "./rollup-sums.ts";
import { DAY_MS, HOUR_MS, TIER } from "./rollup-tiers.ts";
import { RollupsTable } from "./rollups-table.ts";

interface Kept {
  tier: number;
  bucketMs: number;
  groupId: number;
  sums: RollupSums;
}

/** Sums on their way into the hours and days: added up here first, so that each bucket is written once. */
export class RollupPile {
  private readonly groups: RollupGroups;
  private readonly table: RollupsTable;
  private readonly kept = new Map<string, Kept>();

  constructor(db: Database) {
    this.groups = new RollupGroups(db);
    this.table = new RollupsTable(db);
  }

  get size(): number {
    return this.kept.size;
  }

  /** Sums of one group that lie within one hour. */
  put(timeMs: number, group: RollupGroup, groupId: number, sums: RollupSums): void {
    const hourMs = Math.floor(timeMs / HOUR_MS) * HOUR_MS;
    const dayMs = Math.floor(timeMs / DAY_MS) * DAY_MS;
    const summaryId = this.groups.idOf(summaryOf(group));
    this.addTo(TIER.hour, hourMs, groupId, sums);
    this.addTo(TIER.day, dayMs, groupId, sums);
    this.addTo(TIER.hourSummary, hourMs, summaryId, sums);
    this.addTo(TIER.daySummary, dayMs, summaryId, sums);
  }

  /** Adds all of it to what is kept in the database. */
  write(): void {
    for (const { tier, bucketMs, groupId, sums } of this.kept.values())
      this.table.add(tier, bucketMs, groupId, sums);
    this.kept.clear();
  }

  private addTo(tier: number, bucketMs: number, groupId: number, sums: RollupSums): void {
    const key = `${tier} ${bucketMs} ${groupId}`;
    let kept = this.kept.get(key);
    if (!kept) {
      kept = { tier, bucketMs, groupId, sums: noSums() };
      this.kept.set(key, kept);
    }
    addSums(kept.sums, sums);
  }
}
