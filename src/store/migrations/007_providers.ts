import type { Migration } from "../migration.ts";

/**
 * Providers that were added by API. `settings` is what a configuration file would say of one, without anything secret;
 * `secrets` is sealed with a key that is not in the database.
 */
export const providers: Migration = {
  name: "007_providers",
  up(db) {
    db.run(`
      CREATE TABLE providers (
        id TEXT PRIMARY KEY, settings TEXT NOT NULL, secrets TEXT,
        created_at_ms INTEGER NOT NULL, changed_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
