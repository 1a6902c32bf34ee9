/** `bin/run bench/ledger-cost.ts`: CPU of a ledger row with and without its sums, alone and in groups. Changes nothing. */
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RequestNumbers } from "../src/core/ids.ts";
import { requestRowOf } from "../src/ledger/request-row.ts";
import { GroupCommit, type Write } from "../src/store/group-commit.ts";
import { migrate } from "../src/store/migrate.ts";
import { requestBatchOf } from "../src/store/request-batch.ts";
import { insertBareRequest, insertRequest } from "../src/store/requests-table.ts";
import type { RequestRow } from "../src/store/tables.ts";
import { sampleRow } from "../src/testing/ledger-row.ts";

const ROWS = 40_000;
const ROUNDS = 5;
const START_MS = 1_800_000_000_000;
/** Rows that come in one second, so that minutes fill as they do under load. */
const ROWS_PER_SECOND = 400;

interface Side {
  name: string;
  withSums: boolean;
}

const SIDES: readonly Side[] = [
  { name: "row alone", withSums: false },
  { name: "row and sums", withSums: true },
];

/** Rows of `keys` keys that use three models each. */
function rowsOf(keys: number): RequestRow[] {
  const numbers = new RequestNumbers({ now: () => START_MS, monotonic: () => 0 }, 0);
  return Array.from({ length: ROWS }, (_, n) => {
    const key = (n * 7919) % keys;
    return requestRowOf(
      sampleRow({
        sequence: numbers.next(),
        timeMs: START_MS + Math.floor((n * 1000) / ROWS_PER_SECOND),
        keyId: `key_${key.toString().padStart(20, "0")}`,
        model: `model-${(key + (n % 3)) % 10}`,
        latencyMs: 50 + ((n * 104729) % 60_000),
      }),
    );
  });
}

/** Microseconds of CPU per row. */
async function measure({ withSums }: Side, rows: readonly RequestRow[], atOnce: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "nyuro-bench-"));
  const db = new Database(join(folder, "nyuro.db"), { create: true, readwrite: true, strict: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = NORMAL");
  migrate(db, 0);
  const writes = new GroupCommit(db, () => {}, withSums ? requestBatchOf(db) : null);
  const writeOf = (row: RequestRow): Write =>
    withSums ? insertRequest(row) : (on) => insertBareRequest(on, row);
  const before = process.cpuUsage();
  for (let n = 0; n < rows.length; n += atOnce)
    await Promise.all(rows.slice(n, n + atOnce).map((row) => writes.run(writeOf(row))));
  const { user, system } = process.cpuUsage(before);
  writes.close();
  db.close();
  rmSync(folder, { recursive: true });
  return (user + system) / rows.length;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

for (const keys of [1, 50]) {
  const rows = rowsOf(keys);
  for (const atOnce of [1, 16]) {
    const found = SIDES.map((): number[] => []);
    for (let round = 0; round <= ROUNDS; round++)
      for (const [side, values] of found.entries()) {
        const us = await measure(SIDES[side] as Side, rows, atOnce);
        if (round > 0) values.push(us);
      }
    const [bare = 0, full = 0] = found.map(median);
    console.log(
      `${keys} keys, ${atOnce} at once: ${bare.toFixed(1)} µs a row alone, ${full.toFixed(1)} with its sums (+${(full - bare).toFixed(1)})`,
    );
  }
}
