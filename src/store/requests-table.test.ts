import { Database, type SQLQueryBindings } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Compilable } from "kysely";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { openStore } from "./open.ts";
import { latencyPercentiles, latencyPercentilesByModel } from "./requests-dashboard.ts";
import { findRequests, lookAhead, spansWith } from "./requests-scan.ts";
import { findRequest } from "./requests-table.ts";
import { countLatencies } from "./rollup-histograms.ts";
import { sumRaw } from "./rollup-reads.ts";
import type { Queries } from "./tables.ts";

const SOME = { orgId: "org_a", model: "m", status: "ok", fallback: true };
const RANGE = { orgId: "org_a", fromMs: 1, toMs: 99 };
const BY_TIME_RANGE =
  /SEARCH requests USING (COVERING )?INDEX requests_by_time \(time_ms>\? AND time_ms<\?\)/;

test.each<[string, (queries: Queries) => Compilable, RegExp, boolean]>([
  ["the newest page", (q) => findRequests(q, {}, RANGE, null, 50), BY_TIME_RANGE, false],
  ["a filtered page", (q) => findRequests(q, SOME, RANGE, null, 50), BY_TIME_RANGE, false],
  ["a later page", (q) => findRequests(q, {}, RANGE, { timeMs: 5, sequence: 5 }, 50), BY_TIME_RANGE, false],
  [
    "how far a page may look",
    (q) => lookAhead(q, RANGE, { timeMs: 5, sequence: 5 }, 50),
    /SEARCH requests USING COVERING INDEX requests_by_time/,
    false,
  ],
  [
    "the hours with a seldom filter",
    (q) => spansWith(q, SOME, RANGE, 50),
    /SEARCH rollups USING COVERING INDEX rollups_by_group \(group_id=\? AND bucket_ms>\? AND bucket_ms<\?\)/,
    true,
  ],
  ["one row", (q) => findRequest(q, 5, "org_a"), /SEARCH requests USING INTEGER PRIMARY KEY/, false],
  [
    "the sums of an edge",
    (q) => sumRaw(q, RANGE, { match: SOME, by: [], stepMs: null, only: null }),
    BY_TIME_RANGE,
    false,
  ],
  ["the latencies of an edge", (q) => countLatencies(q, RANGE, "org_a"), BY_TIME_RANGE, true],
  ["the percentiles", (q) => latencyPercentiles(q, RANGE), BY_TIME_RANGE, true],
  ["the percentiles by model", (q) => latencyPercentilesByModel(q, RANGE), BY_TIME_RANGE, true],
])("%s is found by index and no page is sorted", async (_, build, index, sorts) => {
  const dataDir = temporaryDirectory();
  const store = openStore({ dataDir, sync: "normal", clock: fixedClock(0) });
  if ("problem" in store) throw new Error(store.problem);
  const { sql, parameters } = build(store.queries).compile();
  const db = new Database(join(dataDir, "nyuro.db"));
  const plan = db
    .query<{ detail: string }, SQLQueryBindings[]>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...(parameters as SQLQueryBindings[]))
    .map((step) => step.detail)
    .join("\n");
  expect(plan).toMatch(index);
  expect(plan.includes("TEMP B-TREE")).toBe(sorts);
  db.close();
  await store.close();
});
