/** `npm run volume`: what pages over a ledger of millions of rows take. See docs/decisions/0010-rollups.md. */
import { Database } from "bun:sqlite";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../src/core/clock.ts";
import { LedgerReader, type LogChoice } from "../src/ledger/read.ts";
import { migrate } from "../src/store/migrate.ts";
import { openStore, type Store } from "../src/store/open.ts";
import { RARE_INDUSTRY, RARE_KEY, writePlausibleRows } from "../src/testing/large-ledger.ts";

const USAGE = `npm run volume -- [options]
  --rows=N      rows in the ledger (5000000)
  --data=PATH   a folder that is kept, and used as it is if it has a ledger`;
const DAYS = 31;
const DAY_MS = 86_400_000;
const READS = 40;
const COLUMN = 58;

const NOTHING: LogChoice = {
  ...{ orgId: null, fromMs: null, toMs: null, model: null, provider: null },
  ...{ keyId: null, status: null, industry: null, fallback: null },
};

type Read = () => Promise<unknown>;

/** Writes the rows and has the program add them up, as at an update. */
export function makeLedger(folder: string, rows: number): void {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, "nyuro.db"), { create: true, readwrite: true, strict: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = OFF");
  migrate(db, systemClock.now());
  db.run("UPDATE rollup_state SET is_filled = 0");
  const startMs = systemClock.monotonic();
  writePlausibleRows(db, rows, systemClock.now(), DAYS);
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  console.log(`${rows} rows written in ${secondsSince(startMs)} s`);
}

function secondsSince(startMs: number): string {
  return ((systemClock.monotonic() - startMs) / 1000).toFixed(1);
}

function open(folder: string): Store {
  const startMs = systemClock.monotonic();
  const store = openStore({ dataDir: folder, sync: "normal", clock: systemClock });
  if ("problem" in store) throw new Error(store.problem);
  const bytes = statSync(join(folder, "nyuro.db")).size;
  console.log(`opened in ${secondsSince(startMs)} s; ${(bytes / 2 ** 20).toFixed(0)} MiB\n`);
  return store;
}

function pages(reader: LedgerReader, nowMs: number): [string, Read][] {
  const list = (choice: Partial<LogChoice>, limit = 50) => {
    return () => reader.list({ ...NOTHING, ...choice, limit, cursor: null });
  };
  const dashboard = (days: number, orgId: string | null) => {
    return () => reader.dashboard({ orgId, fromMs: nowMs - days * DAY_MS, toMs: nowMs + 1, nowMs });
  };
  const facets = (days: number, choice: Partial<LogChoice> = {}) => {
    return () => reader.facets({ ...NOTHING, fromMs: nowMs - days * DAY_MS, toMs: nowMs + 1, ...choice });
  };
  return [
    ["logs: first page", list({})],
    ["logs: first page of 1,000", list({}, 1_000)],
    ["logs: deep, 25 days back", list({ toMs: nowMs - 25 * DAY_MS })],
    ["logs: of an organization", list({ orgId: "org_1" })],
    ["logs: of a model", list({ model: "gpt-4o" })],
    ["logs: errors", list({ status: "error" })],
    [
      "logs: errors after a fallback, 20 days back",
      list({ status: "error", fallback: true, toMs: nowMs - 20 * DAY_MS }),
    ],
    ["logs: an industry of 1 in 5,000", list({ industry: RARE_INDUSTRY })],
    ["logs: a key of 1 in 40,000", list({ keyId: RARE_KEY })],
    ["logs: a key of 1 in 40,000, 20 days back", list({ keyId: RARE_KEY, toMs: nowMs - 20 * DAY_MS })],
    ["logs: a key without requests", list({ keyId: "key_nobody" })],
    ["facets: 24 hours", facets(1)],
    ["facets: 30 days", facets(30)],
    ["facets: 30 days, errors of an organization", facets(30, { orgId: "org_1", status: "error" })],
    ["dashboard: an hour", dashboard(1 / 24, null)],
    ["dashboard: 24 hours", dashboard(1, null)],
    ["dashboard: 30 days", dashboard(30, null)],
    ["dashboard: 30 days of an organization", dashboard(30, "org_1")],
  ];
}

async function report(all: readonly [string, Read][]): Promise<void> {
  console.log(`${"ms, the first read left out".padEnd(COLUMN)}     p50     p95`);
  for (const [name, read] of all) {
    await read();
    const times: number[] = [];
    for (let n = 0; n < READS; n++) {
      const startMs = systemClock.monotonic();
      await read();
      times.push(systemClock.monotonic() - startMs);
    }
    times.sort((a, b) => a - b);
    const at = (part: number) => (times[Math.floor(READS * part)] ?? 0).toFixed(1).padStart(8);
    console.log(name.padEnd(COLUMN) + at(0.5) + at(0.95));
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: "string" }, data: { type: "string" } },
  });
  const rows = Number(values.rows ?? 5_000_000);
  if (!Number.isInteger(rows) || rows < 1) {
    console.error(USAGE);
    return 2;
  }
  const folder = values.data ?? mkdtempSync(join(tmpdir(), "nyuro-volume-"));
  try {
    if (!existsSync(join(folder, "nyuro.db"))) makeLedger(folder, rows);
    const store = open(folder);
    const newest = await store.queries
      .selectFrom("requests")
      .select((eb) => eb.fn.max<number | null>("time_ms").as("time_ms"))
      .executeTakeFirst();
    await report(pages(new LedgerReader(store), newest?.time_ms ?? systemClock.now()));
    await store.close();
  } finally {
    if (values.data === undefined) rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

if (import.meta.main) process.exit(await main(Bun.argv.slice(2)));
