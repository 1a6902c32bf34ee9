import { connect } from "./connection.ts";
import type { Job, LoadResult } from "./job.ts";
import { Tally } from "./tally.ts";

const BATCHES_PER_SECOND = 20;

/**
 * Opens many slow streams and reads each to its end. `onAllOpen` is called when every one of them has had its first
 * event, which is when the target's memory is worth reading. Ends when the last stream has ended.
 */
export async function holdStreams(job: Job, onAllOpen: () => void): Promise<LoadResult> {
  const request = Buffer.from(job.request);
  const tally = new Tally(job);
  const from = performance.now();
  const { promise: allEnded, resolve } = Promise.withResolvers<void>();
  let begun = 0;
  let open = 0;
  let ended = 0;
  const end = () => {
    if (++ended === job.connections) resolve();
  };
  const openOne = () =>
    connect(job, request, {
      tally: () => tally,
      onFirstEvent() {
        open++;
        tally.openAtOnce = Math.max(tally.openAtOnce, open);
        if (++begun === job.connections) onAllOpen();
      },
      onAnswer(_again, close) {
        open--;
        close();
        end();
      },
      onLost: end,
    }).catch((error) => {
      tally.fail(String(error));
      end();
    });
  const batch = Math.max(1, Math.round(job.rampPerSecond / BATCHES_PER_SECOND));
  for (let started = 0; started < job.connections; started += batch) {
    for (let index = started; index < Math.min(started + batch, job.connections); index++) void openOne();
    await Bun.sleep(1000 / BATCHES_PER_SECOND);
  }
  const tooLong = setTimeout(resolve, job.seconds * 1000);
  await allEnded;
  clearTimeout(tooLong);
  for (; ended < job.connections; ended++) tally.fail(`not ended after ${job.seconds} s`);
  return tally.result((performance.now() - from) / 1000);
}
