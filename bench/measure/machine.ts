import { readFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";

/** What the figures were taken on. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGib: number;
  system: string;
  bun: string;
  /** Open files a process may have. */
  openFiles: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `Linux ${release()} ${arch()}`,
    bun: Bun.version,
    openFiles: openFileLimit(),
  };
}

function openFileLimit(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? 0);
}

/** Clock ticks since boot by which all cores were `busy`, `stolen` by the host, and in `total`. */
export interface CoreTicks {
  busy: number;
  stolen: number;
  total: number;
}

export function coreTicks(): CoreTicks {
  const line = readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "";
  // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest time is in user already.
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupt = 0, soft = 0, stolen = 0] = ticks;
  const busy = user + nice + system + interrupt + soft;
  return { busy, stolen, total: busy + idle + wait + stolen };
}

/** Ticks this process, its ended children and theirs have used. */
export function ownTicks(pid: number | "self"): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
