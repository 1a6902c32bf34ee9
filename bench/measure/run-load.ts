import type { Job, LoadMessage, LoadResult } from "../load/job.ts";
import { bunCommand, type Children, childEnvironment } from "../targets/children.ts";

/**
 * Runs one job in a process of its own. `onStarted` is called the moment the measured window begins (or all streams
 * are open), `onEnded` the moment the result is here: where CPU is read.
 */
export async function runLoad(
  children: Children,
  job: Job,
  onStarted: () => void,
  onEnded: () => void,
): Promise<LoadResult> {
  const { promise, resolve } = Promise.withResolvers<LoadResult>();
  const command = bunCommand("bench/load/main.ts", JSON.stringify(job));
  const child = children.start(command, childEnvironment(), (line) => {
    const message: LoadMessage = JSON.parse(line);
    if ("started" in message) return onStarted();
    onEnded();
    resolve(message.result);
  });
  const result = await Promise.race([promise, child.exited.then(() => null)]);
  // Both settle together where the process ends right after its last line: the line wins.
  const settled = result ?? (await Promise.race([promise, Bun.sleep(500).then(() => null)]));
  if (!settled) throw new Error(`the load process ended without a result: ${child.lastWords()}`);
  await child.exited;
  return settled;
}
