import { Database } from "bun:sqlite";
import { chmodSync } from "node:fs";
import { join } from "node:path";

/**
 * One program per data folder: an open exclusive transaction on a database of its own. The operating system drops
 * the lock with the process, `kill -9` included. Nothing else in this process may open `lock.db` (closing any
 * descriptor of it would release a POSIX lock). Null = somebody else holds it.
 */
export function takeLock(dataDir: string): Database | null {
  const file = join(dataDir, "lock.db");
  const db = new Database(file, { create: true, readwrite: true });
  try {
    // Who may read it may lock it, and keep us from starting.
    chmodSync(file, 0o600);
    db.run("PRAGMA busy_timeout = 0");
    db.run("BEGIN EXCLUSIVE");
    return db;
  } catch (error) {
    db.close();
    if (error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY"))
      return null;
    throw error;
  }
}
