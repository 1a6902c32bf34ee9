import type { Migration } from "../migration.ts";

/**
 * What was said, apart from the rows of the ledger: it is kept for another time, and only where an organization wants it.
 * `request` and `response` are TEXT as it is, or a BLOB of it packed with zstd; null = there was none. The flags are 0 or 1.
 */
export const bodies: Migration = {
  name: "009_bodies",
  up(db) {
    db.run(`
      CREATE TABLE request_bodies (
        sequence INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, org_id TEXT NOT NULL,
        request_truncated INTEGER NOT NULL, response_truncated INTEGER NOT NULL,
        request_redacted INTEGER NOT NULL, response_redacted INTEGER NOT NULL,
        request ANY, response ANY
      ) STRICT;
      CREATE INDEX request_bodies_by_time ON request_bodies (time_ms);
      CREATE INDEX request_bodies_by_org ON request_bodies (org_id);
    `);
  },
};
