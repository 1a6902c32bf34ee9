import type { Migration } from "../migration.ts";

/** What can be said of an organization, and rate limits of it and of its keys. */
export const orgs: Migration = {
  name: "002_orgs",
  up(db) {
    db.run(`
      ALTER TABLE orgs ADD COLUMN store_bodies INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE orgs ADD COLUMN unknown_price TEXT;
      ALTER TABLE orgs ADD COLUMN rate_limit TEXT;
      ALTER TABLE keys ADD COLUMN rate_limit TEXT;
    `);
  },
};
