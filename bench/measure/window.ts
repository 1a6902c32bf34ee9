import type { Job, LoadResult } from "../load/job.ts";
import { type Profile, requestText } from "../load/request.ts";
import type { Children } from "../targets/children.ts";
import { BURST_DELTAS, streamEventCount } from "../targets/mock-replies.ts";
import type { Target } from "../targets/target.ts";
import { cpuMicros, processTree } from "./process-usage.ts";
import { runLoad } from "./run-load.ts";

export interface WindowShape {
  profile: Profile;
  connections: number;
  seconds: number;
  warmupSeconds: number;
  /** Pieces of text of a `steady` stream; absent = as many as `burst` has. */
  deltas?: number;
}

export interface Window {
  load: LoadResult;
  /** What the target's processes used in the window. */
  cpuMicros: number;
}

/** One measured window of closed-loop load against one target. */
export async function measureWindow(children: Children, target: Target, shape: WindowShape): Promise<Window> {
  const { profile, deltas = BURST_DELTAS } = shape;
  const job: Job = {
    kind: "closed",
    host: "127.0.0.1",
    port: target.port,
    request: requestText(target, profile, deltas),
    connections: shape.connections,
    expectEvents: profile === "json" ? 0 : streamEventCount(deltas),
    warmupSeconds: shape.warmupSeconds,
    seconds: shape.seconds,
    rampPerSecond: 0,
  };
  const pids = target.pid === 0 ? [] : processTree(target.pid);
  let before = 0;
  let after = 0;
  const load = await runLoad(
    children,
    job,
    () => {
      before = cpuMicros(pids);
    },
    () => {
      after = cpuMicros(pids);
    },
  );
  return { load, cpuMicros: after - before };
}
