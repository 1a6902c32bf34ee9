import type { Database } from "bun:sqlite";
import { bucketOf, count, encodeHistogram, type Histogram } from "./latency-histogram.ts";
import { RollupGroups, summaryOf } from "./rollup-groups.ts";
import { RollupMinutes } from "./rollup-minutes.ts";
import { RollupPile } from "./rollup-pile.ts";
import { addRow, noSums, type RollupSums, type SummedRow } from "./rollup-sums.ts";
import { DAY_MS, HOUR_MS, TIER } from "./rollup-tiers.ts";
import { rollupState, setCompactedUntil } from "./rollups-table.ts";

const READ = `SELECT time_ms, org_id, key_id, provider, model, industry, operation, status, fallback_used, usage_source,
  input_tokens, cached_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nano_usd, latency_ms, ttft_ms
  FROM requests WHERE time_ms >= ? AND time_ms < ? ORDER BY time_ms`;

interface Summed {
  row: SummedRow;
  groupId: number;
  summaryId: number;
  sums: RollupSums;
}

/**
 * Adds up the rows that were there before there were sums, in one transaction, before anybody else writes or reads: some six
 * seconds for each million rows, once. Returns how many rows that was.
 */
export function fillRollups(db: Database): number {
  if (rollupState(db).isFilled) return 0;
  return db.transaction(() => new Filling(db).run()).immediate();
}

/** Rows come in the order of time, so that no more than one hour of sums is in memory, and one day of histograms. */
class Filling {
  private readonly db: Database;
  private readonly groups: RollupGroups;
  private readonly summed = new Map<number, Summed>();
  private readonly ofHour = new Map<number, Histogram>();
  private readonly ofDay = new Map<number, Histogram>();
  private hourMs = Number.NEGATIVE_INFINITY;

  constructor(db: Database) {
    this.db = db;
    this.groups = new RollupGroups(db);
  }

  run(): number {
    const last = this.db.query<{ ms: number | null }, []>("SELECT max(time_ms) AS ms FROM requests").get();
    const lastHourMs = Math.floor((last?.ms ?? 0) / HOUR_MS) * HOUR_MS;
    let rows = this.fillMinutes(lastHourMs);
    for (const row of this.rowsBetween(0, lastHourMs)) {
      const hourMs = Math.floor(row.time_ms / HOUR_MS) * HOUR_MS;
      if (hourMs !== this.hourMs) this.turnTo(hourMs);
      this.add(row);
      rows += 1;
    }
    this.turnTo(Number.POSITIVE_INFINITY);
    this.db.run("UPDATE rollup_state SET is_filled = 1");
    return rows;
  }

  /** The hour that may go on is written as it would have been. */
  private fillMinutes(fromMs: number): number {
    let rows = 0;
    const batch = new RollupMinutes(this.db);
    for (const row of this.rowsBetween(fromMs, Number.MAX_SAFE_INTEGER)) {
      batch.add(row);
      rows += 1;
    }
    batch.write();
    return rows;
  }

  private rowsBetween(fromMs: number, toMs: number): IterableIterator<SummedRow> {
    return this.db.query<SummedRow, [number, number]>(READ).iterate(fromMs, toMs);
  }

  private add(row: SummedRow): void {
    const groupId = this.groups.idOf(row);
    let summed = this.summed.get(groupId);
    if (!summed) {
      summed = { row, groupId, summaryId: this.groups.idOf(summaryOf(row)), sums: noSums() };
      this.summed.set(groupId, summed);
    }
    addRow(summed.sums, row);
    if (row.status !== "ok") return;
    const { summaryId } = summed;
    const bucket = bucketOf(Math.round(row.latency_ms * 1000));
    for (const histograms of [this.ofHour, this.ofDay]) {
      const histogram = histograms.get(summaryId) ?? new Map();
      count(histogram, bucket);
      histograms.set(summaryId, histogram);
    }
  }

  /** Writes the hour that ended and, where it ended too, its day. */
  private turnTo(hourMs: number): void {
    const ended = this.hourMs;
    this.hourMs = hourMs;
    if (ended === Number.NEGATIVE_INFINITY) return;
    const pile = new RollupPile(this.db);
    for (const { row, groupId, sums } of this.summed.values()) pile.put(ended, row, groupId, sums);
    pile.write();
    this.summed.clear();
    this.writeHistograms(TIER.hourSummary, ended, this.ofHour);
    setCompactedUntil(this.db, ended + HOUR_MS);
    const endedDay = Math.floor(ended / DAY_MS) * DAY_MS;
    if (hourMs < endedDay + DAY_MS) return;
    this.writeHistograms(TIER.daySummary, endedDay, this.ofDay);
  }

  private writeHistograms(tier: number, bucketMs: number, histograms: Map<number, Histogram>): void {
    for (const [groupId, histogram] of histograms)
      this.db
        .query("UPDATE rollups SET histogram = ? WHERE tier = ? AND bucket_ms = ? AND group_id = ?")
        .run(encodeHistogram(histogram), tier, bucketMs, groupId);
    histograms.clear();
  }
}
