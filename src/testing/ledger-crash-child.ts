/**
 * Run by ledger/crash.test.ts: writes rows and what was said as fast as it can and says which were acknowledged, while their sums are moved
 * and the oldest rows deleted beside it, until it is killed.
 */
import { systemClock } from "../core/clock.ts";
import { RequestNumbers } from "../core/ids.ts";
import { bodiesRowOf } from "../ledger/bodies.ts";
import { Ledger } from "../ledger/ledger.ts";
import { deleteOldBodies } from "../store/bodies-table.ts";
import { openStore, type Store } from "../store/open.ts";
import { deleteOldRequests } from "../store/requests-retention.ts";
import { compactMinutes } from "../store/rollup-compaction.ts";
import { sampleRow } from "./ledger-row.ts";

const AT_ONCE = 16;
const HOUR_MS = 3_600_000;
/** Rows and bodies of so long ago that they may be deleted; all others may not. */
const LONG_AGO_MS = 1_000 * HOUR_MS;

async function writeUntilKilled(store: Store, ledger: Ledger, numbers: RequestNumbers): Promise<void> {
  for (;;) {
    const sequence = numbers.next();
    const nowMs = systemClock.now();
    // Spread over some minutes and keys, every tenth long ago.
    const timeMs = sequence % 10 === 0 ? LONG_AGO_MS : nowMs - (sequence % 7) * 60_000;
    const row = sampleRow({ sequence, timeMs, keyId: `key_${sequence % 5}` });
    const text = `said in ${sequence}`.padEnd(sequence % 3 === 0 ? 20_000 : 0, ".");
    const said = { request: { text, isTruncated: false, isRedacted: false }, response: null };
    await store.writes.run(ledger.writeOf(row, await bodiesRowOf(row, said)));
    process.stdout.write(`${sequence}\n`);
  }
}

const store = openStore({ dataDir: process.argv[2] ?? "", sync: "normal", clock: systemClock });
if ("problem" in store) {
  process.stdout.write(`${store.problem}\n`);
  process.exit(1);
}
const ledger = new Ledger(store);
const numbers = new RequestNumbers(systemClock, store.lastSequence());
for (let n = 0; n < AT_ONCE; n++) void writeUntilKilled(store, ledger, numbers);
setInterval(() => {
  const nextHourMs = Math.ceil(systemClock.now() / HOUR_MS) * HOUR_MS;
  void store.writes.run((db) => void compactMinutes(db, nextHourMs, 3));
  void store.writes.run((db) => void deleteOldBodies(db, LONG_AGO_MS + HOUR_MS));
  void store.writes.run((db) => void deleteOldRequests(db, LONG_AGO_MS + HOUR_MS, 2));
}, 1);
