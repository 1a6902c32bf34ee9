import { readdirSync, readFileSync } from "node:fs";

/** A process and all that descend from it, as they are now. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    const parent = parentOf(entry);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree: number[] = [];
  for (let queue = [pid]; queue.length > 0; ) {
    tree.push(...queue);
    queue = queue.flatMap((parent) => children.get(parent) ?? []);
  }
  return tree;
}

function parentOf(entry: string): number | null {
  if (!/^\d+$/.test(entry)) return null;
  const stat = read(`/proc/${entry}/stat`);
  // The name stands in brackets and may itself hold brackets and blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.length > 1 ? Number(fields[1]) : null;
}

/** CPU time of all threads of these processes since they began, user and system, in microseconds. */
export function cpuMicros(pids: readonly number[]): number {
  let nanos = 0;
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`)) {
      nanos += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0] || 0);
    }
  }
  return nanos / 1000;
}

/** Resident memory of these processes, in KiB; pages they share count in each. */
export function residentKib(pids: readonly number[]): number {
  return pids
    .map((pid) => Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0))
    .reduce((sum, kib) => sum + kib, 0);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty where the process or thread has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
