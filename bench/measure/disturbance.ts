import { type CoreTicks, coreTicks, ownTicks } from "./machine.ts";
import { processTree } from "./process-usage.ts";

/** How far a round was not alone on the machine: shares (0 to 1) of all cores. */
export interface Disturbance {
  /** Used by processes that are not of this run. */
  foreign: number;
  /** Taken by the host of this virtual machine. */
  stolen: number;
}

/** Starts watching; call the answer to learn what happened since. */
export function watchMachine(): () => Disturbance {
  const before = snapshot();
  return () => {
    const after = snapshot();
    const total = Math.max(1, after.cores.total - before.cores.total);
    const busy = after.cores.busy - before.cores.busy;
    const foreign = Math.max(0, busy - (after.own - before.own));
    return { foreign: foreign / total, stolen: (after.cores.stolen - before.cores.stolen) / total };
  };
}

function snapshot(): { cores: CoreTicks; own: number } {
  const own = processTree(process.pid)
    .map((pid) => ticksOf(pid))
    .reduce((sum, ticks) => sum + ticks, 0);
  return { cores: coreTicks(), own };
}

/** 0 where the process has just ended: its parent, which is ours, then counts it. */
function ticksOf(pid: number): number {
  try {
    return ownTicks(pid);
  } catch {
    return 0;
  }
}
