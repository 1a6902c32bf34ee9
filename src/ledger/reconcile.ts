import { nanoOfAtto } from "./export-cells.ts";
import { ModelFolding, type RowNames } from "./model-folding.ts";
import { plus, type TheirFigures } from "./usage-export.ts";

/** What our rows say of one UTC day and model. */
export interface OurFigures extends RowNames {
  day: string;
  requests: number;
  promptTokens: number;
  completionTokens: number;
  costNanoUsd: number;
  /** Requests whose cost is unknown; they are not in the cost. */
  unpricedRequests: number;
}

/** Null = not told. */
export interface ReconciledFigures {
  requests: number | null;
  promptTokens: number | null;
  completionTokens: number | null;
  costNanoUsd: number | null;
}

export interface Compared {
  /** Null = they have nothing of it. */
  theirs: ReconciledFigures | null;
  /** Null = we have nothing of it. */
  ours: (ReconciledFigures & { unpricedRequests: number }) | null;
  /** Theirs less ours, what one side has not counting as 0; null where they do not tell. */
  difference: ReconciledFigures;
}

export interface ComparedLine extends Compared {
  day: string;
  /** Null = the export, or a row, does not tell. */
  model: string | null;
  /** All names that were taken for this model. */
  names: string[];
}

export interface Reconciliation {
  /** By day, then by model. */
  lines: ComparedLine[];
  total: Compared;
  /** Lines that only they have, and that only we have. */
  onlyTheirs: number;
  onlyOurs: number;
}

interface Pair {
  day: string;
  model: string | null;
  names: Set<string>;
  theirs: TheirFigures[];
  ours: OurFigures[];
}

/** Puts what a provider tells beside what our rows say, by UTC day and model. `canonical` as in ModelFolding. */
export function reconcile(
  theirs: readonly TheirFigures[],
  ours: readonly OurFigures[],
  canonical: (name: string) => string,
): Reconciliation {
  const folding = new ModelFolding(canonical, ours);
  const pairs = new Map<string, Pair>();
  const pairOf = (day: string, model: string | null) => {
    const key = JSON.stringify([day, model]);
    const pair = pairs.get(key) ?? { day, model, names: new Set<string>(), theirs: [], ours: [] };
    pairs.set(key, pair);
    return pair;
  };
  for (const it of theirs) {
    const pair = pairOf(it.day, folding.theirs(it.model));
    pair.theirs.push(it);
    if (it.model !== null) pair.names.add(it.model);
  }
  for (const it of ours) {
    const pair = pairOf(it.day, folding.ours(it));
    pair.ours.push(it);
    for (const name of [it.model, it.upstreamModel]) if (name !== null) pair.names.add(name);
  }
  const told = theirSum(theirs);
  const lines = [...pairs.values()]
    .sort((a, b) => order(a.day, b.day) || order(a.model ?? "", b.model ?? ""))
    .map(({ day, model, names, ...sides }) => {
      return { day, model, names: [...names].sort(order), ...compare(sides.theirs, sides.ours, told) };
    });
  return {
    lines,
    total: compare(theirs, ours, told),
    onlyTheirs: lines.filter((line) => line.ours === null).length,
    onlyOurs: lines.filter((line) => line.theirs === null).length,
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `told` is all they tell: a figure that is nowhere in it differs from nothing. */
function compare(
  theirs: readonly TheirFigures[],
  ours: readonly OurFigures[],
  told: ReconciledFigures,
): Compared {
  const their = theirs.length === 0 ? null : theirSum(theirs);
  const our = ours.length === 0 ? null : ourSum(ours);
  const less = (figure: keyof ReconciledFigures) =>
    told[figure] === null ? null : (their?.[figure] ?? 0) - (our?.[figure] ?? 0);
  return {
    theirs: their,
    ours: our,
    difference: {
      requests: less("requests"),
      promptTokens: less("promptTokens"),
      completionTokens: less("completionTokens"),
      costNanoUsd: less("costNanoUsd"),
    },
  };
}

function theirSum(all: readonly TheirFigures[]): ReconciledFigures {
  const sum: ReconciledFigures = {
    requests: null,
    promptTokens: null,
    completionTokens: null,
    costNanoUsd: null,
  };
  let costAttoUsd: bigint | null = null;
  for (const each of all) {
    sum.requests = plus(sum.requests, each.requests);
    sum.promptTokens = plus(sum.promptTokens, each.promptTokens);
    sum.completionTokens = plus(sum.completionTokens, each.completionTokens);
    if (each.costAttoUsd !== null) costAttoUsd = (costAttoUsd ?? 0n) + each.costAttoUsd;
  }
  return { ...sum, costNanoUsd: costAttoUsd === null ? null : nanoOfAtto(costAttoUsd) };
}

function ourSum(all: readonly OurFigures[]) {
  const sum = { requests: 0, promptTokens: 0, completionTokens: 0, costNanoUsd: 0, unpricedRequests: 0 };
  for (const each of all) {
    sum.requests += each.requests;
    sum.promptTokens += each.promptTokens;
    sum.completionTokens += each.completionTokens;
    sum.costNanoUsd += each.costNanoUsd;
    sum.unpricedRequests += each.unpricedRequests;
  }
  return sum;
}
