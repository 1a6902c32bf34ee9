import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import { Upkeep } from "../ledger/upkeep.ts";
import type { Store } from "../store/open.ts";

const RUN_EVERY_MS = 60_000;
/** Between two steps of a millisecond or two: an upkeep that is behind takes a tenth of the time. */
const PAUSE_MS = 20;

interface Parts {
  store: Store;
  clock: Clock;
  log: Log;
  /** How long raw rows are kept; asked before each run. */
  rawDays: () => number;
  /** The same of message bodies. */
  bodyDays: () => number;
}

/** Keeps sums, histograms and retention up to date, each minute. What could not be done now is done later. */
export function keepLedger({ log, ...parts }: Parts): { stop(): Promise<void> } {
  const upkeep = new Upkeep({ ...parts, pause: () => Bun.sleep(PAUSE_MS) });
  let running: Promise<void> | null = null;
  const run = () => {
    running ??= upkeep
      .run()
      .catch((error) =>
        log.warn({ error: String(error) }, "the upkeep of the ledger failed and is tried again"),
      )
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(run, RUN_EVERY_MS);
  timer.unref();
  run();
  return {
    async stop() {
      clearInterval(timer);
      upkeep.stop();
      await running;
    },
  };
}
