import type { Log } from "../core/log.ts";
import type { Bills } from "../ledger/bills.ts";

const CLOSE_EVERY_MS = 3_600_000;

/**
 * Closes the months that are over, now and every hour, so that they are closed whether or not anybody looks at them.
 * Where that fails the month stays open until the next time.
 */
export function keepBills(
  bills: Pick<Bills, "closeDue">,
  log: Log,
  everyMs: number = CLOSE_EVERY_MS,
): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  const close = async () => {
    try {
      const closed = await bills.closeDue();
      if (closed > 0) log.info({ closed }, "months were closed and their bills written");
    } catch (error) {
      log.warn({ error: String(error) }, "the months that are over could not be closed");
    }
  };
  const again = () => {
    running = running.then(close);
  };
  again();
  const timer = setInterval(again, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
