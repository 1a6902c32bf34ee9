import type { Migration } from "../migration.ts";

/**
 * What makes an alert the same as another is unique, so that one told again after a restart is ignored. `delivery` is the
 * webhook's queue: what is pending is found by an index that holds nothing else.
 */
export const alerts: Migration = {
  name: "004_alerts",
  up(db) {
    db.run(`
      CREATE TABLE alerts (
        sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, time_ms INTEGER NOT NULL, org_id TEXT NOT NULL,
        scope TEXT NOT NULL, owner_id TEXT NOT NULL, key_prefix TEXT, band TEXT NOT NULL,
        limit_nano_usd INTEGER NOT NULL, spent_nano_usd INTEGER NOT NULL, period TEXT NOT NULL,
        period_start_ms INTEGER NOT NULL, delivery TEXT NOT NULL, attempts INTEGER NOT NULL, next_try_ms INTEGER,
        UNIQUE (scope, owner_id, period_start_ms, limit_nano_usd, band)
      ) STRICT;

      CREATE INDEX alerts_by_time ON alerts (time_ms);
      CREATE INDEX alerts_of_org ON alerts (org_id, time_ms);
      CREATE INDEX alerts_to_deliver ON alerts (next_try_ms) WHERE delivery = 'pending';
    `);
  },
};
