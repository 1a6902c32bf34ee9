import { expect, test } from "bun:test";
import { join } from "node:path";
import { rowOf, startBudgets } from "../testing/budgets.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { BudgetChange, Spending } from "./balances.ts";
import type { Budget } from "./budget.ts";

const at = (text: string) => Date.parse(text);
const NOON = at("2026-11-22T12:00:00Z");
const DAY_MS = 86_400_000;
const KEY = { scope: "key", id: "key_1", orgId: "org_a" } as const;
const ORG = { scope: "org", id: "org_a", orgId: "org_a" } as const;

let last = 0;
function spending(timeMs = NOON, changes: Partial<Spending> = {}): Spending {
  last += 1;
  return { sequence: last, timeMs, orgId: "org_a", keyId: "key_1", ...changes };
}
const need = (amountNanoUsd: number | null, billedNanoUsd = 0) => ({ amountNanoUsd, billedNanoUsd });
const daily = (limitNanoUsd: number, changes: Partial<Budget> = {}): Budget => ({
  ...{ limitNanoUsd, period: "daily", alertThreshold: 0.8 },
  ...changes,
});
const on = (owner: BudgetChange["owner"], budget: Budget | null, timeZone = "UTC"): BudgetChange => ({
  owner,
  budget,
  timeZone,
});

/** Balances over a ledger with these rows, and both budgets. */
function scene(changes: BudgetChange[], rows: (Spending & { costNanoUsd: number })[] = [], nowMs = NOON) {
  const file = join(temporaryDirectory(), "test.db");
  const filled = startBudgets(file);
  for (const row of rows) rowOf(row)(filled.db);
  filled.db.close();
  const { balances, db } = startBudgets(file);
  const bands = balances.set(changes, nowMs);
  /** Writes the row, and tells of it. */
  const record = (charge: Spending & { costNanoUsd: number | null }) => {
    rowOf(charge)(db);
    return balances.recorded(charge);
  };
  const figures = (owner: typeof KEY | typeof ORG, timeMs = NOON) => {
    const found = balances.figures(owner, timeMs);
    return found && [found.limitNanoUsd, found.spentNanoUsd, found.reservedNanoUsd];
  };
  return { balances, record, figures, bands };
}

test("a hold stands against both budgets until its row comes, and then what it really cost", () => {
  const { balances, record, figures } = scene([on(KEY, daily(100)), on(ORG, daily(1000))]);
  const one = spending();
  expect(balances.hold(one, need(60))).toBeNull();
  expect([figures(KEY), figures(ORG)]).toEqual([
    [100, 0, 60],
    [1000, 0, 60],
  ]);
  balances.kept(one.sequence);
  record({ ...one, costNanoUsd: 45 });
  expect([figures(KEY), figures(ORG), balances.holdCount]).toEqual([[100, 45, 0], [1000, 45, 0], 0]);
});

test.each<[string, Budget, Budget, "key" | "org"]>([
  ["the key's", daily(99), daily(1000), "key"],
  ["the organization's", daily(1000), daily(99), "org"],
  ["the key's before the organization's", daily(99), daily(99), "key"],
])("what does not fit is refused by %s budget, and nothing is held on either", (_, key, org, scope) => {
  const { balances, figures } = scene([on(KEY, key), on(ORG, org)]);
  expect(balances.hold(spending(), need(40))).toBeNull();
  const refusal = balances.hold(spending(), need(60));
  expect(refusal).toEqual({
    owner: scope === "key" ? KEY : ORG,
    period: "daily",
    periodStartMs: at("2026-11-22T00:00:00Z"),
    resetsAtMs: at("2026-11-23T00:00:00Z"),
    ...{ limitNanoUsd: 99, spentNanoUsd: 0, reservedNanoUsd: 40, neededNanoUsd: 60 },
  });
  expect([figures(KEY)?.[2], figures(ORG)?.[2], balances.holdCount]).toEqual([40, 40, 1]);
  expect(balances.hold(spending(), need(59))).toBeNull();
});

