import type { Migration } from "../migration.ts";

/**
 * `budgets` is a table of its own, for keys and organizations alike, so that each of them may have none.
 * `requests_with_cost` holds all that a balance is the sum of. It begins with the time, so that rows are appended to it:
 * beginning with the key would make reading faster and each row several times dearer.
 */
export const budgets: Migration = {
  name: "003_budgets",
  up(db) {
    db.run(`
      CREATE TABLE budgets (
        scope TEXT NOT NULL, id TEXT NOT NULL, limit_nano_usd INTEGER NOT NULL, period TEXT NOT NULL,
        alert_threshold REAL NOT NULL, PRIMARY KEY (scope, id)
      ) STRICT, WITHOUT ROWID;

      CREATE INDEX requests_with_cost ON requests (time_ms, org_id, key_id, cost_nano_usd)
        WHERE cost_nano_usd > 0;
    `);
  },
};
