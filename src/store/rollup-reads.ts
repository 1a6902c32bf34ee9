import { type Compilable, sql } from "kysely";
import { isAll, matching, type RequestMatch } from "./request-match.ts";
import type { RollupSums } from "./rollup-sums.ts";
import { type RollupSpan, type Span, TIER } from "./rollup-tiers.ts";
import type { Queries } from "./tables.ts";

/** For whoever reads several at once. */
export type AnyQuery = Compilable<unknown>;

/** What sums can be told apart by: columns of rows and of groups alike. */
export type Dimension =
  | "org_id"
  | "key_id"
  | "provider"
  | "model"
  | "industry"
  | "operation"
  | "status"
  | "fallback_used";

/** One line of what was asked for; of other sums and dimensions nothing. */
export type SumRow = Partial<RollupSums> & { [Name in Dimension]?: string | number | null } & {
  time_ms?: number;
};

export interface SumsAsked {
  match: RequestMatch;
  by: readonly Dimension[];
  /** Also apart by time, in steps of whole hours; null = not. */
  stepMs: number | null;
  /** The only sums that are needed; null = all. */
  only: readonly (keyof RollupSums)[] | null;
}

/** Which sums of a span hold what is asked: the summaries, or those by everything. Minutes have no summaries. */
export function tierOf({ of }: RollupSpan, isSummary: boolean): number {
  if (of === "minute") return TIER.minute;
  if (of === "hour") return isSummary ? TIER.hourSummary : TIER.hour;
  return isSummary ? TIER.daySummary : TIER.day;
}

/** How each sum is made of rows, and its column in the kept ones. */
const FIELDS = {
  requests: ["count(*)", "requests"],
  unpriced: ["total(cost_nano_usd IS NULL AND usage_source <> 'none')", "unpriced"],
  inputTokens: ["total(input_tokens)", "input_tokens"],
  cachedReadTokens: ["total(cached_read_tokens)", "cached_read_tokens"],
  cacheWriteTokens: ["total(cache_write_tokens)", "cache_write_tokens"],
  outputTokens: ["total(output_tokens)", "output_tokens"],
  reasoningTokens: ["total(reasoning_tokens)", "reasoning_tokens"],
  costNanoUsd: ["total(cost_nano_usd)", "cost_nano_usd"],
  latencyUs: ["total(round(latency_ms * 1000))", "latency_us"],
  ttftUs: ["total(round(ttft_ms * 1000))", "ttft_us"],
  ttftCount: ["count(ttft_ms)", "ttft_count"],
} as const satisfies Record<keyof RollupSums, readonly [string, string]>;

/** The sums of a span that is kept. */
export function sumRollups(queries: Queries, span: RollupSpan, isSummary: boolean, asked: SumsAsked) {
  const spanned = queries
    .selectFrom("rollups")
    .where("tier", "=", sql<number>`${sql.lit(tierOf(span, isSummary))}`)
    .where("bucket_ms", ">=", span.fromMs)
    .where("bucket_ms", "<", span.toMs);
  const matched = queries.selectFrom("rollup_groups").select("id").where(matching(asked.match));
  const chosen = isAll(asked.match) ? spanned : spanned.where("group_id", "in", matched);
  const step = stepOf("bucket_ms", asked.stepMs);
  const fields = fieldsOf(asked);
  // By number of the group first: that is quick, and leaves few to be told apart by name.
  const ofGroups = chosen
    .select([
      "group_id",
      step.as("time_ms"),
      ...fields.map(([name, [, column]]) => sql<number>`total(${sql.ref(column)})`.as(name)),
    ])
    .groupBy(asked.stepMs === null ? ["group_id"] : ["group_id", step]);
  const told = namesOf(asked);
  const query = queries
    .selectFrom(ofGroups.as("sums"))
    .innerJoin("rollup_groups", "rollup_groups.id", "sums.group_id")
    .select([
      ...told.map((name) => sql.ref(name).as(name)),
      ...fields.map(([name]) => sql<number>`total(${sql.ref(name)})`.as(name)),
    ]);
  return (told.length === 0 ? query : query.groupBy(told.map((name) => sql.ref(name)))).$castTo<SumRow>();
}

/** The same of raw rows. */
export function sumRaw(queries: Queries, span: Span, asked: SumsAsked) {
  const step = stepOf("time_ms", asked.stepMs);
  const told = namesOf(asked).map((name) => ({ name, value: name === "time_ms" ? step : sql.ref(name) }));
  const query = queries
    .selectFrom("requests")
    .where("time_ms", ">=", span.fromMs)
    .where("time_ms", "<", span.toMs)
    .where(matching(asked.match))
    .select([
      ...told.map(({ name, value }) => value.as(name)),
      ...fieldsOf(asked).map(([name, [raw]]) => sql<number>`${sql.raw(raw)}`.as(name)),
    ]);
  return (told.length === 0 ? query : query.groupBy(told.map(({ value }) => value))).$castTo<SumRow>();
}

/** How far sums were moved, to be read with them. */
export function readRollupState(queries: Queries) {
  return queries.selectFrom("rollup_state").select(["compacted_until_ms", "raw_since_ms"]);
}

function fieldsOf({ only }: SumsAsked) {
  const fields = Object.entries(FIELDS);
  return only === null ? fields : fields.filter(([name]) => only.some((it) => it === name));
}

function namesOf({ by, stepMs }: SumsAsked): readonly (Dimension | "time_ms")[] {
  return stepMs === null ? by : [...by, "time_ms"];
}

function stepOf(column: string, stepMs: number | null) {
  if (stepMs === null) return sql<number>`NULL`;
  return sql<number>`(${sql.ref(column)} / ${sql.lit(stepMs)}) * ${sql.lit(stepMs)}`;
}
