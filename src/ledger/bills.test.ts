import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { monthSpan } from "../core/calendar.ts";
import { parseUsd } from "../core/money.ts";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID, updateOrg } from "../store/orgs-table.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { BillDocument, BillLine } from "./bill.ts";
import { Bills } from "./bills.ts";
import { Ledger } from "./ledger.ts";
import type { LedgerRow } from "./row.ts";

const at = (text: string) => Date.parse(text);
const DAY_MS = 86_400_000;

interface Scene {
  store: Store;
  clock: FixedClock;
  bills: Bills;
  write(...rows: Partial<LedgerRow>[]): Promise<void>;
  bill(month: string, orgId?: string): Promise<BillDocument>;
}

let sequence = 0;

async function scene(now: string): Promise<Scene> {
  const clock = fixedClock(at(now));
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  const ledger = new Ledger(store);
  const bills = new Bills({ store, clock });
  return {
    store,
    clock,
    bills,
    async write(...rows) {
      await Promise.all(
        rows.map((row) => {
          sequence += 1;
          return ledger.write(sampleRow({ timeMs: clock.now(), ...row, sequence }));
        }),
      );
    },
    async bill(month, orgId = DEFAULT_ORG_ID) {
      const bill = await bills.of(orgId, month);
      if (!bill) throw new Error("no such organization");
      return bill.document;
    },
  };
}

const names = (lines: readonly BillLine[]) => lines.map(({ name, cost_usd }) => [name, cost_usd]);

test("every list adds up to the total, dearest first; what has no name and no price is there by itself", async () => {
  const { write, bill, store } = await scene("2026-11-22T12:00:00Z");
  await write(
    { provider: "openai", model: "gpt-4o", costNanoUsd: 100, industry: "legal" },
    { provider: "azure", model: "gpt-4o", costNanoUsd: 700 },
    { provider: "my-vps", model: "llama3.1", costNanoUsd: 0, keyId: "key_b" },
    { provider: "new", model: "mystery", costNanoUsd: null },
    ...[{ provider: null, model: null, costNanoUsd: 0, usage: null, usageSource: "none" as const }],
    { orgId: "org_other", costNanoUsd: 5_000 },
  );
  const document = await bill("2026-11");
  expect(document).toMatchObject({
    ...{ org_id: DEFAULT_ORG_ID, month: "2026-11", time_zone: "UTC", closed: false, requests: 5 },
    ...{ from: "2026-11-01T00:00:00.000Z", to: "2026-12-01T00:00:00.000Z" },
    ...{ total_usd: "0.000000800", unpriced_requests: 1, closes_at: "2026-12-04T00:00:00.000Z" },
    ...{ prompt_tokens: 4 * 1500, completion_tokens: 4 * 314 },
    adjustments: { requests: 0, cost_usd: "0.000000000" },
  });
  expect(names(document.by_provider)).toEqual([
    ["azure", "0.000000700"],
    ["openai", "0.000000100"],
    ["my-vps", "0.000000000"],
    ["new", "0.000000000"],
    [null, "0.000000000"],
  ]);
  expect(document.by_provider[3]).toMatchObject({ requests: 1, unpriced_requests: 1, prompt_tokens: 1500 });
  expect(document.by_provider[4]).toMatchObject({ requests: 1, unpriced_requests: 0, prompt_tokens: 0 });
  expect(names(document.by_model).slice(0, 1)).toEqual([["gpt-4o", "0.000000800"]]);
  expect(names(document.by_industry)).toEqual([
    [null, "0.000000700"],
    ["legal", "0.000000100"],
  ]);
  expect(document.by_key.map(({ name, key_name }) => [name, key_name])).toEqual([
    ["key_00000000000000000000", null],
    ["key_b", null],
  ]);
  for (const list of [document.by_provider, document.by_model, document.by_key, document.by_industry])
    expect(list.reduce((sum, line) => sum + (parseUsd(line.cost_usd) ?? Number.NaN), 0)).toBe(800);
  await store.close();
});

test("a month closes three days after its end, by the organization's calendar", async () => {
  const { write, bill, clock, store } = await scene("2026-11-30T12:00:00Z");
  await store.writes.run(updateOrg(store.queries, DEFAULT_ORG_ID, { time_zone: "America/New_York" }));
  await write({ timeMs: at("2026-12-01T04:59:59.999Z") }, { timeMs: at("2026-12-01T05:00:00Z") });
  clock.setNow(at("2026-12-04T04:59:59.999Z"));
  expect(await bill("2026-11")).toMatchObject({ closed: false, requests: 1 });
  clock.advance(1);
  expect(await bill("2026-11")).toMatchObject({ closed: true, requests: 1, to: "2026-12-01T05:00:00.000Z" });
  expect(await bill("2026-12")).toMatchObject({ closed: false, requests: 1 });
  await store.close();
});

