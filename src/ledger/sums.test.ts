import { expect, test } from "bun:test";
import fc from "fast-check";
import { monthSpan } from "../core/calendar.ts";
import { openStore, type Store } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { type Event, type History, play, someEvents } from "../testing/ledger-history.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { LedgerRow } from "./row.ts";
import { type Dimension, type SumsOptions, sumsBetween } from "./sums.ts";

const HOUR_MS = 3_600_000;
/** Europe and America change their clocks within it. */
const FROM_MS = Date.UTC(2026, 2, 27, 22, 13, 7, 11);
const TO_MS = FROM_MS + 60 * HOUR_MS;
const DIMENSIONS: readonly Dimension[] = [
  ...(["org_id", "key_id", "provider", "model", "industry", "operation", "status", "fallback_used"] as const),
];

async function opened(): Promise<Store> {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(TO_MS) });
  if ("problem" in store) throw new Error(store.problem);
  return store;
}

const VALUES: Record<Dimension, (row: LedgerRow) => string | number | null> = {
  org_id: (row) => row.orgId,
  key_id: (row) => row.keyId,
  provider: (row) => row.provider,
  model: (row) => row.model,
  industry: (row) => row.industry,
  operation: (row) => row.operation,
  status: (row) => row.status,
  fallback_used: (row) => Number(row.fallbackUsed),
};

/** Where its raw row may be gone, a request counts where its hour begins. */
const countsAt = (row: LedgerRow, { rawSinceMs }: History) =>
  row.timeMs < rawSinceMs ? Math.floor(row.timeMs / HOUR_MS) * HOUR_MS : row.timeMs;

/** The same sums by hand. */
function expected(history: History, { fromMs, toMs, by = [], stepMs, ...match }: SumsOptions) {
  const rows = history.rows.filter((row) => {
    const timeMs = countsAt(row, history);
    const fits = (name: Dimension, value: unknown) => value === undefined || VALUES[name](row) === value;
    return (
      timeMs >= fromMs &&
      timeMs < toMs &&
      fits("org_id", match.orgId) &&
      fits("key_id", match.keyId) &&
      fits("model", match.model) &&
      fits("industry", match.industry) &&
      fits("fallback_used", match.fallback === undefined ? undefined : Number(match.fallback))
    );
  });
  const stepOf = (row: LedgerRow) => stepMs && Math.floor(row.timeMs / stepMs) * stepMs;
  const groups = Map.groupBy(rows, (row) =>
    JSON.stringify([...by.map((name) => VALUES[name](row)), stepOf(row) ?? null]),
  );
  return new Map([...groups].map(([name, group]) => [name, addedUp(group)]));
}

function addedUp(rows: readonly LedgerRow[]) {
  const total = (of: (row: LedgerRow) => number | undefined | null) =>
    rows.reduce((sum, row) => sum + (of(row) ?? 0), 0);
  return {
    requests: rows.length,
    unpriced: rows.filter((row) => row.costNanoUsd === null && row.usageSource !== "none").length,
    inputTokens: total((row) => row.usage?.input),
    cachedReadTokens: total((row) => row.usage?.cachedRead),
    cacheWriteTokens: total((row) => row.usage?.cacheWrite),
    outputTokens: total((row) => row.usage?.output),
    reasoningTokens: total((row) => row.usage?.reasoning),
    costNanoUsd: total((row) => row.costNanoUsd),
    latencyUs: total((row) => Math.round(row.latencyMs * 1000)),
    ttftUs: total((row) => row.ttftMs && Math.round(row.ttftMs * 1000)),
    ttftCount: rows.filter((row) => row.ttftMs !== null).length,
  };
}

async function found(store: Store, options: SumsOptions) {
  const { by = [], stepMs } = options;
  const lines = await sumsBetween(store, options);
  return new Map(
    lines.map((line) => {
      const { time_ms = null, ...rest } = line;
      const name = JSON.stringify([...by.map((dimension) => rest[dimension]), stepMs ? time_ms : null]);
      const sums = Object.entries(rest).filter(([field]) => !DIMENSIONS.some((it) => it === field));
      return [name, Object.fromEntries(sums)];
    }),
  );
}

const someRange = fc
  .tuple(fc.integer({ min: -HOUR_MS, max: 61 * HOUR_MS }), fc.nat(61 * HOUR_MS))
  .map(([offset, length]) => ({ fromMs: FROM_MS + offset, toMs: FROM_MS + offset + length }));
const someMatch = fc.record(
  {
    orgId: fc.constantFrom("org_a", "org_c"),
    keyId: fc.constantFrom("key_1"),
    model: fc.constantFrom("gpt-4o"),
    industry: fc.constantFrom("legal"),
    fallback: fc.boolean(),
  },
  { requiredKeys: [] },
);
const someBy = fc.oneof(
  fc.subarray([...DIMENSIONS]),
  fc.constant([]),
  fc.subarray<Dimension>(["provider", "model", "status"]),
);

