import type { Store } from "../store/open.ts";
import { isCoarse, type RequestMatch } from "../store/request-match.ts";
import {
  type AnyQuery,
  type Dimension,
  readRollupState,
  type SumRow,
  sumRaw,
  sumRollups,
} from "../store/rollup-reads.ts";
import { addSums, noSums, type RollupSums } from "../store/rollup-sums.ts";
import { HOUR_MS, partsOf, type RollupState } from "../store/rollup-tiers.ts";

export type { Dimension } from "../store/rollup-reads.ts";

/** Null and absent fields do not filter. */
export interface SumsOptions extends RequestMatch {
  /** Inclusive, milliseconds; exact for as long as raw rows of that time are kept, else a whole hour of UTC. */
  fromMs: number;
  /** Exclusive, the same. */
  toMs: number;
  /** What to tell apart; nothing = one line. */
  by?: readonly Dimension[];
  /** Also apart by time, in whole hours or days of UTC; absent = not. */
  stepMs?: number;
  /** The only sums that are wanted, `requests` among them; others are 0 then. Absent = all. */
  only?: readonly (keyof RollupSums)[];
}

/** Of the dimensions asked for the values, of others nothing; `time_ms` is where its step begins. */
export type SumLine = SumRow & RollupSums;

/**
 * What the requests of a while came to. The one reader of sums: whatever is kept of it, the figures are those of the raw
 * rows, each of them counted once. Lines come in no order; a while without requests has none.
 */
export async function sumsBetween(store: Store, options: SumsOptions): Promise<SumLine[]> {
  const { sums } = await sumsTogether(store, [options]);
  return sums[0] ?? [];
}

export interface SumsTogether {
  /** In the order they were asked for. */
  sums: SumLine[][];
  state: RollupState;
}

/** Reads with the state of the sums known, and all of it from one snapshot. */
export async function readKnowing(
  store: Store,
  build: (state: RollupState) => readonly AnyQuery[],
): Promise<{ results: unknown[][]; state: RollupState }> {
  const state = lastSeen.get(store) ?? { compactedUntilMs: 0, rawSinceMs: 0 };
  const [found = [], ...results] = await store.readTogether<readonly AnyQuery[]>([
    readRollupState(store.queries),
    ...build(state),
  ]);
  const now = stateOf(found);
  if (now.compactedUntilMs === state.compactedUntilMs && now.rawSinceMs === state.rawSinceMs)
    return { results, state };
  // Sums that were moved meanwhile would be missed, or counted twice.
  lastSeen.set(store, now);
  return readKnowing(store, build);
}

/** What the state was when last seen: nearly always still right, and if not the read is made again. */
const lastSeen = new WeakMap<Store, RollupState>();

/**
 * Several of them from one snapshot, so that they agree. What is read for more than one of them (the same while and filter)
 * is read once, where there are no sums small enough to be read twice.
 */
export async function sumsTogether(store: Store, asked: readonly SumsOptions[]): Promise<SumsTogether> {
  let parts: Part[] = [];
  const { results, state } = await readKnowing(store, (known) => {
    parts = [
      ...asked.map((options) => ({ of: [options], queries: keptQueries(store, options, known) })),
      ...[...Map.groupBy(asked, nameOfRead).values()].map((of) => ({
        ...{ of, queries: sharedQueries(store, of, known) },
      })),
    ];
    return parts.flatMap(({ queries }) => queries);
  });
  const lines = new Map(asked.map((options) => [options, new Map<string, SumLine>()]));
  let next = 0;
  for (const { of, queries } of parts) {
    const rows = results.slice(next, next + queries.length).flat() as SumRow[];
    next += queries.length;
    for (const options of of) addLines(lines.get(options), rows, options);
  }
  return { sums: asked.map((options) => [...(lines.get(options)?.values() ?? [])]), state };
}

interface Part {
  /** Who needs the rows of these queries. */
  of: SumsOptions[];
  queries: AnyQuery[];
}

/** Of hours and days. */
function keptQueries({ queries }: Store, options: SumsOptions, state: RollupState): AnyQuery[] {
  const { fromMs, toMs, by = [], stepMs = null, only = null, ...match } = options;
  const isSummary = isCoarse(match) && !by.some((name) => BY_ALL_ONLY.has(name));
  return partsOf({ fromMs, toMs }, state, stepMs ?? undefined)
    .rollups.filter(({ of }) => of !== "minute")
    .map((span) => sumRollups(queries, span, isSummary, { match, by, stepMs, only }));
}

/** Of minutes and rows, told apart by all that any of them asks for. */
function sharedQueries({ queries }: Store, of: readonly SumsOptions[], state: RollupState): AnyQuery[] {
  const [first] = of;
  if (!first) return [];
  const { fromMs, toMs, by: _by, stepMs: _stepMs, only: _only, ...match } = first;
  const asked = {
    match,
    by: [...new Set(of.flatMap((options) => options.by ?? []))],
    stepMs: of.some((options) => options.stepMs !== undefined) ? HOUR_MS : null,
    only: of.every((options) => options.only) ? of.flatMap((options) => options.only ?? []) : null,
  };
  const { rollups, raw } = partsOf({ fromMs, toMs }, state);
  return [
    ...rollups.filter(({ of }) => of === "minute").map((span) => sumRollups(queries, span, false, asked)),
    ...raw.map((span) => sumRaw(queries, span, asked)),
  ];
}

function nameOfRead({ by: _by, stepMs: _stepMs, only: _only, ...read }: SumsOptions): string {
  return JSON.stringify(Object.entries(read).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What summaries leave out. */
const BY_ALL_ONLY: ReadonlySet<Dimension> = new Set(["key_id", "industry", "operation"]);

function stateOf(rows: readonly unknown[]): RollupState {
  const [row] = rows as { compacted_until_ms: number; raw_since_ms: number }[];
  if (!row) throw new Error("the state of the sums is missing");
  return { compactedUntilMs: row.compacted_until_ms, rawSinceMs: row.raw_since_ms };
}

/** One line for each combination; a line of no requests is none. Rows may be told apart by more than is asked for. */
function addLines(
  lines: Map<string, SumLine> | undefined,
  rows: readonly SumRow[],
  { by = [], stepMs }: SumsOptions,
): void {
  for (const row of rows) {
    if (!row.requests) continue;
    const told: Pick<SumRow, Dimension | "time_ms"> = Object.fromEntries(by.map((name) => [name, row[name]]));
    if (stepMs !== undefined) told.time_ms = Math.floor((row.time_ms ?? 0) / stepMs) * stepMs;
    const key = JSON.stringify(told);
    const line = lines?.get(key) ?? { ...told, ...noSums() };
    addSums(line, row);
    lines?.set(key, line);
  }
}

/** All that an organization, or one key of it, ever spent, in nano-USD. Requests of unknown cost are not in it. */
export async function spentEver(store: Store, orgId: string, keyId: string | null): Promise<number> {
  const lines = await sumsBetween(store, { orgId, keyId, fromMs: 0, toMs: Number.POSITIVE_INFINITY });
  return totalOf(lines).costNanoUsd;
}

/** All of them in one. */
export function totalOf(lines: readonly RollupSums[]): RollupSums {
  const total = noSums();
  for (const line of lines) addSums(total, line);
  return total;
}