test("nothing changes a closed month: rows, prices, time zone, names, deletion, another process", async () => {
  const { write, bills, clock, store } = await scene("2026-10-05T12:00:00Z");
  await write({}, { timeMs: at("2026-10-31T23:30:00Z"), costNanoUsd: 7 });
  clock.setNow(at("2026-11-04T00:00:00Z"));
  const first = await bills.of(DEFAULT_ORG_ID, "2026-10");
  expect(first?.document).toMatchObject({ closed: true, requests: 2, total_usd: "0.000390907" });
  const changes: [string, () => Promise<unknown>][] = [
    ["a row for it", () => write({ timeMs: at("2026-10-20T00:00:00Z"), costNanoUsd: 1_000_000 })],
    ["other prices", () => store.writes.run((db) => void db.run("UPDATE requests SET cost_nano_usd = 9"))],
    [
      "another time zone",
      () =>
        store.writes.run(updateOrg(store.queries, DEFAULT_ORG_ID, { time_zone: "Asia/Tokyo", name: "New" })),
    ],
    ["no rows", () => store.writes.run((db) => void db.run("DELETE FROM requests"))],
    ["a clock set back", async () => clock.setNow(at("2026-10-02T00:00:00Z"))],
    ["years", async () => clock.setNow(at("2028-10-02T00:00:00Z"))],
  ];
  for (const [what, change] of changes) {
    await change();
    expect([what, await bills.of(DEFAULT_ORG_ID, "2026-10")]).toEqual([what, first]);
    expect(await new Bills({ store, clock }).of(DEFAULT_ORG_ID, "2026-10")).toEqual(first);
  }
  await store.close();
});

test("anybody can check the checksum: SHA-256 over the answer without it, its keys in order", async () => {
  const { write, bills, clock, store } = await scene("2026-10-05T12:00:00Z");
  await write({ industry: "legal" });
  clock.advance(40 * DAY_MS);
  const bill = await bills.of(DEFAULT_ORG_ID, "2026-10");
  const sorted = (it: unknown): unknown =>
    Array.isArray(it)
      ? it.map(sorted)
      : it && typeof it === "object"
        ? Object.fromEntries(
            Object.entries(it)
              .sort()
              .map(([key, value]) => [key, sorted(value)]),
          )
        : it;
  const text = JSON.stringify(sorted(bill?.document));
  expect(bill?.checksum).toBe(createHash("sha256").update(text).digest("hex"));
  expect((await bills.of(DEFAULT_ORG_ID, "2026-11"))?.checksum).toBeNull();
  await store.close();
});

test.each([
  ["a figure is another", `UPDATE bills SET document = replace(document, '390900', '390901')`],
  ["its checksum is another", `UPDATE bills SET checksum = replace(checksum, substr(checksum, 1, 1), 'x')`],
  ["it is gone", `DELETE FROM bills WHERE month = '2026-10'`],
  [
    "it is another month's",
    `UPDATE bills SET document = (SELECT document FROM bills WHERE month = '2026-11'),
       checksum = (SELECT checksum FROM bills WHERE month = '2026-11') WHERE month = '2026-10'`,
  ],
])("a closed bill that was damaged is refused, not added up again: %s", async (_, damage) => {
  const { write, bills, clock, store } = await scene("2026-09-05T12:00:00Z");
  await write({}, { timeMs: at("2026-10-05T12:00:00Z") });
  clock.setNow(at("2026-12-22T00:00:00Z"));
  await bills.closeDue();
  await store.writes.run((db) => void db.run(damage));
  await expect(bills.of(DEFAULT_ORG_ID, "2026-10")).rejects.toThrow(
    "The closed bill of org_default for 2026-10",
  );
  await expect(bills.ofAll("2026-10")).rejects.toThrow("is damaged");
  // The others are as they were.
  expect((await bills.of(DEFAULT_ORG_ID, "2026-12"))?.document.requests).toBe(0);
  await store.close();
});