test("whatever was written, moved or deleted, sums are those of all rows: any while, filter and dimension", async () => {
  await fc.assert(
    fc.asyncProperty(
      someEvents(FROM_MS, TO_MS),
      fc.array(fc.tuple(someRange, someMatch, someBy, fc.constantFrom(undefined, HOUR_MS, 24 * HOUR_MS)), {
        minLength: 8,
        maxLength: 8,
      }),
      async (events, asked) => {
        const store = await opened();
        const history = await play(store, events, FROM_MS);
        for (const [range, match, by, stepMs] of asked) {
          const options: SumsOptions = { ...range, ...match, by, ...(stepMs && { stepMs }) };
          expect(await found(store, options)).toEqual(expected(history, options));
        }
        await store.close();
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

test("what budgets are opened with is the same sums", async () => {
  await fc.assert(
    fc.asyncProperty(
      someEvents(FROM_MS, TO_MS),
      fc.array(someRange, { minLength: 3 }),
      async (events, ranges) => {
        const store = await opened();
        const history = await play(store, events, FROM_MS);
        for (const range of [...ranges, { fromMs: 0, toMs: Number.POSITIVE_INFINITY }]) {
          const span = { startMs: range.fromMs, endMs: range.toMs };
          const byKey = expected(history, { ...range, by: ["org_id", "key_id"] });
          const spenders = [...byKey].filter(([, { costNanoUsd }]) => costNanoUsd > 0);
          const each = store.spend.spentByEach(span);
          expect(
            new Map(each.map((it) => [JSON.stringify([it.orgId, it.keyId, null]), it.spentNanoUsd])),
          ).toEqual(new Map(spenders.map(([name, { costNanoUsd }]) => [name, costNanoUsd])));
          for (const { orgId, keyId, spentNanoUsd } of each)
            expect(store.spend.spentBy({ orgId, keyId }, span)).toBe(spentNanoUsd);
          const ofOrg = expected(history, { ...range, by: ["org_id"] }).get(JSON.stringify(["org_a", null]));
          expect(store.spend.spentBy({ orgId: "org_a", keyId: null }, span)).toBe(ofOrg?.costNanoUsd ?? 0);
        }
        const costly = history.rows.filter((row) => (row.costNanoUsd ?? 0) > 0).map((row) => row.timeMs);
        expect(store.spend.lastSpendingMs()).toBeGreaterThanOrEqual(Math.max(0, ...costly));
        await store.close();
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

const ZONES = [
  ...["UTC", "Europe/London", "Europe/Vienna", "Europe/Athens", "Europe/Moscow", "Europe/Istanbul"],
  ...["Africa/Cairo", "Africa/Casablanca", "Africa/Lagos", "Africa/Johannesburg", "Africa/Nairobi"],
  ...[
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
  ],
  ...["Asia/Yangon", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Asia/Beirut", "Asia/Gaza"],
  ...["Australia/Eucla", "Australia/Perth", "Australia/Adelaide", "Australia/Sydney", "Australia/Lord_Howe"],
  ...["Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Marquesas", "Pacific/Honolulu"],
  ...[
    "America/Anchorage",
    "America/Los_Angeles",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
  ],
  "America/Santiago",
];
const MONTHS = Array.from(
  { length: 36 },
  (_, n) => `${2025 + Math.floor(n / 12)}-${`${(n % 12) + 1}`.padStart(2, "0")}`,
);

test("months of forty zones over three years, offsets of half and quarter hours included, are exact to the millisecond", async () => {
  const spans = ZONES.flatMap((zone) => MONTHS.map((month) => monthSpan(month, zone)));
  const bounds = [...new Set(spans.flatMap(({ startMs, endMs }) => [startMs, endMs]))];
  const rows = bounds.flatMap((ms, n) =>
    [-1, 0].map((offset) => ({ timeMs: ms + offset, costNanoUsd: 1000 * n + offset + 2, orgId: "org_a" })),
  );
  const store = await opened();
  const end = Math.max(...bounds);
  const hours = Math.ceil((end - FROM_MS) / HOUR_MS);
  const events: Event[] = [
    { kind: "write", rows: rows.slice(0, -60), again: false },
    { kind: "compact", hours: hours - 24 * 10, most: 1_000_000 },
    { kind: "write", rows: rows.slice(-60), again: false },
  ];
  const history = await play(store, events, FROM_MS);
  const sorted = history.rows.map(({ timeMs, costNanoUsd }) => ({ timeMs, cost: costNanoUsd ?? 0 }));
  for (const { startMs, endMs } of new Map(spans.map((span) => [JSON.stringify(span), span])).values()) {
    const [line] = await sumsBetween(store, { fromMs: startMs, toMs: endMs });
    const inside = sorted.filter(({ timeMs }) => timeMs >= startMs && timeMs < endMs);
    expect([line?.requests, line?.costNanoUsd]).toEqual([
      inside.length,
      inside.reduce((sum, { cost }) => sum + cost, 0),
    ]);
  }
  await store.close();
}, 60_000);
