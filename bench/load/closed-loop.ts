import { connect } from "./connection.ts";
import type { Job, LoadResult } from "./job.ts";
import { Tally } from "./tally.ts";

/**
 * Closed loop: every connection sends its next request when its answer is complete. Counts what completes inside the
 * window; `onStarted` is called when it begins. A lost connection is replaced up to a bound, so that a target that
 * fails cannot keep the load busy for ever.
 */
export async function runClosedLoop(job: Job, onStarted: () => void): Promise<LoadResult> {
  const request = Buffer.from(job.request);
  const closers = new Set<() => void>();
  let tally = new Tally(job);
  let over = false;
  let replacements = 1000;
  const open = (): Promise<void> =>
    connect(job, request, {
      tally: () => tally,
      onAnswer(again, close) {
        closers.add(close);
        if (!over) again();
      },
      onLost() {
        if (!over && replacements-- > 0) void open().catch((error) => tally.fail(String(error)));
      },
    });
  await Promise.all(Array.from({ length: job.connections }, open));
  await Bun.sleep(job.warmupSeconds * 1000);
  tally = new Tally(job);
  onStarted();
  const from = performance.now();
  await Bun.sleep(job.seconds * 1000);
  const result = tally.result((performance.now() - from) / 1000);
  over = true;
  for (const close of closers) close();
  return result;
}
