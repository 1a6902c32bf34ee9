import type { Migration } from "../migration.ts";

/**
 * Sums of requests. A group is everything one can filter by; a summary group leaves key, industry and operation out
 * (null in both), so that a dashboard over a month reads few rows however many keys there are. `tier` says what a bucket
 * is: see rollup-tiers.ts. Sums are REAL: exact below 2⁵³, and nonsense of a provider's cannot make them overflow and so
 * refuse the row itself. Only summaries of hours and days have a histogram, which is made of the raw rows; hours that
 * still wait for theirs are in `rollup_histograms_due`. `rollups_by_group` holds nothing that the hot path writes.
 *
 * What a balance is read from besides, parts of an hour, stands in the index by time: one index to write instead of two.
 *
 * An empty ledger needs no filling; another one is filled right after (rollup-fill.ts), with the code that adds up rows.
 */
export const rollups: Migration = {
  name: "005_rollups",
  up(db) {
    db.run(`
      CREATE TABLE rollup_groups (
        id INTEGER PRIMARY KEY, org_id TEXT NOT NULL, key_id TEXT, provider TEXT, model TEXT, industry TEXT,
        operation TEXT, status TEXT NOT NULL, fallback_used INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX rollup_groups_by_name ON rollup_groups (
        org_id, status, fallback_used, coalesce(key_id, ''), coalesce(provider, ''), coalesce(model, ''),
        coalesce(industry, ''), coalesce(operation, '')
      );

      CREATE TABLE rollups (
        tier INTEGER NOT NULL, bucket_ms INTEGER NOT NULL, group_id INTEGER NOT NULL,
        requests INTEGER NOT NULL, unpriced INTEGER NOT NULL,
        input_tokens REAL NOT NULL, cached_read_tokens REAL NOT NULL, cache_write_tokens REAL NOT NULL,
        output_tokens REAL NOT NULL, reasoning_tokens REAL NOT NULL, cost_nano_usd REAL NOT NULL,
        latency_us REAL NOT NULL, ttft_us REAL NOT NULL, ttft_count INTEGER NOT NULL, histogram BLOB,
        PRIMARY KEY (tier, bucket_ms, group_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX rollups_by_group ON rollups (group_id, bucket_ms) WHERE tier = 1;

      CREATE TABLE rollup_histograms_due (hour_ms INTEGER PRIMARY KEY) STRICT;

      CREATE TABLE rollup_state (
        id INTEGER PRIMARY KEY CHECK (id = 1), compacted_until_ms INTEGER NOT NULL,
        raw_since_ms INTEGER NOT NULL, is_filled INTEGER NOT NULL
      ) STRICT;
      INSERT INTO rollup_state SELECT 1, 0, 0, NOT EXISTS (SELECT 1 FROM requests);

      DROP INDEX requests_with_cost;
      DROP INDEX requests_by_time;
      CREATE INDEX requests_by_time ON requests (time_ms, sequence, org_id, key_id, cost_nano_usd);
    `);
  },
};
