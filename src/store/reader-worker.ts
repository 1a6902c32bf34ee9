import { Database, type SQLQueryBindings } from "bun:sqlite";
import { mergeEncoded } from "./latency-histogram.ts";
import type { Answer, Ask, Statement } from "./reader.ts";

declare const self: Worker;

/** Prepared statements kept; filters make many variants. */
const STATEMENTS = 200;

/** An hour of a busy gateway: pages that are read more than once for one answer. */
const CACHE_KIB = 16 * 1024;

let db: Database | null = null;
const prepared = new Map<string, ReturnType<Database["prepare"]>>();

function open(file: string): Database {
  const opened = new Database(file, { readwrite: true, create: false });
  opened.run("PRAGMA busy_timeout = 1000");
  // Not opened read-only because a checkpoint writes; this stops everything else that would.
  opened.run("PRAGMA query_only = ON");
  opened.run("PRAGMA wal_autocheckpoint = 0");
  opened.run(`PRAGMA cache_size = -${CACHE_KIB}`);
  return opened;
}

function rowsOf(connection: Database, { sql, parameters, mergeHistogramsBy }: Statement): unknown[] {
  let statement = prepared.get(sql);
  if (!statement) {
    if (prepared.size >= STATEMENTS) forgetStatements();
    statement = connection.prepare(sql);
    prepared.set(sql, statement);
  }
  const rows = statement.all(...(parameters as SQLQueryBindings[]));
  return mergeHistogramsBy === undefined ? rows : mergedHistograms(rows, mergeHistogramsBy);
}

function mergedHistograms(rows: readonly unknown[], column: string): unknown[] {
  const groups = Map.groupBy(rows as Record<string, Uint8Array>[], (row) => row[column]);
  return [...groups].map(([value, group]) => ({
    [column]: value,
    histogram: mergeEncoded(group.flatMap(({ histogram }) => (histogram ? [histogram] : []))),
  }));
}

function forgetStatements(): void {
  for (const statement of prepared.values()) statement.finalize();
  prepared.clear();
}

/** All statements see the same snapshot. */
function read(connection: Database, statements: readonly Statement[]): unknown[][] {
  if (statements.length === 1) return statements.map((statement) => rowsOf(connection, statement));
  return connection
    .transaction(() => statements.map((statement) => rowsOf(connection, statement)))
    .deferred();
}

function close(): unknown[][] {
  forgetStatements();
  db?.close();
  db = null;
  return [];
}

function resultsOf(ask: Ask): unknown[][] {
  if (ask.kind === "close") return close();
  db ??= open(ask.file);
  if (ask.kind === "read") return read(db, ask.statements);
  return [db.query(`PRAGMA wal_checkpoint(${ask.mode})`).all()];
}

function answer(ask: Ask): Answer {
  try {
    return { id: ask.id, results: resultsOf(ask) };
  } catch (error) {
    return { id: ask.id, error: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = (event: MessageEvent<Ask>) => self.postMessage(answer(event.data));
