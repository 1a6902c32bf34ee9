import type { Database } from "bun:sqlite";
import type { Migration } from "./migration.ts";
import { start } from "./migrations/001_start.ts";
import { orgs } from "./migrations/002_orgs.ts";
import { budgets } from "./migrations/003_budgets.ts";
import { alerts } from "./migrations/004_alerts.ts";
import { rollups } from "./migrations/005_rollups.ts";
import { bills } from "./migrations/006_bills.ts";
import { providers } from "./migrations/007_providers.ts";
import { people } from "./migrations/008_console.ts";
import { bodies } from "./migrations/009_bodies.ts";

/** All of them, in order. Append only: a released migration is never edited, moved or dropped. */
export const MIGRATIONS: readonly Migration[] = [
  start,
  orgs,
  budgets,
  alerts,
  rollups,
  bills,
  providers,
  people,
  bodies,
];

/**
 * Brings the database to the last migration, all in one transaction: it either arrives or stays where it was.
 * Returns the names applied now, or a problem where the database has seen migrations this program does not know.
 */
export function migrate(
  db: Database,
  nowMs: number,
  migrations: readonly Migration[] = MIGRATIONS,
): { applied: string[] } | { problem: string } {
  return db
    .transaction(() => {
      db.run(
        "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at_ms INTEGER NOT NULL) STRICT",
      );
      const rows = db.query<{ name: string }, []>("SELECT name FROM migrations").all();
      const done = new Set(rows.map((row) => row.name));
      const unknown = [...done].filter((name) => !migrations.some((migration) => migration.name === name));
      if (unknown.length > 0)
        return { problem: `it has ${unknown.join(", ")}, which this program does not know` };
      const missing = migrations.filter((migration) => !done.has(migration.name));
      for (const migration of missing) {
        migration.up(db, nowMs);
        db.query("INSERT INTO migrations VALUES (?, ?)").run(migration.name, nowMs);
      }
      return { applied: missing.map((migration) => migration.name) };
    })
    .immediate();
}
