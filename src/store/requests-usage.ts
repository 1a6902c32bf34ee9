import { sql } from "kysely";
import type { Queries } from "./tables.ts";

export interface UsageRange {
  provider: string;
  /** Inclusive. */
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

export interface DayUsage {
  /** UTC: `2026-11-22`. */
  day: string;
  model: string | null;
  upstream_model: string | null;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_nano_usd: number;
  unpriced: number;
}

const DAY = sql<string>`date(time_ms / 1000, 'unixepoch')`;
/** What attempts were billed that failed; part of the row's cost, whoever answered at last. */
const FAILED = sql<number>`CASE WHEN attempts LIKE '%"costNanoUsd"%'
  THEN (SELECT total(value ->> 'costNanoUsd') FROM json_each(attempts)) ELSE 0 END`;
/** A row of failed attempts alone: they are counted one by one. */
const IS_FAILED = sql<boolean>`status = 'error' AND attempts LIKE '%"costNanoUsd"%'`;

/** What a provider worked on, by UTC day and model, by the rows that it answered; without what failed attempts cost. */
export function usageByDay(queries: Queries, { provider, fromMs, toMs }: UsageRange) {
  return queries
    .selectFrom("requests")
    .where("time_ms", ">=", fromMs)
    .where("time_ms", "<", toMs)
    .where("provider", "=", provider)
    .where("usage_source", "<>", "none")
    .select([
      DAY.as("day"),
      "model",
      "upstream_model",
      sql<number>`total(NOT (${IS_FAILED}))`.as("requests"),
      sql<number>`total(input_tokens + cached_read_tokens + cache_write_tokens)`.as("prompt_tokens"),
      sql<number>`total(output_tokens + reasoning_tokens)`.as("completion_tokens"),
      sql<number>`total(cost_nano_usd - ${FAILED})`.as("cost_nano_usd"),
      sql<number>`total(cost_nano_usd IS NULL)`.as("unpriced"),
    ])
    .groupBy([DAY, "model", "upstream_model"]);
}

/** What a provider billed for attempts that failed. Their tokens are in the rows of whoever answered. */
export function failedAttemptsByDay(queries: Queries, { provider, fromMs, toMs }: UsageRange) {
  const attempt = sql<{ value: string }>`json_each(attempts)`;
  const model = sql<string>`attempt.value ->> 'model'`;
  return queries
    .selectFrom(["requests", attempt.as("attempt")])
    .where("time_ms", ">=", fromMs)
    .where("time_ms", "<", toMs)
    .where("attempts", "like", '%"costNanoUsd"%')
    .where(sql<string>`attempt.value ->> 'provider'`, "=", provider)
    .where(sql<number | null>`attempt.value ->> 'costNanoUsd'`, "is not", null)
    .select([
      DAY.as("day"),
      model.as("model"),
      sql<number>`count(*)`.as("requests"),
      sql<number>`total(attempt.value ->> 'costNanoUsd')`.as("cost_nano_usd"),
    ])
    .groupBy([DAY, model]);
}
