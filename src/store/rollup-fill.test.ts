import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { requestRowOf } from "../ledger/request-row.ts";
import { someRow } from "../testing/ledger-history.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { decodeHistogram } from "./latency-histogram.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import { insertBareRequest, insertRequest } from "./requests-table.ts";
import { compactMinutes } from "./rollup-compaction.ts";
import { fillRollups } from "./rollup-fill.ts";
import { rollupState } from "./rollups-table.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1, 5);
const BEFORE_SUMS = MIGRATIONS.filter(({ name }) => name < "005");
const UNTIL_SUMS = MIGRATIONS.filter(({ name }) => name <= "005_rollups");

const database = () => new Database(":memory:", { strict: true });

/** All that is kept, by name instead of number. */
function kept(db: Database) {
  return db
    .query<Record<string, unknown> & { histogram: Uint8Array | null }, []>(
      `SELECT rollups.*, org_id, key_id, provider, model, industry, operation, status, fallback_used
       FROM rollups JOIN rollup_groups ON id = group_id`,
    )
    .all()
    .map(({ group_id, histogram, ...rest }) => JSON.stringify(rest))
    .sort();
}

test("a ledger of before there were sums has the same ones after the update, with their histograms", () => {
  const some = fc.array(someRow(START_MS, START_MS + 60 * HOUR_MS), { maxLength: 60 });
  fc.assert(
    fc.property(some, (changes) => {
      const rows = changes.map((change, n) => requestRowOf(sampleRow({ sequence: n + 1, ...change })));
      const updated = database();
      migrate(updated, 0, BEFORE_SUMS);
      for (const row of rows) insertBareRequest(updated, row);
      migrate(updated, 0, UNTIL_SUMS);
      expect(fillRollups(updated)).toBe(rows.length);
      const fresh = database();
      migrate(fresh, 0, UNTIL_SUMS);
      for (const row of rows) insertRequest(row)(fresh);
      const lastMs = Math.max(0, ...rows.map((row) => row.time_ms));
      compactMinutes(fresh, Math.floor(lastMs / HOUR_MS) * HOUR_MS, 1_000_000);
      expect(kept(updated)).toEqual(kept(fresh));
      expect(rollupState(updated).compactedUntilMs).toBe(rollupState(fresh).compactedUntilMs);
      expect(answeredIn(updated)).toEqual(answered(updated));
      expect(fillRollups(updated)).toBe(0);
    }),
    { numRuns: 30 },
  );
}, 60_000);

/** Answered requests by hour summaries and by day summaries. */
function answered(db: Database) {
  return db
    .query<{ requests: number }, []>(
      `SELECT sum(requests) AS requests FROM rollups JOIN rollup_groups ON id = group_id
       WHERE status = 'ok' AND tier IN (3, 4) GROUP BY tier ORDER BY tier`,
    )
    .all()
    .map(({ requests }) => requests);
}

/** The same, counted from histograms. */
function answeredIn(db: Database) {
  const rows = db
    .query<{ tier: number; histogram: Uint8Array }, []>(
      "SELECT tier, histogram FROM rollups WHERE histogram IS NOT NULL ORDER BY tier",
    )
    .all();
  const tiers = Map.groupBy(rows, ({ tier }) => tier);
  return [...tiers.values()].map((group) =>
    group
      .flatMap(({ histogram }) => [...decodeHistogram(histogram).values()])
      .reduce((sum, each) => sum + each, 0),
  );
}
