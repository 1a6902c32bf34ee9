import type { Store } from "../store/open.ts";
import type { RequestMatch } from "../store/request-match.ts";
import { type SumRow, sumRaw, sumRollups } from "../store/rollup-reads.ts";
import { addSums, noSums, type RollupSums } from "../store/rollup-sums.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, minutePartsOf, type Span } from "../store/rollup-tiers.ts";
import { type Dimension, readKnowing, type SumLine, sumsBetween } from "./sums.ts";

/** Up to here a while is told by the minute, which may read every row of it. */
const MINUTES_UP_TO_MS = 2 * HOUR_MS;
const HOURS_UP_TO_MS = 3 * DAY_MS;

export const BREAKDOWN_DIMENSIONS = ["status", "fallback", "provider", "model"] as const;
export type BreakdownDimension = (typeof BREAKDOWN_DIMENSIONS)[number];

const COLUMNS: Record<BreakdownDimension, Dimension> = {
  status: "status",
  fallback: "fallback_used",
  provider: "provider",
  model: "model",
};

export interface BreakdownOptions {
  match: RequestMatch;
  /** Exact milliseconds, as everywhere. */
  span: Span;
  by: readonly BreakdownDimension[];
  /** Also apart by time, in minutes, hours or days of UTC as the length of the while asks for. */
  isStepped: boolean;
  /** The values of the first dimension that get lines of their own, the dearest and then the busiest first. */
  top: number;
}

/** Money in nano-USD, times in milliseconds. */
export interface Figures {
  requests: number;
  okRequests: number;
  /** Neither refused nor canceled: what a success rate is of. */
  ratedRequests: number;
  /** Answered, but not by the first candidate. */
  savedRequests: number;
  unpricedRequests: number;
  costNanoUsd: number;
  /** With those that were cached. */
  promptTokens: number;
  cachedTokens: number;
  /** With those of reasoning. */
  completionTokens: number;
  /** Of answered requests; null = there are none. */
  avgLatencyMs: number | null;
  avgTtftMs: number | null;
}

export type BreakdownNames = { [Name in BreakdownDimension]?: string | boolean | null };

export interface BreakdownLine extends Figures {
  /** Of the dimensions that were asked for; null = nobody answered. */
  names: BreakdownNames;
  /** Where the step begins; null = not told apart by time. */
  timeMs: number | null;
  /** All values of the first dimension that have no line of their own. */
  isOthers: boolean;
}

export interface Breakdown {
  /** null = not told apart by time. */
  stepMs: number | null;
  total: Figures;
  /** In the order of time, then the dearest first. A while without requests has none. */
  lines: BreakdownLine[];
}

export function stepFor({ fromMs, toMs }: Span): number {
  const lengthMs = toMs - fromMs;
  if (lengthMs <= MINUTES_UP_TO_MS) return MINUTE_MS;
  return lengthMs <= HOURS_UP_TO_MS ? HOUR_MS : DAY_MS;
}

/** What the matching requests of a while came to, told apart; the lines add up to the total, and to the rows. */
export async function breakdownOf(store: Store, options: BreakdownOptions): Promise<Breakdown> {
  const { match, span, isStepped } = options;
  const by = [...new Set([...options.by.map((name) => COLUMNS[name]), "status", "fallback_used"] as const)];
  const stepMs = isStepped ? stepFor(span) : null;
  const read =
    stepMs === MINUTE_MS
      ? await sumsByMinute(store, match, span, by)
      : await sumsBetween(store, { ...match, ...span, by, ...(stepMs === null ? {} : { stepMs }) });
  const rows = read.filter(({ requests }) => requests > 0);
  const [first] = options.by;
  const shown = first === undefined ? null : topOf(rows, COLUMNS[first], options.top);
  const groups = Map.groupBy(rows, (row) => nameOf(row, options.by, shown));
  const lines = [...groups.values()].map((group) => lineOf(group, options.by, shown));
  lines.sort(
    (a, b) =>
      (a.timeMs ?? 0) - (b.timeMs ?? 0) ||
      Number(a.isOthers) - Number(b.isOthers) ||
      b.costNanoUsd - a.costNanoUsd ||
      b.requests - a.requests ||
      (JSON.stringify(a.names) < JSON.stringify(b.names) ? -1 : 1),
  );
  return { stepMs, total: figuresOf(rows), lines };
}