test("what comes too late for its month is in the first bill that is open, and named there", async () => {
  const { write, bill, bills, clock, store } = await scene("2026-10-05T12:00:00Z");
  await write({ costNanoUsd: 1 });
  clock.setNow(at("2026-11-10T00:00:00Z"));
  expect(await bill("2026-10")).toMatchObject({ closed: true, total_usd: "0.000000001" });
  clock.setNow(at("2026-10-10T00:00:00Z"));
  await write({ costNanoUsd: 20, provider: "late" }, { costNanoUsd: null, provider: "late" });
  clock.setNow(at("2026-11-10T00:00:00Z"));
  await write({ costNanoUsd: 300 });
  expect(await bill("2026-10")).toMatchObject({ requests: 1, total_usd: "0.000000001" });
  const november = await bill("2026-11");
  expect(november).toMatchObject({
    ...{ requests: 3, total_usd: "0.000000320", unpriced_requests: 1, prompt_tokens: 4500 },
    adjustments: { requests: 2, cost_usd: "0.000000020", unpriced_requests: 1, prompt_tokens: 3000 },
  });
  expect(names(november.by_provider)).toEqual([
    ["openai", "0.000000300"],
    ["late", "0.000000020"],
  ]);
  // Counted once: not in the month after, neither before November is closed nor after.
  expect(await bill("2026-12")).toMatchObject({ requests: 0 });
  clock.setNow(at("2026-12-10T00:00:00Z"));
  await bills.closeDue();
  const { closed: _, ...asBefore } = november;
  expect(await bill("2026-11")).toMatchObject({ ...asBefore, closed: true });
  expect(await bill("2026-12")).toMatchObject({ requests: 0, adjustments: { requests: 0 } });
  await store.close();
});

test("another time zone neither counts the hours between twice nor forgets them", async () => {
  const hour = (day: string) => Array.from({ length: 48 }, (_, n) => at(day) + n * 3_600_000);
  for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]) {
    const { write, bill, clock, store } = await scene("2026-10-05T12:00:00Z");
    await write(...hour("2026-10-31T00:00:00Z").map((timeMs) => ({ timeMs, costNanoUsd: 1 })));
    clock.setNow(at("2026-11-05T00:00:00Z"));
    expect(await bill("2026-10")).toMatchObject({ requests: 24 });
    await store.writes.run(updateOrg(store.queries, DEFAULT_ORG_ID, { time_zone: zone }));
    expect(await bill("2026-11")).toMatchObject({
      requests: 24,
      from: "2026-11-01T00:00:00.000Z",
      time_zone: zone,
    });
    clock.setNow(at("2026-12-20T00:00:00Z"));
    const closed = await bill("2026-11");
    expect(closed).toMatchObject({ requests: 24, closed: true, adjustments: { requests: 0 } });
    expect(at(String(closed.to))).toBe(monthSpan("2026-11", zone).endMs);
    expect((await bill("2026-12")).from).toBe(closed.to);
    await store.close();
  }
});

test("a month that was closed and not added up before the process ended is finished by the next", async () => {
  const { write, bill, clock, store } = await scene("2026-10-05T12:00:00Z");
  await write({ costNanoUsd: 1 });
  clock.setNow(at("2026-11-10T00:00:00Z"));
  const { startMs, endMs } = monthSpan("2026-10", "UTC");
  await store.writes.run((db) => {
    db.query(
      "INSERT INTO bills (org_id, month, time_zone, from_ms, to_ms) VALUES (?, '2026-10', 'UTC', ?, ?)",
    ).run(DEFAULT_ORG_ID, startMs, endMs);
  });
  await write({ costNanoUsd: 20, timeMs: at("2026-10-07T00:00:00Z") });
  expect(await bill("2026-10")).toMatchObject({ requests: 2, total_usd: "0.000000021", closed: true });
  expect(await bill("2026-11")).toMatchObject({ requests: 0 });
  await store.close();
});

test("requests older than their organization, and of a clock that began in 1970, are in its first bills", async () => {
  const { write, bill, bills, clock, store } = await scene("2026-10-05T12:00:00Z");
  await write({ timeMs: at("2026-08-05T12:00:00Z"), costNanoUsd: 1 }, { timeMs: 5, costNanoUsd: 20 });
  expect(await bill("2026-08")).toMatchObject({ closed: true, requests: 2, adjustments: { requests: 1 } });
  expect(await bill("2026-09")).toMatchObject({ closed: true, requests: 0 });
  expect(await bill("2026-07")).toMatchObject({ closed: true, requests: 0 });
  expect(await bill("1970-01")).toMatchObject({ closed: true, requests: 0 });
  clock.setNow(at("2026-07-15T00:00:00Z"));
  await write({ costNanoUsd: 300 });
  expect(await bill("2026-07")).toMatchObject({ requests: 0 });
  expect(await bill("2026-10")).toMatchObject({ requests: 1, adjustments: { requests: 1 } });
  expect(await bills.closeDue()).toBe(0);
  await store.close();
});

test("without a month it is the current one; without an organization there is none", async () => {
  const { bills, store } = await scene("2026-10-31T23:30:00Z");
  await store.writes.run(updateOrg(store.queries, DEFAULT_ORG_ID, { time_zone: "Europe/Vienna" }));
  expect((await bills.of(DEFAULT_ORG_ID, null))?.document.month).toBe("2026-11");
  expect((await bills.ofAll(null)).document.month).toBe("2026-10");
  expect(await bills.of("org_nobody", null)).toBeNull();
  await store.close();
});
