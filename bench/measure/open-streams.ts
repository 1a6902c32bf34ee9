import type { Job } from "../load/job.ts";
import { requestText } from "../load/request.ts";
import type { Children } from "../targets/children.ts";
import { streamEventCount } from "../targets/mock-replies.ts";
import type { Target } from "../targets/target.ts";
import { processTree, residentKib } from "./process-usage.ts";
import { runLoad } from "./run-load.ts";

/** Many streams of one event a second, all open at once. */
export interface OpenStreams {
  streams: number;
  /** Most that were open at one moment. */
  openAtOnce: number;
  /** Complete, every event there and `[DONE]` last. */
  completed: number;
  failed: number;
  failure: string | null;
  eventsLost: number;
  /** Of the target, two seconds after the last stream had its first event; null = not all could be opened. */
  residentKib: number | null;
}

const RAMP_PER_SECOND = 500;
/** Streams must outlive the ramp and the reading of memory by some seconds. */
const SPARE_SECONDS = 8;
/** A target that is late by more than this (or twice as slow) has lost the stream. */
const PATIENCE_SECONDS = 30;
const SETTLE_MS = 2000;

export async function holdOpen(children: Children, target: Target, streams: number): Promise<OpenStreams> {
  const deltas = Math.ceil(streams / RAMP_PER_SECOND) + SPARE_SECONDS;
  const job: Job = {
    kind: "held",
    host: "127.0.0.1",
    port: target.port,
    request: requestText(target, "paced", deltas),
    connections: streams,
    expectEvents: streamEventCount(deltas),
    warmupSeconds: 0,
    seconds: deltas * 2 + PATIENCE_SECONDS,
    rampPerSecond: RAMP_PER_SECOND,
  };
  const pids = processTree(target.pid);
  let resident: number | null = null;
  const read = () => {
    resident = residentKib(pids);
  };
  const load = await runLoad(
    children,
    job,
    () => void setTimeout(read, SETTLE_MS),
    () => {},
  );
  return {
    streams,
    openAtOnce: load.openAtOnce,
    completed: load.completed,
    failed: load.failed,
    failure: load.failure,
    eventsLost: load.eventsLost,
    residentKib: resident,
  };
}

/** What one more open stream costs, from the first level to the first with at least 1,000 streams (else the last). */
export interface StreamSlope {
  kib: number;
  from: number;
  to: number;
}

/** null = memory is not known at two levels. */
export function streamSlope(levels: readonly OpenStreams[]): StreamSlope | null {
  const [first] = levels;
  const other = levels.find((level) => level.streams >= 1000) ?? levels.at(-1);
  if (!first || !other || other === first || first.residentKib === null || other.residentKib === null)
    return null;
  const kib = (other.residentKib - first.residentKib) / (other.streams - first.streams);
  return { kib, from: first.streams, to: other.streams };
}
