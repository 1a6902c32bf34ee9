import { Database, type SQLQueryBindings } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Compilable } from "kysely";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { openStore } from "./open.ts";
import {
  countRequests,
  latencyPercentiles,
  latencyPercentilesByModel,
  sumRequests,
} from "./requests-dashboard.ts";
import { findRequest, listRequests } from "./requests-table.ts";
import type { Queries } from "./tables.ts";

const NONE = {
  ...{ orgId: null, fromMs: null, toMs: null, model: null, provider: null },
  ...{ keyId: null, status: null, industry: null, fallback: null },
};
const SOME = { ...NONE, fromMs: 1, toMs: 99, orgId: "org_a", model: "m", status: "ok", fallback: true };
const RANGE = { orgId: "org_a", fromMs: 1, toMs: 99 };
const BY_TIME_RANGE =
  /SEARCH requests USING (COVERING )?INDEX requests_by_time \(time_ms>\? AND time_ms<\?\)/;

test.each<[string, (queries: Queries) => Compilable, RegExp, boolean]>([
  [
    "the newest page",
    (q) => listRequests(q, NONE, null, 50),
    /SCAN requests USING INDEX requests_by_time/,
    false,
  ],
  ["a filtered page", (q) => listRequests(q, SOME, null, 50), BY_TIME_RANGE, false],
  [
    "a later page",
    (q) => listRequests(q, NONE, { timeMs: 5, sequence: 5 }, 50),
    /SEARCH requests USING INDEX requests_by_time/,
    false,
  ],
  ["one row", (q) => findRequest(q, 5, "org_a"), /SEARCH requests USING INTEGER PRIMARY KEY/, false],
  ["the count of a day", (q) => countRequests(q, { ...RANGE, orgId: null }), BY_TIME_RANGE, false],
  ["the sums", (q) => sumRequests(q, RANGE, 3_600_000), BY_TIME_RANGE, true],
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
