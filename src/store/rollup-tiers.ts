export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/**
 * What a bucket of a tier is. Minutes are written with the rows and moved on in the background, into their hour and their
 * day: so a moment is in the minutes or in the hours, never in both, and days hold exactly what their hours hold.
 * Summaries are the same sums by fewer things. All of UTC.
 */
export const TIER = { minute: 0, hour: 1, day: 2, hourSummary: 3, daySummary: 4 } as const;

export interface RollupState {
  /** Whole hour: from here on nothing was moved out of the minutes. */
  compactedUntilMs: number;
  /** Whole hour: raw rows of before may be deleted. */
  rawSinceMs: number;
}

/** Half-open. */
export interface Span {
  fromMs: number;
  toMs: number;
}

export interface RollupSpan extends Span {
  of: "minute" | "hour" | "day";
}

/** What has to be added up for a while: each of its requests is in exactly one of them. */
export interface Parts {
  rollups: RollupSpan[];
  raw: Span[];
}

/** Times outside of these are nobody's. */
const LAST_MS = 8.64e15;

/**
 * Takes a while of exact milliseconds apart: whole days and hours come from the hours' sums (with what waits in the
 * minutes), the rest from raw rows, save whole minutes that were not moved yet. An hour whose raw rows are deleted
 * belongs to the while that its beginning is in, so that whiles that touch still add up. Days are not used where less than
 * a day has to be told apart (`stepMs`).
 */
export function partsOf({ fromMs, toMs }: Span, state: RollupState, stepMs = DAY_MS): Parts {
  const from = settled(clamped(fromMs), state);
  const to = settled(clamped(toMs), state);
  const parts: Parts = { rollups: [], raw: [] };
  if (from >= to) return parts;
  const firstHour = up(from, HOUR_MS);
  const lastHour = down(to, HOUR_MS);
  if (firstHour > lastHour) {
    addEdge(parts, { fromMs: from, toMs: to }, state);
    return parts;
  }
  addEdge(parts, { fromMs: from, toMs: firstHour }, state);
  addHours(parts, firstHour, lastHour, stepMs);
  addEdge(parts, { fromMs: lastHour, toMs: to }, state);
  return parts;
}

/**
 * The same by the minute, for a while of few hours: what was moved out of the minutes is counted from its rows. An hour
 * whose rows are deleted counts where it begins.
 */
export function minutePartsOf({ fromMs, toMs }: Span, state: RollupState): Parts {
  const from = clamped(fromMs);
  const to = clamped(toMs);
  const kept = Math.max(from, state.rawSinceMs);
  const parts = from < kept ? partsOf({ fromMs: from, toMs: Math.min(to, kept) }, state) : noParts();
  const moved = Math.max(kept, Math.min(to, state.compactedUntilMs));
  add(parts.raw, { fromMs: kept, toMs: moved });
  if (moved < to) addEdge(parts, { fromMs: moved, toMs: to }, state);
  return parts;
}

const noParts = (): Parts => ({ rollups: [], raw: [] });

function addHours({ rollups }: Parts, fromMs: number, toMs: number, stepMs: number): void {
  add(rollups, { of: "minute", fromMs, toMs });
  if (stepMs % DAY_MS !== 0) return add(rollups, { of: "hour", fromMs, toMs });
  const firstDay = Math.min(up(fromMs, DAY_MS), toMs);
  const lastDay = Math.max(down(toMs, DAY_MS), firstDay);
  add(rollups, { of: "hour", fromMs, toMs: firstDay });
  add(rollups, { of: "day", fromMs: firstDay, toMs: lastDay });
  add(rollups, { of: "hour", fromMs: lastDay, toMs });
}

/** Less than an hour, all of one hour. */
function addEdge({ rollups, raw }: Parts, edge: Span, { compactedUntilMs }: RollupState): void {
  if (edge.fromMs < compactedUntilMs) return add(raw, edge);
  const firstMinute = Math.min(up(edge.fromMs, MINUTE_MS), edge.toMs);
  const lastMinute = Math.max(down(edge.toMs, MINUTE_MS), firstMinute);
  add(raw, { fromMs: edge.fromMs, toMs: firstMinute });
  add(rollups, { of: "minute", fromMs: firstMinute, toMs: lastMinute });
  add(raw, { fromMs: lastMinute, toMs: edge.toMs });
}

function add<Part extends Span>(to: Part[], part: Part): void {
  if (part.fromMs < part.toMs) to.push(part);
}

const clamped = (timeMs: number) => Math.min(Math.max(timeMs, -LAST_MS), LAST_MS);
const settled = (timeMs: number, { rawSinceMs }: RollupState) =>
  timeMs < rawSinceMs ? up(timeMs, HOUR_MS) : timeMs;
const up = (timeMs: number, stepMs: number) => Math.ceil(timeMs / stepMs) * stepMs;
const down = (timeMs: number, stepMs: number) => Math.floor(timeMs / stepMs) * stepMs;
