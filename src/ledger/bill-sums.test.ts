import { expect, test } from "bun:test";
import fc from "fast-check";
import { monthSpan } from "../core/calendar.ts";
import { parseUsd } from "../core/money.ts";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID, updateOrg } from "../store/orgs-table.ts";
import { insertRequest } from "../store/requests-table.ts";
import { calendarOf } from "../testing/calendar.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { BillDocument, BillLine } from "./bill.ts";
import { Bills } from "./bills.ts";
import { LedgerReader } from "./read.ts";
import { requestRowOf } from "./request-row.ts";
import type { LedgerRow } from "./row.ts";

/** Every half and quarter hour there is, DST of all sorts (Lord Howe's half hour, Cairo at midnight), both date lines. */
const ZONES = [
  ...["UTC", "Europe/Vienna", "Europe/London", "Europe/Lisbon", "Europe/Chisinau", "Atlantic/Azores"],
  ...["America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Havana", "America/Asuncion"],
  ...["America/Santiago", "America/Sao_Paulo", "America/Caracas", "America/Nuuk", "America/Scoresbysund"],
  ...["America/Adak", "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Africa/Monrovia"],
  ...["Asia/Kolkata", "Asia/Kathmandu", "Asia/Colombo", "Asia/Yangon", "Asia/Tehran", "Asia/Kabul"],
  ...["Asia/Beirut", "Asia/Gaza", "Asia/Tokyo", "Asia/Almaty", "Australia/Lord_Howe", "Australia/Adelaide"],
  ...["Australia/Eucla", "Australia/Darwin", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Chatham"],
  ...["Pacific/Marquesas", "Pacific/Pago_Pago"],
];
const FIRST = { year: 2024, month: 11 };
const MONTHS = Array.from({ length: 36 }, (_, n) => {
  return Temporal.PlainYearMonth.from(FIRST).add({ months: n }).toString();
});
const AFTER_ALL_MS = Date.UTC(2028, 0, 1);

function open(nowMs: number): { store: Store; clock: FixedClock; bills: Bills } {
  const clock = fixedClock(nowMs);
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  return { store, clock, bills: new Bills({ store, clock }) };
}

const nano = (line: { cost_usd: string }) => parseUsd(line.cost_usd) ?? Number.NaN;
const LISTS = ["by_provider", "by_model", "by_key", "by_industry"] as const;

/** Every list of a bill adds up to its totals, in all five figures. */
function expectWhole(bill: BillDocument): void {
  for (const list of LISTS) {
    const lines: BillLine[] = bill[list];
    const sum = (of: (line: BillLine) => number) => lines.reduce((total, line) => total + of(line), 0);
    expect({
      cost: sum(nano),
      requests: sum((line) => line.requests),
      prompt: sum((line) => line.prompt_tokens),
      completion: sum((line) => line.completion_tokens),
      unpriced: sum((line) => line.unpriced_requests),
    }).toEqual({
      cost: parseUsd(bill.total_usd) ?? Number.NaN,
      requests: bill.requests,
      prompt: bill.prompt_tokens,
      completion: bill.completion_tokens,
      unpriced: bill.unpriced_requests,
    });
    expect(new Set(lines.map(({ name }) => name)).size).toBe(lines.length);
  }
}

interface Draw {
  zone: number;
  month: number;
  /** From a boundary of the month. */
  offsetMs: number;
  costNanoUsd: number | null;
  provider: string | null;
  model: string | null;
  industry: string | null;
  key: number;
  tokens: number;
}

const offset = fc.oneof(
  fc.constantFrom(0, -1, 1),
  fc.integer({ min: -7_200_000, max: 7_200_000 }),
  fc.integer({ min: 0, max: 27 * 86_400_000 }),
);
const name = (...of: string[]) => fc.constantFrom<string | null>(...of, null);
const draw: fc.Arbitrary<Draw> = fc.record({
  zone: fc.nat(ZONES.length - 1),
  month: fc.nat(MONTHS.length - 1),
  offsetMs: offset,
  costNanoUsd: fc.oneof(fc.nat(2_000_000_000), fc.constantFrom(0, 1, 9_007_199_254, null)),
  provider: name("openai", "my-vps", "anthropic"),
  model: name("gpt-4o", "llama3.1"),
  industry: name("legal", "code"),
  key: fc.nat(3),
  tokens: fc.nat(1_000_000),
});

const orgOf = (zone: number) => `org_${zone}`;

function rowOf(it: Draw, sequence: number): LedgerRow {
  const zone = ZONES[it.zone] ?? "UTC";
  const { startMs } = monthSpan(MONTHS[it.month] ?? "", zone);
  return sampleRow({
    ...{ sequence, timeMs: startMs + it.offsetMs, orgId: orgOf(it.zone), keyId: `key_${it.zone}_${it.key}` },
    ...{ provider: it.provider, model: it.model, industry: it.industry, costNanoUsd: it.costNanoUsd },
    usage: { input: it.tokens, cachedRead: 1, cacheWrite: 2, output: 3, reasoning: 4 },
  });
}

async function fill(store: Store, rows: readonly LedgerRow[]): Promise<void> {
  await store.writes.run((db) => {
    const org = db.query("INSERT INTO orgs (id, name, time_zone, created_at_ms) VALUES (?, 'x', ?, ?)");
    for (const [n, zone] of ZONES.entries()) org.run(orgOf(n), zone, Date.UTC(2024, 10, 15));
    for (const row of rows) insertRequest(requestRowOf(row))(db);
  });
}

test("in 40 zones over 3 years of boundaries each row is in exactly the bill that a wall calendar says", async () => {
  expect(ZONES.length).toBe(40);
  await fc.assert(
    fc.asyncProperty(fc.array(draw, { minLength: 1_500, maxLength: 1_500, size: "max" }), async (draws) => {
      const rows = draws.map((it, n) => rowOf(it, n + 1));
      const { store, bills } = open(AFTER_ALL_MS);
      await fill(store, rows);
      await bills.closeDue();
      const kept = await store.queries.selectFrom("bills").select(["org_id", "month", "document"]).execute();
      const found = new Map<string, BillDocument>();
      for (const { org_id, month, document } of kept)
        found.set(`${org_id} ${month}`, JSON.parse(document ?? ""));
      const wanted = Map.groupBy(rows, (row) => {
        const zone = ZONES[Number(row.orgId.slice(4))] ?? "";
        return `${row.orgId} ${calendarOf(zone)(row.timeMs).monthly}`;
      });
      for (const [key, bill] of found) {
        const mine = wanted.get(key) ?? [];
        expectWhole(bill);
        expect([key, bill.requests, parseUsd(bill.total_usd), bill.adjustments.requests]).toEqual([
          key,
          mine.length,
          mine.reduce((sum, row) => sum + (row.costNanoUsd ?? 0), 0),
          0,
        ]);
      }
      expect([...wanted.keys()].filter((key) => !found.has(key))).toEqual([]);
      // Σ bills = Σ ledger, by each dimension.
      expect([...found.values()].reduce((sum, bill) => sum + (parseUsd(bill.total_usd) ?? 0), 0)).toBe(
        rows.reduce((sum, row) => sum + (row.costNanoUsd ?? 0), 0),
      );
      await store.close();
    }),
    { numRuns: 4 },
  );
}, 60_000);

test("open months are told apart as closed ones are, one organization or all of them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(draw, { minLength: 300, maxLength: 300, size: "max" }), async (draws) => {
      const rows = draws.map((it, n) => rowOf({ ...it, month: it.month % 3 }, n + 1));
      const { store, bills, clock } = open(Date.UTC(2024, 10, 20));
      await fill(store, rows);
      for (const month of ["2024-10", "2024-11", "2024-12", "2025-01"]) {
        const mine = rows.filter((row) => {
          return calendarOf(ZONES[Number(row.orgId.slice(4))] ?? "")(row.timeMs).monthly === month;
        });
        const all = (await bills.ofAll(month)).document;
        expectWhole(all);
        expect([month, all.requests]).toEqual([month, mine.length]);
        expect(parseUsd(all.total_usd)).toBe(mine.reduce((sum, row) => sum + (row.costNanoUsd ?? 0), 0));
        const one = (await bills.of(orgOf(33), month))?.document;
        expect(one?.requests).toBe(mine.filter((row) => row.orgId === orgOf(33)).length);
        const dashboard = await new LedgerReader(store).dashboard({
          ...{ orgId: orgOf(33), nowMs: clock.now() },
          ...{ fromMs: Date.parse(one?.from ?? ""), toMs: Date.parse(one?.to ?? "") },
        });
        expect(dashboard.cost.totalNanoUsd).toBe(parseUsd(one?.total_usd ?? "") ?? Number.NaN);
        expect(
          dashboard.cost.byProvider.map(({ provider, costNanoUsd }): [string, number] => [
            provider,
            costNanoUsd,
          ]),
        ).toEqual(
          (one?.by_provider ?? []).flatMap((line) =>
            line.name === null ? [] : [[line.name, nano(line)] as [string, number]],
          ),
        );
      }
      await store.close();
    }),
    { numRuns: 3 },
  );
}, 60_000);

