import type { Database, Statement } from "bun:sqlite";
import type { RollupSums } from "./rollup-sums.ts";
import type { RollupState } from "./rollup-tiers.ts";

const SUMS = [
  "requests",
  "unpriced",
  "input_tokens",
  "cached_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "cost_nano_usd",
  "latency_us",
  "ttft_us",
  "ttft_count",
] as const;

/** Of a SELECT, under the names of `RollupSums`. */
export const SUM_FIELDS = SUMS.map((sum) => `${sum} AS ${camelCase(sum)}`).join(", ");

const COLUMNS = ["tier", "bucket_ms", "group_id", ...SUMS];

const UPSERT = `INSERT INTO rollups (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT DO UPDATE SET ${SUMS.map((sum) => `${sum} = ${sum} + excluded.${sum}`).join(", ")}`;

/** Adds to sums that are kept. On the connection that writes, in its transaction. */
export class RollupsTable {
  private readonly upsert: Statement<unknown, number[]>;

  constructor(db: Database) {
    this.upsert = db.query<unknown, number[]>(UPSERT);
  }

  add(tier: number, bucketMs: number, groupId: number, sums: RollupSums): void {
    this.upsert.run(
      tier,
      bucketMs,
      groupId,
      sums.requests,
      sums.unpriced,
      sums.inputTokens,
      sums.cachedReadTokens,
      sums.cacheWriteTokens,
      sums.outputTokens,
      sums.reasoningTokens,
      sums.costNanoUsd,
      sums.latencyUs,
      sums.ttftUs,
      sums.ttftCount,
    );
  }
}

function camelCase(column: string): string {
  return column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

export function rollupState(db: Database): RollupState & { isFilled: boolean } {
  const row = db
    .query<{ compacted: number; raw: number; filled: number }, []>(
      "SELECT compacted_until_ms AS compacted, raw_since_ms AS raw, is_filled AS filled FROM rollup_state",
    )
    .get();
  if (!row) throw new Error("the state of the sums is missing");
  return { compactedUntilMs: row.compacted, rawSinceMs: row.raw, isFilled: row.filled === 1 };
}

/** Neither ever goes back. */
export function setCompactedUntil(db: Database, timeMs: number): void {
  db.query("UPDATE rollup_state SET compacted_until_ms = max(compacted_until_ms, ?)").run(timeMs);
}

export function setRawSince(db: Database, timeMs: number): void {
  db.query("UPDATE rollup_state SET raw_since_ms = max(raw_since_ms, ?)").run(timeMs);
}
