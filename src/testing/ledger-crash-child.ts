/** Run by ledger/crash.test.ts: writes rows as fast as it can and says which were acknowledged, until it is killed. */
import { systemClock } from "../core/clock.ts";
import { RequestNumbers } from "../core/ids.ts";
import { Ledger } from "../ledger/ledger.ts";
import { openStore } from "../store/open.ts";
import { sampleRow } from "./ledger-row.ts";

const AT_ONCE = 16;

async function writeUntilKilled(ledger: Ledger, numbers: RequestNumbers): Promise<void> {
  for (;;) {
    const sequence = numbers.next();
    await ledger.write(sampleRow({ sequence, timeMs: systemClock.now() }));
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
for (let n = 0; n < AT_ONCE; n++) void writeUntilKilled(ledger, numbers);
