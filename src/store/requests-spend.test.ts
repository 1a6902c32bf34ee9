import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { requestRowOf } from "../ledger/request-row.ts";
import type { LedgerRow } from "../ledger/row.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { migrate } from "./migrate.ts";
import { findCost, spendReader } from "./requests-spend.ts";
import { insertRequest } from "./requests-table.ts";

const EVER = { startMs: 0, endMs: Number.POSITIVE_INFINITY };

function ledgerOf(rows: Partial<LedgerRow>[]): Database {
  const db = new Database(":memory:", { strict: true });
  migrate(db, 0);
  for (const [n, row] of rows.entries())
    insertRequest(requestRowOf(sampleRow({ sequence: n + 1, ...row })))(db);
  return db;
}

const db = ledgerOf([
  { timeMs: 10, orgId: "org_a", keyId: "key_1", costNanoUsd: 1 },
  { timeMs: 20, orgId: "org_a", keyId: "key_1", costNanoUsd: 20, status: "canceled" },
  { timeMs: 20, orgId: "org_a", keyId: "key_2", costNanoUsd: 300, status: "interrupted" },
  { timeMs: 30, orgId: "org_a", keyId: "key_2", costNanoUsd: null },
  { timeMs: 30, orgId: "org_b", keyId: "key_3", costNanoUsd: 4000, status: "error" },
  { timeMs: 40, orgId: "org_b", keyId: "key_3", costNanoUsd: 0 },
]);

const reader = spendReader(db);

test.each<[string, string | null, number, number, number]>([
  ["org_a", null, 0, 100, 321],
  ["org_a", "key_1", 0, 100, 21],
  ["org_a", "key_1", 10, 20, 1],
  ["org_a", "key_1", 11, 21, 20],
  ["org_a", "key_3", 0, 100, 0],
  ["org_a", null, 20, 20, 0],
  ["org_b", null, 0, Number.POSITIVE_INFINITY, 4000],
  ["org_c", null, 0, 100, 0],
  ["org_a'--", null, 0, 100, 0],
])("%s, %p spent from %p to before %p: %p, whatever became of the requests", (orgId, keyId, startMs, endMs, spent) => {
  expect(reader.spentBy({ orgId, keyId }, { startMs, endMs })).toBe(spent);
});

test("all spenders at once are the same figures, and the last spending is that of a row that cost something", () => {
  expect(reader.spentByEach(EVER)).toEqual([
    { orgId: "org_a", keyId: "key_1", spentNanoUsd: 21 },
    { orgId: "org_a", keyId: "key_2", spentNanoUsd: 300 },
    { orgId: "org_b", keyId: "key_3", spentNanoUsd: 4000 },
  ]);
  expect(reader.spentByEach({ startMs: 11, endMs: 21 })).toHaveLength(2);
  expect([reader.lastSpendingMs(), spendReader(ledgerOf([])).lastSpendingMs()]).toEqual([30, 0]);
});

test("sums beyond all sense are no error", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const absurd = ledgerOf(Array.from({ length: 1100 }, () => ({ orgId: "org_a", costNanoUsd: most })));
  expect(spendReader(absurd).spentBy({ orgId: "org_a", keyId: null }, EVER)).toBeGreaterThan(1000 * most);
});

test("no row is read: all of it stands in sums and in an index", () => {
  const plans = new Set<string>();
  const watched = new Proxy(db, {
    get: (target, name) => {
      if (name !== "query") return Reflect.get(target, name);
      return (sql: string) => {
        const values = sql
          .split("?")
          .slice(1)
          .map(() => 1);
        const steps = target.query<{ detail: string }, number[]>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
        for (const { detail } of steps) plans.add(detail);
        return target.query(sql);
      };
    },
  });
  const watching = spendReader(watched);
  watching.spentBy({ orgId: "a", keyId: "k" }, { startMs: 1, endMs: 1e12 });
  watching.spentByEach({ startMs: 1, endMs: 1e12 });
  watching.lastSpendingMs();
  expect([...plans].filter((plan) => plan.includes("requests")).sort()).toEqual([
    "SCAN requests USING COVERING INDEX requests_by_time",
    "SEARCH requests USING COVERING INDEX requests_by_time (time_ms>? AND time_ms<?)",
  ]);
  expect([...plans].some((plan) => plan.startsWith("SCAN rollups"))).toBe(false);
  expect(plans).toContain("SEARCH rollups USING PRIMARY KEY (tier=? AND bucket_ms>? AND bucket_ms<?)");
});

test("the cost of one request: what it was, unknown, or no such request", () => {
  expect([3, 4, 77].map((sequence) => findCost(db, sequence))).toEqual([
    { costNanoUsd: 300 },
    { costNanoUsd: null },
    null,
  ]);
});
