import { Database } from "bun:sqlite";
import { join } from "node:path";

/**
 * One program per data folder: an open exclusive transaction on a database of its own. The operating system drops
 * the lock with the process, `kill -9` included. Nothing else in this process may open `lock.db` (closing any
 * descriptor of it would release a POSIX lock). Null = somebody else holds it.
 */
export function takeLock(dataDir: string): Database | null {
  const db = new Database(join(dataDir, "lock.db"), { create: true, readwrite: true });
  try {
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
