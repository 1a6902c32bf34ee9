import type { Budget } from "./budget.ts";

/** What an alert is about: the fraction of the limit that was reached, or the first request refused for it. */
export type Band = number | "refused";

export interface BandLine {
  /** `0.8` */
  band: number;
  /** Spent so much, it is reached. */
  atNanoUsd: number;
}

const PARTS = 10_000;
const STEP = PARTS / 10;

/** The lines of a budget, lowest first: its threshold, then every ten percent up to the whole. */
export function bandLines({ limitNanoUsd, alertThreshold }: Budget): readonly BandLine[] {
  const first = Math.min(Math.max(Math.round(alertThreshold * PARTS), 1), PARTS);
  const lines = [lineAt(first, limitNanoUsd)];
  for (let parts = (Math.floor(first / STEP) + 1) * STEP; parts <= PARTS; parts += STEP)
    lines.push(lineAt(parts, limitNanoUsd));
  return lines;
}

/** BigInt: 900 USD times ten thousand already pass what a double holds exactly, and a band must not move by a nano-USD. */
function lineAt(parts: number, limitNanoUsd: number): BandLine {
  const product = BigInt(limitNanoUsd) * BigInt(parts);
  const atNanoUsd = Number((product + BigInt(PARTS - 1)) / BigInt(PARTS));
  return { band: parts / PARTS, atNanoUsd };
}

/** How many of the lines are reached. Nothing spent reaches none, also of a limit of 0. */
export function bandsReached(lines: readonly BandLine[], spentNanoUsd: number): number {
  if (spentNanoUsd <= 0) return 0;
  let count = 0;
  while (count < lines.length && (lines[count]?.atNanoUsd ?? Number.POSITIVE_INFINITY) <= spentNanoUsd)
    count += 1;
  return count;
}
