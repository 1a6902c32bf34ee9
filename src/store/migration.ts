import type { Database } from "bun:sqlite";

/** One step of the database's shape. Never edited, moved or dropped once released. */
export interface Migration {
  /** Recorded in the database when done. */
  name: string;
  up(db: Database, nowMs: number): void;
}