/** Whole minutes are kept only of what was not moved into its hour yet; the rest is counted from its rows. */
async function sumsByMinute(
  store: Store,
  match: RequestMatch,
  span: Span,
  by: readonly Dimension[],
): Promise<SumLine[]> {
  const { queries } = store;
  const asked = { match, by, stepMs: MINUTE_MS, only: null };
  const { results } = await readKnowing(store, (state) => {
    const { rollups, raw } = minutePartsOf(span, state);
    return [
      // Where rows may be deleted, what still waits in its minute counts like what does not: where its hour begins.
      ...rollups.map((part) =>
        sumRollups(
          queries,
          part,
          false,
          part.fromMs < state.rawSinceMs ? { ...asked, stepMs: HOUR_MS } : asked,
        ),
      ),
      ...raw.map((part) => sumRaw(queries, part, asked)),
    ];
  });
  return (results.flat() as SumRow[]).map((row) => ({ ...row, ...addedTo(noSums(), row) }));
}

function addedTo(sums: RollupSums, row: SumRow): RollupSums {
  addSums(sums, row);
  return sums;
}

type Shown = ReadonlySet<string | number | null> | null;

/** Who is nobody (null) has a line of its own, whatever came of it. */
function topOf(rows: readonly SumLine[], column: Dimension, top: number): Shown {
  const sums = new Map<string | number | null, RollupSums>();
  for (const row of rows) {
    const name = row[column] ?? null;
    sums.set(name, addedTo(sums.get(name) ?? noSums(), row));
  }
  const named = [...sums].filter(([name]) => name !== null);
  named.sort(
    ([left, a], [right, b]) =>
      b.costNanoUsd - a.costNanoUsd || b.requests - a.requests || (String(left) < String(right) ? -1 : 1),
  );
  return new Set([null, ...named.slice(0, top).map(([name]) => name)]);
}

function isOther(row: SumLine, by: readonly BreakdownDimension[], shown: Shown): boolean {
  const [first] = by;
  return first !== undefined && shown !== null && !shown.has(row[COLUMNS[first]] ?? null);
}

function nameOf(row: SumLine, by: readonly BreakdownDimension[], shown: Shown): string {
  const others = isOther(row, by, shown);
  const names = others ? [] : by.map((name) => row[COLUMNS[name]] ?? null);
  return JSON.stringify([row.time_ms ?? null, others, names]);
}

function lineOf(
  group: readonly [SumLine, ...SumLine[]] | SumLine[],
  by: readonly BreakdownDimension[],
  shown: Shown,
): BreakdownLine {
  const [row] = group;
  if (!row) throw new Error("a group has at least one row");
  const isOthers = isOther(row, by, shown);
  const names = Object.fromEntries(by.map((name) => [name, valueOf(row, name)]));
  return { ...figuresOf(group), names: isOthers ? {} : names, timeMs: row.time_ms ?? null, isOthers };
}

function valueOf(row: SumLine, name: BreakdownDimension): string | boolean | null {
  const value = row[COLUMNS[name]] ?? null;
  return name === "fallback" ? value === 1 : value === null ? null : String(value);
}

function figuresOf(rows: readonly SumLine[]): Figures {
  const all = noSums();
  const answered = noSums();
  const figures = { okRequests: 0, ratedRequests: 0, savedRequests: 0 };
  for (const row of rows) {
    addSums(all, row);
    if (row.status !== "refused" && row.status !== "canceled") figures.ratedRequests += row.requests;
    if (row.status !== "ok") continue;
    addSums(answered, row);
    figures.okRequests += row.requests;
    if (row.fallback_used === 1) figures.savedRequests += row.requests;
  }
  return {
    ...figures,
    requests: all.requests,
    unpricedRequests: all.unpriced,
    costNanoUsd: all.costNanoUsd,
    promptTokens: all.inputTokens + all.cachedReadTokens + all.cacheWriteTokens,
    cachedTokens: all.cachedReadTokens,
    completionTokens: all.outputTokens + all.reasoningTokens,
    avgLatencyMs: averageMs(answered.latencyUs, answered.requests),
    avgTtftMs: averageMs(answered.ttftUs, answered.ttftCount),
  };
}

function averageMs(sumUs: number, count: number): number | null {
  return count === 0 ? null : sumUs / count / 1000;
}
