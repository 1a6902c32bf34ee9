import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { migrate } from "../store/migrate.ts";
import { openStore } from "../store/open.ts";
import { lookAhead } from "../store/requests-scan.ts";
import { fixedClock } from "../testing/clock.ts";
import { RARE_INDUSTRY, RARE_KEY, writePlausibleRows } from "../testing/large-ledger.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { LedgerReader, type LogChoice } from "./read.ts";

const ROWS = 200_000;
const DAYS = 31;
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 20, 13, 37, 21, 77);
/** What one page may look at. */
const ROWS_PER_PAGE = 20_000;
const NOTHING: LogChoice = {
  ...{ orgId: null, fromMs: null, toMs: null, model: null, provider: null },
  ...{ keyId: null, status: null, industry: null, fallback: null },
};

const dataDir = temporaryDirectory();
const file = join(dataDir, "nyuro.db");
const writer = new Database(file, { create: true, strict: true });
writer.run("PRAGMA journal_mode = WAL");
migrate(writer, 0);
writer.run("UPDATE rollup_state SET is_filled = 0");
writePlausibleRows(writer, ROWS, NOW_MS, DAYS);
writer.close();
const store = openStore({ dataDir, sync: "normal", clock: fixedClock(NOW_MS) });
if ("problem" in store) throw new Error(store.problem);
const raw = new Database(file, { readonly: true });
const reader = new LedgerReader(store);
afterAll(async () => {
  raw.close();
  await store.close();
});

function rawly<Row>(select: string): Row {
  return raw.query<Row, []>(select).get() as Row;
}

/** All rows of a choice, and how many pages that took. */
async function readAll(choice: Partial<LogChoice>) {
  const ids: number[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page = await reader.list({ ...NOTHING, ...choice, limit: 50, cursor });
    if ("refusal" in page) throw new Error(page.refusal.message);
    ids.push(...page.rows.map(({ sequence }) => sequence));
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== null);
  return { ids, pages };
}

test.each<[string, Partial<LogChoice>, string]>([
  ["a key of 1 in 40,000", { keyId: RARE_KEY }, `key_id = '${RARE_KEY}'`],
  ["an industry of 1 in 5,000", { industry: RARE_INDUSTRY }, `industry = '${RARE_INDUSTRY}'`],
  [
    "what seldom meets",
    { status: "interrupted", fallback: true },
    "status = 'interrupted' AND fallback_used = 1",
  ],
])("%s is found whole, without looking at more rows than its hours have", async (_, choice, where) => {
  const wanted = raw
    .query<{ sequence: number }, []>(
      `SELECT sequence FROM requests WHERE ${where} ORDER BY time_ms DESC, sequence DESC`,
    )
    .all();
  const { rows } = rawly<{ rows: number }>(
    `SELECT count(*) AS rows FROM requests WHERE time_ms / 3600000 IN
     (SELECT time_ms / 3600000 FROM requests WHERE ${where})`,
  );
  const { ids, pages } = await readAll(choice);
  expect(wanted.length).toBeGreaterThan(0);
  expect(ids).toEqual(wanted.map(({ sequence }) => sequence));
  // The first 4,000 rows of a page are looked at whatever is in them.
  const most = (rows + pages * 4_000) / ROWS_PER_PAGE + wanted.length / 50 + 2;
  expect(pages).toBeLessThanOrEqual(Math.ceil(most));
});

test("nothing that matches is one page, however many rows there are", async () => {
  expect(await readAll({ keyId: "key_nobody" })).toEqual({ ids: [], pages: 1 });
});

test.each([
  1, 30,
])("the dashboard of %d days is what the rows say; percentiles are at most 2 %% off", async (days) => {
  const fromMs = NOW_MS - days * DAY_MS;
  const range = `time_ms >= ${fromMs} AND time_ms < ${NOW_MS}`;
  const told = await reader.dashboard({ orgId: null, fromMs, toMs: NOW_MS, nowMs: NOW_MS });
  const sums = rawly<{ requests: number; cost: number; ok: number; latency: number }>(
    `SELECT count(*) AS requests, sum(cost_nano_usd) AS cost, sum(status = 'ok') AS ok,
     sum(latency_ms) FILTER (WHERE status = 'ok') AS latency FROM requests WHERE ${range}`,
  );
  expect(told.volume.totalRequests).toBe(sums.requests);
  expect(told.cost.totalNanoUsd).toBe(sums.cost);
  expect(told.performance.avgLatencyMs).toBeCloseTo(sums.latency / sums.ok, 3);
  for (const [percent, got] of [
    [50, told.performance.p50LatencyMs],
    [95, told.performance.p95LatencyMs],
  ] as const) {
    const rank = Math.ceil((sums.ok * percent) / 100) - 1;
    const { exact } = rawly<{ exact: number }>(
      `SELECT latency_ms AS exact FROM requests WHERE ${range} AND status = 'ok' ORDER BY latency_ms LIMIT 1 OFFSET ${rank}`,
    );
    expect(Math.abs((got ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.0201);
  }
  const { total } = await reader.facets({ ...NOTHING, fromMs, toMs: NOW_MS });
  expect(total).toBe(sums.requests);
});

test("a page deep in the list costs what lies behind its cursor, and nothing of what lies before", async () => {
  const bestOf = async (run: () => unknown) => {
    const times: number[] = [];
    for (let n = 0; n < 9; n++) {
      const startMs = performance.now();
      await run();
      times.push(performance.now() - startMs);
    }
    return Math.min(...times);
  };
  const oldest = rawly<{ timeMs: number; sequence: number }>(
    "SELECT time_ms AS timeMs, sequence FROM requests ORDER BY time_ms, sequence LIMIT 1 OFFSET 100",
  );
  const span = { fromMs: 0, toMs: NOW_MS };
  const deep = await bestOf(() => lookAhead(store.queries, span, oldest, 100).execute());
  const whole = await bestOf(() => raw.query("SELECT count(*) FROM requests WHERE time_ms > 0").get());
  expect(deep).toBeLessThan(whole / 2);
});
