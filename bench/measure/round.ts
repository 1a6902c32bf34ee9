import type { Children } from "../targets/children.ts";
import type { Target } from "../targets/target.ts";
import { ratio } from "./statistics.ts";
import { measureWindow, type Window, type WindowShape } from "./window.ts";

/** What one round says of one target. null = not measured (or the target failed, which a note tells). */
export interface RoundFigures {
  /** One JSON answer, 32 connections: CPU time of the target. */
  cpuMicrosPerRequest: number | null;
  requestsPerSecond: number | null;
  /** One connection: time to the complete answer. */
  latencyP50Micros: number | null;
  latencyP99Micros: number | null;
  /** One connection, a stream: time to the first text. */
  firstTokenP50Micros: number | null;
  firstTokenP99Micros: number | null;
  /** 32 streams, each event written as fast as the loop turns. */
  burstCpuMicrosPerEvent: number | null;
  /** 32 streams of 200 events a second. */
  steadyCpuMicrosPerEvent: number | null;
}

export type FigureName = keyof RoundFigures;

export const CONNECTIONS = 32;
const WARMUP_SECONDS = 0.3;

/** Measures one target once. A part that fails leaves its figures unknown and a sentence in `notes`. */
export async function measureTarget(
  children: Children,
  target: Target,
  seconds: number,
  notes: Set<string>,
): Promise<RoundFigures> {
  const run = async (shape: Omit<WindowShape, "seconds" | "warmupSeconds">): Promise<Window | null> => {
    const window = await measureWindow(children, target, {
      ...shape,
      seconds,
      warmupSeconds: WARMUP_SECONDS,
    });
    const { completed, failed, failure } = window.load;
    if (failed === 0 && completed > 0) return window;
    notes.add(`${target.name}, ${shape.profile}: not quoted, answers failed (${failure})`);
    return null;
  };
  const busy = await run({ profile: "json", connections: CONNECTIONS });
  const alone = await run({ profile: "json", connections: 1 });
  const burst = await run({ profile: "burst", connections: CONNECTIONS });
  const steady = burst && (await run({ profile: "steady", connections: CONNECTIONS }));
  const first = burst && (await run({ profile: "steady", connections: 1, deltas: 1 }));
  const hasProcess = target.pid !== 0;
  const perEvent = (window: Window | null) =>
    window && hasProcess ? ratio(window.cpuMicros, window.load.events) : null;
  return {
    cpuMicrosPerRequest: busy && hasProcess ? ratio(busy.cpuMicros, busy.load.completed) : null,
    requestsPerSecond: busy && busy.load.completed / busy.load.elapsedSeconds,
    latencyP50Micros: alone && alone.load.latencyP50Micros,
    latencyP99Micros: alone && alone.load.latencyP99Micros,
    firstTokenP50Micros: first && first.load.firstTokenP50Micros,
    firstTokenP99Micros: first && first.load.firstTokenP99Micros,
    burstCpuMicrosPerEvent: perEvent(burst),
    steadyCpuMicrosPerEvent: perEvent(steady),
  };
}
