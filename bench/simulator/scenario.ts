import type { FaultKind } from "../../src/core/faults.ts";

/** What is wrong with one provider at a moment: it is slower, or it refuses. Null = nothing. */
export type Trouble =
  | { slower: number }
  | { fault: FaultKind; afterMs: number; retryAfterMs: number | null; beforeResponse: boolean };

export interface Scenario {
  name: string;
  means: string;
  /** `callsInWindow` = how many calls it let through since `windowStartMs`, a multiple of WINDOW_MS. */
  trouble(nowMs: number, callsInWindow: number, windowStartMs: number): Trouble | null;
}

/** Providers count their limits in windows of this length. */
export const WINDOW_MS = 10_000;
/** Calls that a provider lets through in a window of a storm. */
const STORM_LIMIT = 20;

const within = (nowMs: number, fromSecond: number, toSecond: number) =>
  nowMs >= fromSecond * 1000 && nowMs < toSecond * 1000;

const UNREACHABLE: Trouble = { fault: "network", afterMs: 30, retryAfterMs: null, beforeResponse: true };
const OVERLOADED: Trouble = { fault: "overloaded", afterMs: 150, retryAfterMs: null, beforeResponse: false };

function stormAt(nowMs: number, callsInWindow: number, windowStartMs: number): Trouble | null {
  if (callsInWindow < STORM_LIMIT) return null;
  // Whole seconds, as the header has them.
  const retryAfterMs = Math.ceil((windowStartMs + WINDOW_MS - nowMs) / 1000) * 1000;
  return { fault: "rate_limited", afterMs: 60, retryAfterMs, beforeResponse: false };
}

/** All of them hit the provider that the strategy leans on most while all is well. */
export const SCENARIOS = [
  { name: "calm", means: "nothing", trouble: () => null },
  {
    name: "slow",
    means: "eight times slower, seconds 60–240",
    trouble: (nowMs) => (within(nowMs, 60, 240) ? { slower: 8 } : null),
  },
  {
    name: "dead",
    means: "unreachable, seconds 60–120",
    trouble: (nowMs) => (within(nowMs, 60, 120) ? UNREACHABLE : null),
  },
  {
    name: "429 storm",
    means: `lets ${STORM_LIMIT} calls through every ${WINDOW_MS / 1000} s, the rest get a 429 with \`retry-after\`, seconds 60–180`,
    trouble: (nowMs, calls, startMs) => (within(nowMs, 60, 180) ? stormAt(nowMs, calls, startMs) : null),
  },
  {
    name: "flapping",
    means: "answers 503 for 8 s of every 20, seconds 60–240",
    trouble: (nowMs) => (within(nowMs, 60, 240) && nowMs % 20_000 < 8_000 ? OVERLOADED : null),
  },
] as const satisfies readonly Scenario[];

export type ScenarioName = (typeof SCENARIOS)[number]["name"];
