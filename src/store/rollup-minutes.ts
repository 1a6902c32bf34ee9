import type { Database } from "bun:sqlite";
import { RollupGroups } from "./rollup-groups.ts";
import { addRow, noSums, type RollupSums, type SummedRow } from "./rollup-sums.ts";
import { MINUTE_MS, TIER } from "./rollup-tiers.ts";
import { RollupsTable } from "./rollups-table.ts";

interface Pending {
  minuteMs: number;
  groupId: number;
  sums: RollupSums;
}

/** Above the numbers that groups will ever have: one number then names a minute of a group. */
const GROUP_NUMBERS = 2 ** 27;

/** Adds up rows in memory, to write one statement for each group and minute. */
export class RollupMinutes {
  private readonly groups: RollupGroups;
  private readonly table: RollupsTable;
  private readonly pending = new Map<number, Pending>();

  constructor(db: Database) {
    this.groups = new RollupGroups(db);
    this.table = new RollupsTable(db);
  }

  /** Runs for every request. A group that is new is written at once. */
  add(row: SummedRow): void {
    const minute = Math.floor(row.time_ms / MINUTE_MS);
    const groupId = this.groups.idOf(row);
    const key = minute * GROUP_NUMBERS + groupId;
    let pending = this.pending.get(key);
    if (!pending) {
      pending = { minuteMs: minute * MINUTE_MS, groupId, sums: noSums() };
      this.pending.set(key, pending);
    }
    addRow(pending.sums, row);
  }

  /** Adds what was added up to what is kept in the database. */
  write(): void {
    if (this.pending.size === 0) return;
    for (const { minuteMs, groupId, sums } of this.pending.values())
      this.table.add(TIER.minute, minuteMs, groupId, sums);
    this.pending.clear();
  }

  /** To be called when a transaction was undone, with the numbers it gave to groups. */
  undone(): void {
    this.pending.clear();
    this.groups.forget();
  }
}
