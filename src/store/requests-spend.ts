import type { Database } from "bun:sqlite";
import { tierOf } from "./rollup-reads.ts";
import { HOUR_MS, type Parts, partsOf, type RollupSpan, TIER } from "./rollup-tiers.ts";
import { rollupState } from "./rollups-table.ts";

/** Half-open, milliseconds; the end may be Infinity. */
export interface TimeSpan {
  startMs: number;
  endMs: number;
}

export interface Spender {
  orgId: string;
  /** null = all keys of the organization. */
  keyId: string | null;
}

export interface Spent {
  orgId: string;
  keyId: string;
  spentNanoUsd: number;
}

/** Reads on the main thread, at once: for the start, and when a budget is new or a clock was set back. */
export interface SpendReader {
  /** Nano-USD. */
  spentBy(spender: Spender, span: TimeSpan): number;
  /** The same of every key that spent anything, in one pass. */
  spentByEach(span: TimeSpan): Spent[];
  /** The time of the latest row that cost anything; 0 = there is none. */
  lastSpendingMs(): number;
}

export function spendReader(db: Database): SpendReader {
  return {
    spentBy: (spender, span) => spentBy(db, spender, span),
    spentByEach: (span) => spentByEach(db, span),
    lastSpendingMs: () => lastSpendingMs(db),
  };
}

/*
 * Whole hours come from the sums, the rest from the index `requests_by_time`: no row is read, and those of long ago may be
 * gone. `total` adds up in doubles: exact below 2⁵³ nano-USD (nine million USD), and where a provider told nonsense it does
 * not fail as `sum` would.
 */
const RAW = "FROM requests WHERE cost_nano_usd > 0 AND time_ms >= ? AND time_ms < ?";
/** In this order: the sums of a while are few, and the groups of an organization may be many. */
const KEPT = `FROM rollups CROSS JOIN rollup_groups ON rollup_groups.id = rollups.group_id
  WHERE tier = ? AND bucket_ms >= ? AND bucket_ms < ? AND cost_nano_usd > 0`;

type Values = (number | string)[];

/** Requests of unknown cost are not in it. */
function spentBy(db: Database, { orgId, keyId }: Spender, span: TimeSpan): number {
  const whose = `AND org_id = ?${keyId === null ? "" : " AND key_id = ?"}`;
  const values = keyId === null ? [orgId] : [orgId, keyId];
  const { rollups, raw } = partsBetween(db, span);
  const ask = (from: string, ...bounds: number[]) =>
    db
      .query<{ spent: number }, Values>(`SELECT total(cost_nano_usd) AS spent ${from} ${whose}`)
      .get(...bounds, ...values)?.spent ?? 0;
  const kept = rollups.map((part) => ask(KEPT, ...keptBounds(part, keyId === null)));
  return [...kept, ...raw.map((part) => ask(RAW, part.fromMs, part.toMs))].reduce(
    (sum, each) => sum + each,
    0,
  );
}

function spentByEach(db: Database, span: TimeSpan): Spent[] {
  const { rollups, raw } = partsBetween(db, span);
  const ask = (from: string, ...bounds: number[]) =>
    db
      .query<Spent, number[]>(
        `SELECT org_id AS orgId, key_id AS keyId, total(cost_nano_usd) AS spentNanoUsd ${from} GROUP BY org_id, key_id`,
      )
      .all(...bounds);
  const found = [
    ...rollups.flatMap((part) => ask(KEPT, ...keptBounds(part, false))),
    ...raw.flatMap((part) => ask(RAW, part.fromMs, part.toMs)),
  ];
  const spent = new Map<string, Spent>();
  for (const each of found) {
    const name = `${each.orgId} ${each.keyId}`;
    const before = spent.get(name)?.spentNanoUsd ?? 0;
    spent.set(name, { ...each, spentNanoUsd: before + each.spentNanoUsd });
  }
  return [...spent.values()];
}

/** Of rows that may be gone the last moment it can have been. */
function lastSpendingMs(db: Database): number {
  const ofRows = "SELECT time_ms AS last FROM requests WHERE cost_nano_usd > 0 ORDER BY time_ms DESC LIMIT 1";
  const ofHours = `SELECT max(bucket_ms) + ${HOUR_MS - 1} AS last FROM rollups
    WHERE tier IN (${TIER.minute}, ${TIER.hourSummary}) AND bucket_ms < ? AND cost_nano_usd > 0`;
  const { rawSinceMs } = rollupState(db);
  return Math.max(
    db.query<{ last: number | null }, []>(ofRows).get()?.last ?? 0,
    db.query<{ last: number | null }, [number]>(ofHours).get(rawSinceMs)?.last ?? 0,
  );
}

function partsBetween(db: Database, { startMs, endMs }: TimeSpan): Parts {
  return partsOf({ fromMs: startMs, toMs: endMs }, rollupState(db));
}

function keptBounds(part: RollupSpan, isSummary: boolean): [number, number, number] {
  return [tierOf(part, isSummary), part.fromMs, part.toMs];
}

/** What the row of a request says it cost; null = there is no such row. */
export function findCost(db: Database, sequence: number): { costNanoUsd: number | null } | null {
  const sql = "SELECT cost_nano_usd AS costNanoUsd FROM requests WHERE sequence = ?";
  return db.query<{ costNanoUsd: number | null }, [number]>(sql).get(sequence);
}