test.each<[string, Budget | null, number | null, boolean]>([
  ["no budget lets everything pass", null, 1e15, true],
  ["a limit of 0 is not no limit", daily(0), 1, false],
  ["what costs nothing passes a limit of 0", daily(0), 0, true],
  ["what has no known price does not", daily(0), null, false],
  ["but passes while anything is left", daily(1), null, true],
  ["the last nano-USD can be held", daily(5), 5, true],
  ["one more cannot", daily(5), 6, false],
  ["the largest limit does not overflow", daily(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER, true],
])("%s", (_, budget, amount, passes) => {
  for (const owner of [KEY, ORG]) {
    const { balances } = scene([on(owner, budget)]);
    expect(balances.hold(spending(), need(amount)) === null).toBe(passes);
    expect(balances.holdCount).toBe(passes ? 1 : 0);
  }
});

test("a hold near the largest limit leaves no room by rounding", () => {
  const { balances } = scene([on(KEY, daily(Number.MAX_SAFE_INTEGER))]);
  expect(balances.hold(spending(), need(Number.MAX_SAFE_INTEGER - 1))).toBeNull();
  expect(balances.hold(spending(), need(2))).not.toBeNull();
  expect(balances.hold(spending(), need(1))).toBeNull();
  expect(balances.hold(spending(), need(1))).not.toBeNull();
});

test("requests that cost nothing are served when the budget is spent, and overspent", () => {
  const { balances, record, figures } = scene([on(KEY, daily(100))]);
  record({ ...spending(), costNanoUsd: 150 });
  expect(figures(KEY)).toEqual([100, 150, 0]);
  expect(balances.hold(spending(), need(1))).not.toBeNull();
  expect(balances.hold(spending(), need(null))).not.toBeNull();
  expect(balances.hold(spending(), need(0))).toBeNull();
});

test("the next attempt's hold replaces the last one's; what failed attempts were billed stays held", () => {
  const { balances, figures } = scene([on(KEY, daily(100))]);
  const one = spending();
  expect(balances.hold(one, need(80))).toBeNull();
  balances.kept(one.sequence);
  expect(balances.leftFor(one)).toBe(100);
  expect(balances.leftFor(one, 30)).toBe(70);
  expect(balances.leftFor(spending())).toBe(20);
  expect(balances.hold(one, need(71, 30))).not.toBeNull();
  expect(figures(KEY)).toEqual([100, 0, 80]);
  expect(balances.hold(one, need(70, 30))).toBeNull();
  expect(figures(KEY)).toEqual([100, 0, 100]);
  balances.kept(one.sequence);
  expect(balances.hold(one, need(0, 30))).toBeNull();
  // Not yet 30: while that is being written, a crash would bill 100.
  expect(figures(KEY)).toEqual([100, 0, 100]);
  balances.kept(one.sequence);
  expect(figures(KEY)).toEqual([100, 0, 30]);
});

test("a hold that could not be written leaves what was held before", () => {
  const { balances, figures } = scene([on(KEY, daily(100))]);
  const one = spending();
  balances.hold(one, need(50));
  balances.notKept(one.sequence);
  expect([figures(KEY), balances.holdCount, balances.isHolding(one.sequence)]).toEqual([
    [100, 0, 0],
    0,
    false,
  ]);
  balances.hold(one, need(50));
  balances.kept(one.sequence);
  for (const next of [90, 10]) {
    balances.hold(one, need(next));
    balances.notKept(one.sequence);
    expect([figures(KEY), balances.isHolding(one.sequence)]).toEqual([[100, 0, 50], true]);
  }
  balances.notKept(77);
  balances.kept(77);
  expect(balances.holdCount).toBe(1);
});

test("each period pays for its own requests, whenever they end; a new one begins with nothing", () => {
  const { balances, record, figures } = scene([on(KEY, daily(100))]);
  const late = spending(at("2026-11-22T23:59:59.999Z"));
  expect(balances.hold(late, need(100))).toBeNull();
  const midnight = at("2026-11-23T00:00:00Z");
  const early = spending(midnight);
  expect(balances.hold(early, need(70))).toBeNull();
  // An attempt of the one that came before midnight is still held to yesterday's budget.
  expect(balances.hold(late, need(101))?.resetsAtMs).toBe(midnight);
  record({ ...late, costNanoUsd: 90 });
  record({ ...early, costNanoUsd: 60 });
  expect([figures(KEY, midnight - 1), figures(KEY, midnight)]).toEqual([
    [100, 90, 0],
    [100, 60, 0],
  ]);
  expect(balances.figures(KEY, midnight)?.resetsAtMs).toBe(midnight + DAY_MS);
});

test("rows without a hold count as well, and those of unknown cost for nothing", () => {
  const { record, figures } = scene([on(KEY, daily(100)), on(ORG, daily(100))]);
  record({ ...spending(), costNanoUsd: 7 });
  record({ ...spending(), costNanoUsd: null });
  record({ ...spending(NOON, { keyId: "key_2" }), costNanoUsd: 5 });
  record({ ...spending(NOON, { orgId: "org_b", keyId: "key_3" }), costNanoUsd: 50 });
  expect([figures(KEY), figures(ORG)]).toEqual([
    [100, 7, 0],
    [100, 12, 0],
  ]);
});

test.each([3, 12])("the start reads what the ledger says of the period, for %p budgets and more", (count) => {
  const keys = Array.from({ length: count }, (_, n) => ({ ...KEY, id: `key_${n}` }));
  const rows = keys.flatMap(({ id }, n) =>
    ["2026-11-21T23:59:59.999Z", "2026-11-22T00:00:00Z", "2026-11-22T11:00:00Z"].map((time) => ({
      ...spending(at(time), { keyId: id }),
      costNanoUsd: n + 1,
    })),
  );
  const { balances, figures } = scene(
    [...keys.map((key) => on(key, daily(100))), on(ORG, daily(9999))],
    rows,
  );
  expect(keys.map((key) => balances.figures(key, NOON)?.spentNanoUsd)).toEqual(
    keys.map((_, n) => 2 * (n + 1)),
  );
  expect(figures(ORG)?.[1]).toBe(count * (count + 1));
  // In Vienna the day began an hour earlier.
  balances.set([on(ORG, daily(9999), "Europe/Vienna")], NOON);
  expect(figures(ORG)?.[1]).toBe((count * (count + 1) * 3) / 2);
});

test("a limit counts from the next admission on, with all that is under way", () => {
  const { balances, record, figures } = scene([]);
  const before = spending();
  expect(balances.hold(before, need(80))).toBeNull();
  balances.kept(before.sequence);
  record({ ...spending(), costNanoUsd: 5 });
  expect([balances.leftFor(before), figures(KEY)]).toEqual([null, null]);
  balances.set([on(KEY, daily(100))], NOON);
  expect(figures(KEY)).toEqual([100, 5, 80]);
  expect(balances.hold(spending(), need(16))).not.toBeNull();
  balances.set([on(KEY, daily(50))], NOON);
  expect(balances.leftFor(spending())).toBe(-35);
  expect(balances.hold(spending(), need(1))).not.toBeNull();
  // Its own next attempt too, though it holds more than that already.
  expect(balances.hold(before, need(46))).not.toBeNull();
  expect(balances.hold(before, need(45))).toBeNull();
  balances.set([on(KEY, null)], NOON);
  expect(balances.hold(spending(), need(1e12))).toBeNull();
  record({ ...before, costNanoUsd: 40 });
  balances.set([on(KEY, daily(100, { period: "monthly" }))], NOON);
  expect(figures(KEY)).toEqual([100, 45, 1e12]);
});

test("a new owner's budget begins with nothing and reads nothing", () => {
  const { balances } = scene([], [{ ...spending(NOON, { keyId: "key_9" }), costNanoUsd: 5 }]);
  const owner = { ...KEY, id: "key_9" };
  balances.set([{ ...on(owner, daily(100)), isNew: true }], NOON);
  // What stands in the ledger shows that it was not asked.
  expect(balances.figures(owner, NOON)?.spentNanoUsd).toBe(0);
});

test("a clock that is set back finds every period as it was left, those before the start too", () => {
  const days = [0, 1, 2, 3, 4, 5].map((n) => at("2026-11-10T12:00:00Z") + n * DAY_MS);
  const rows = days.map((timeMs, n) => ({ ...spending(timeMs), costNanoUsd: n + 1 }));
  const { balances, record, figures } = scene([on(KEY, daily(100))], rows, days[5]);
  for (const [n, timeMs] of days.entries()) {
    const held = spending(timeMs);
    expect(balances.hold(held, need(99 - n))).toBeNull();
    expect(balances.hold(spending(timeMs), need(1))).not.toBeNull();
    balances.kept(held.sequence);
    record({ ...held, costNanoUsd: 10 * (n + 1) });
  }
  for (const n of [5, 0, 3, 1, 4, 2, 5, 0]) expect(figures(KEY, days[n])).toEqual([100, 11 * (n + 1), 0]);
});

test("what was held while a period was out of sight is held when it comes back", () => {
  const { balances, figures } = scene([on(KEY, daily(100))]);
  const held = spending(NOON);
  balances.hold(held, need(60));
  for (let n = 1; n < 6; n++) balances.hold(spending(NOON + n * DAY_MS), need(10));
  expect(figures(KEY)).toEqual([100, 0, 60]);
  expect(balances.hold(spending(NOON), need(41))).not.toBeNull();
});

test("rows of a future that a wrong clock wrote wait for their day", () => {
  const future = at("2026-12-24T12:00:00Z");
  const { balances, record, figures } = scene(
    [on(KEY, daily(100))],
    [{ ...spending(future), costNanoUsd: 90 }],
  );
  expect(figures(KEY)).toEqual([100, 0, 0]);
  // A row on that day, before anybody asked for its balance, is not counted twice.
  record({ ...spending(future + 1), costNanoUsd: 4 });
  expect(figures(KEY, future)).toEqual([100, 94, 0]);
  expect(balances.hold(spending(future + 2), need(7))).not.toBeNull();
  expect(balances.hold(spending(future + 2), need(6))).toBeNull();
});

test("midnight comes to all budgets of a calendar at once, and reads nothing", () => {
  const keys = Array.from({ length: 20 }, (_, n) => ({ ...KEY, id: `key_${n}` }));
  const { balances, record } = scene(keys.map((key) => on(key, daily(100))));
  const tomorrow = NOON + DAY_MS;
  // The first row of the day is nobody's with a budget; the others' balances must not miss it, nor need the ledger.
  record({ ...spending(tomorrow, { keyId: "key_none" }), costNanoUsd: 5 });
  for (const key of keys) record({ ...spending(tomorrow, { keyId: key.id }), costNanoUsd: 3 });
  expect(keys.map((key) => balances.figures(key, tomorrow)?.spentNanoUsd)).toEqual(keys.map(() => 3));
});

const bandsOf = (bands: readonly { band: unknown; owner: { scope: string } }[]) =>
  bands.map(({ band, owner }) => `${owner.scope} ${band}`);

test("each band is told once a period, however many are passed at a time, and again in the next", () => {
  const { record } = scene([on(KEY, daily(100, { alertThreshold: 0.5 })), on(ORG, daily(200))]);
  const costs = [49, 1, 0, 25, 24, 1, 60, 100];
  const told = costs.map((costNanoUsd) => bandsOf(record({ ...spending(), costNanoUsd })));
  expect(told).toEqual([
    [],
    ["key 0.5"],
    [],
    ["key 0.6", "key 0.7"],
    ["key 0.8", "key 0.9"],
    ["key 1"],
    ["org 0.8"],
    ["org 0.9", "org 1"],
  ]);
  expect(bandsOf(record({ ...spending(NOON + DAY_MS), costNanoUsd: 55 }))).toEqual(["key 0.5"]);
  // A straggler of yesterday reaches nothing new there.
  expect(record({ ...spending(NOON), costNanoUsd: 5 })).toEqual([]);
});

test("an alert carries figures and no secrets", () => {
  const { record } = scene([on(KEY, daily(100))]);
  expect(record({ ...spending(), costNanoUsd: 85 })).toEqual([
    {
      owner: KEY,
      ...{ band: 0.8, limitNanoUsd: 100, spentNanoUsd: 85, period: "daily" },
      periodStartMs: at("2026-11-22T00:00:00Z"),
      resetsAtMs: at("2026-11-23T00:00:00Z"),
    },
  ]);
});

test("the first refusal of a period is told once; of another period, or limit, again", () => {
  const { balances } = scene([on(KEY, daily(10))]);
  const refuse = (timeMs = NOON) => {
    const refusal = balances.hold(spending(timeMs), need(11));
    return refusal && balances.refused(refusal)?.band;
  };
  expect([refuse(), refuse(), refuse(NOON + DAY_MS), refuse()]).toEqual([
    "refused",
    undefined,
    "refused",
    undefined,
  ]);
  balances.set([on(KEY, daily(9))], NOON);
  expect([refuse(), refuse()]).toEqual(["refused", undefined]);
});

test("a refusal that is no 402, because another candidate fits, is told to nobody", () => {
  const { balances } = scene([on(KEY, daily(10))]);
  for (let n = 0; n < 3; n++) balances.hold(spending(), need(11));
  const refusal = balances.hold(spending(), need(11));
  expect(refusal && balances.refused(refusal)?.band).toBe("refused");
});

test.each<[number, number, string[]]>([
  [100, 100, []],
  [100, 95, []],
  [100, 94, ["key 1"]],
  [100, 200, []],
  [200, 100, ["key 0.8", "key 0.9"]],
  [200, 0, ["key 0.8", "key 0.9", "key 1"]],
])("with 94 spent, a limit changed from %p to %p is an alert for %p", (from, to, expected) => {
  const { balances, record } = scene([on(KEY, daily(from))]);
  record({ ...spending(), costNanoUsd: 94 });
  expect(bandsOf(balances.set([on(KEY, daily(to))], NOON))).toEqual(expected);
  expect(balances.set([on(KEY, daily(to))], NOON)).toEqual([]);
});

test("under a higher limit the bands lie ahead again", () => {
  const { balances, record } = scene([on(KEY, daily(100))]);
  record({ ...spending(), costNanoUsd: 100 });
  balances.set([on(KEY, daily(1000))], NOON);
  expect(bandsOf(record({ ...spending(), costNanoUsd: 700 }))).toEqual(["key 0.8"]);
});

test("the start tells every band behind, and its next row none of them again", () => {
  const { bands, record } = scene([on(KEY, daily(100))], [{ ...spending(), costNanoUsd: 91 }]);
  expect(bandsOf(bands)).toEqual(["key 0.8", "key 0.9"]);
  expect(record({ ...spending(), costNanoUsd: 1 })).toEqual([]);
  expect(bandsOf(record({ ...spending(), costNanoUsd: 8 }))).toEqual(["key 1"]);
});
