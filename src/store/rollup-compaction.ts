import type { Database } from "bun:sqlite";
import type { RollupGroup } from "./rollup-groups.ts";
import { RollupPile } from "./rollup-pile.ts";
import type { RollupSums } from "./rollup-sums.ts";
import { HOUR_MS, TIER } from "./rollup-tiers.ts";
import { SUM_FIELDS, setCompactedUntil } from "./rollups-table.ts";

type MinuteRow = RollupSums & RollupGroup & { bucketMs: number; groupId: number };

const READ = `SELECT bucket_ms AS bucketMs, group_id AS groupId, ${SUM_FIELDS}, rollup_groups.*
  FROM rollups CROSS JOIN rollup_groups ON rollup_groups.id = group_id
  WHERE tier = ${TIER.minute} AND bucket_ms < ? ORDER BY bucket_ms, group_id LIMIT ?`;
const DELETE = `DELETE FROM rollups WHERE tier = ${TIER.minute} AND (bucket_ms, group_id) <= (?, ?)`;
const NOTE_DUE = "INSERT OR IGNORE INTO rollup_histograms_due VALUES (?)";

/**
 * Moves up to `most` sums of minutes before `beforeMs` (a whole hour) into their hour and day, in the transaction it runs
 * in: each is there once, before and after. A minute of an hour that was moved long ago (its request took its time) goes
 * the same way. Returns how many it moved. A hundred take about a millisecond.
 */
export function compactMinutes(db: Database, beforeMs: number, most: number): number {
  const rows = db.query<MinuteRow, [number, number]>(READ).all(beforeMs, most);
  const last = rows.at(-1);
  if (!last) return 0;
  const pile = new RollupPile(db);
  const hours = new Set<number>();
  for (const row of rows) {
    pile.put(row.bucketMs, row, row.groupId, row);
    hours.add(Math.floor(row.bucketMs / HOUR_MS) * HOUR_MS);
  }
  pile.write();
  // All before the last one in this order was read just now: nobody else writes.
  db.query(DELETE).run(last.bucketMs, last.groupId);
  for (const hourMs of hours) db.query(NOTE_DUE).run(hourMs);
  setCompactedUntil(db, Math.floor(last.bucketMs / HOUR_MS) * HOUR_MS + HOUR_MS);
  return rows.length;
}
