import { Database } from "bun:sqlite";
import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_FILE } from "./open.ts";

/** One clear sentence for the operator; what was begun may be there. */
export interface BackupProblem {
  problem: string;
}

/**
 * Writes a whole copy of a data folder's database, as it is at one moment, into another folder, and checks it. The
 * server may run and write meanwhile: it waits for nothing. https://sqlite.org/lang_vacuum.html#vacuuminto
 */
export function backupDatabase(dataDir: string, folder: string): { bytes: number } | BackupProblem {
  const from = join(dataDir, DATABASE_FILE);
  const to = join(folder, DATABASE_FILE);
  if (!existsSync(from)) return { problem: `There is no database in ${dataDir}.` };
  try {
    const db = new Database(from, { readwrite: true, create: false });
    try {
      db.run("PRAGMA busy_timeout = 5000");
      db.query("VACUUM INTO ?").run(to);
    } finally {
      db.close();
    }
    chmodSync(to, 0o600);
    const wrong = mistakeIn(to);
    return wrong === null ? { bytes: statSync(to).size } : { problem: `The copy is damaged: ${wrong}.` };
  } catch (error) {
    return { problem: `The database cannot be copied: ${error instanceof Error ? error.message : error}.` };
  }
}

/** Null = the file is a whole database. */
function mistakeIn(file: string): string | null {
  const db = new Database(file, { readonly: true });
  try {
    const found = db.query<{ quick_check: string }, []>("PRAGMA quick_check(1)").get()?.quick_check;
    return found === "ok" ? null : (found ?? "it cannot be checked");
  } finally {
    db.close();
  }
}