type Step =
  | { kind: "write"; agoMs: number; costNanoUsd: number }
  | { kind: "pass"; ms: number }
  | { kind: "look"; monthsAgo: number }
  | { kind: "zone"; zone: number }
  | { kind: "back"; ms: number }
  | { kind: "crash" };

const DAY_MS = 86_400_000;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      agoMs: fc.constantFrom(0, 0, 5, 40 * DAY_MS, 400 * DAY_MS, 60 * 365 * DAY_MS),
      costNanoUsd: fc.nat(1_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.integer({ min: 1, max: 45 * DAY_MS }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("look" as const), monthsAgo: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("zone" as const), zone: fc.nat(ZONES.length - 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("back" as const),
      ms: fc.integer({ min: 1, max: 100 * DAY_MS }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "crash" as const }) },
);

/** Closes the next month as the first of the two steps does, and nothing more, as if the process had ended there. */
async function closeHalf(store: Store, nowMs: number): Promise<void> {
  await store.writes.run((db) => {
    const last = db
      .query<{ month: string; to_ms: number; time_zone: string }, []>(
        "SELECT month, to_ms, time_zone FROM bills WHERE document IS NOT NULL ORDER BY to_ms DESC LIMIT 1",
      )
      .get();
    // A process never closes another month before it has finished the one.
    if (!last || db.query("SELECT 1 FROM bills WHERE document IS NULL").get()) return;
    const month = Temporal.PlainYearMonth.from(last.month).add({ months: 1 }).toString();
    const { endMs } = monthSpan(month, last.time_zone);
    if (endMs + 3 * DAY_MS > nowMs) return;
    db.query("INSERT INTO bills (org_id, month, time_zone, from_ms, to_ms) VALUES (?, ?, ?, ?, ?)").run(
      ...([DEFAULT_ORG_ID, month, last.time_zone, last.to_ms, endMs] as const),
    );
  });
}

