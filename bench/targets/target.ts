import type { Child, Children } from "./children.ts";

/** Something the load can be pointed at. */
export interface Target {
  /** As it is shown and as `--only` names it. */
  name: TargetName;
  port: number;
  path: string;
  headers: Readonly<Record<string, string>>;
  /** The process whose CPU and memory count, with its children. */
  pid: number;
}

export type TargetName = "direct" | "relay" | "nginx" | "gateway" | "portkey";

/** What starting one needs. */
export interface Setting {
  children: Children;
  mockPort: number;
}

/** A target that is not there this time, and why: told in the report, never an error. */
export interface Absent {
  name: TargetName;
  reason: string;
}

export function isAbsent(found: Target | Absent): found is Absent {
  return "reason" in found;
}

/** The models of a run as callers name them, and what the mock calls them. */
export const MODELS = {
  bench: "mock-chat",
  "bench-steady": "mock-steady",
  "bench-paced": "mock-paced",
} as const;

/** The key the mock is called with; the mock does not look at it. */
export const UPSTREAM_KEY = "sk-mock-upstream-key";

/** Waits for a script that prints `{"port": n}` as its first line. */
export async function portOf(
  start: (onLine: (line: string) => void) => Child,
): Promise<{ child: Child; port: number }> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = start((line) => resolve(Number(JSON.parse(line).port)));
  const port = await Promise.race([promise, child.exited.then(() => 0)]);
  if (port === 0) throw new Error(`it ended at once: ${child.lastWords()}`);
  return { child, port };
}

/** Asks until something answers HTTP on the port; false = it ended, or `withinMs` passed. */
export async function answers(child: Child, port: number, path: string, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (performance.now() < until && child.isRunning()) {
    const status = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0 && status < 500) return true;
    await Bun.sleep(25);
  }
  return false;
}