test("whatever happens in between, every row is in exactly one bill, and a closed bill never changes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), async (steps) => {
      const { store, clock, bills } = open(Date.UTC(2026, 9, 5));
      const written = new Map<string, number>();
      const closed = new Map<string, unknown>();
      let latestMs = clock.now();
      for (const it of steps) {
        if (it.kind === "pass") clock.advance(it.ms);
        latestMs = Math.max(latestMs, clock.now());
        if (it.kind === "back") clock.setNow(clock.now() - it.ms);
        if (it.kind === "crash") await closeHalf(store, clock.now());
        if (it.kind === "zone")
          await store.writes.run(updateOrg(store.queries, DEFAULT_ORG_ID, { time_zone: ZONES[it.zone] }));
        if (it.kind === "write") {
          const sequence = written.size + 1;
          const row = { sequence, timeMs: clock.now() - it.agoMs, provider: `p${sequence}` };
          await store.writes.run(
            insertRequest(requestRowOf(sampleRow({ ...row, costNanoUsd: it.costNanoUsd }))),
          );
          written.set(row.provider, it.costNanoUsd);
        }
        if (it.kind === "look") {
          const now = Temporal.Instant.fromEpochMilliseconds(clock.now()).toZonedDateTimeISO("UTC");
          const month = now.toPlainDate().toPlainYearMonth().subtract({ months: it.monthsAgo }).toString();
          const bill = await bills.of(DEFAULT_ORG_ID, month);
          if (bill?.checksum) closed.set(month, closed.get(month) ?? bill);
          if (closed.has(month)) expect(bill).toEqual(closed.get(month) as typeof bill);
        }
      }
      // Two months later at least one more is closed, whatever came late is in it.
      clock.setNow(latestMs + 65 * DAY_MS);
      await bills.closeDue();
      for (const [month, bill] of closed) {
        expect(await bills.of(DEFAULT_ORG_ID, month)).toEqual(bill as Awaited<ReturnType<typeof bills.of>>);
      }
      const kept = await store.queries.selectFrom("bills").select("document").execute();
      const lines = kept.flatMap(({ document }) => (JSON.parse(document ?? "") as BillDocument).by_provider);
      expect(lines.map((line) => [line.name, line.requests, nano(line)]).sort()).toEqual(
        [...written].map(([provider, cost]) => [provider, 1, cost]).sort(),
      );
      await store.close();
    }),
    { numRuns: 60 },
  );
}, 120_000);
