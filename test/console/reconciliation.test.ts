import { expect } from "bun:test";
import fc from "fast-check";
import type { Page } from "playwright-core";
import { showCount, showUsd, usdOf } from "../../console/src/core/format.ts";
import { periodAt } from "../../src/budget/period.ts";
import type { LedgerRow, RowStatus } from "../../src/ledger/row.ts";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { jsonOf, START_MS } from "../../src/testing/manage.ts";
import { browserTest } from "./browser.ts";
import { cardShown, countShown, logShown, nanoShown, tableShown } from "./figures.ts";
import { consoleScene } from "./scene.ts";
import { visit } from "./visit.ts";

/*
 * What the pages show is one truth: for random rows, in random time zones and under random filters, the rows of the log, its
 * CSV, cards, charts, budgets and bills say the same to the last digit. Expected is what the test wrote, added up here.
 */

const RUNS = 3;
const FILTERS_A_RUN = 3;
const HOUR_MS = 3_600_000;
const ZONES = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca"];
const STATUSES: readonly RowStatus[] = ["ok", "error", "canceled", "interrupted", "refused"];
/** Names that an address has to quote. */
const MODELS = ["gpt-4o", "my/llama 3.1+q4&x=50%#?", null] as const;
const PROVIDERS = ["openai", "my-vps", null] as const;

const oneOf = fc.constantFrom;
const rowOf = fc.record({
  /** Around the month's ends, and anywhere in it. */
  place: fc.oneof(oneOf(0, 1), fc.double({ min: -0.01, max: 1.001, noNaN: true })),
  shiftMs: oneOf(-1, 0, 1, -HOUR_MS, HOUR_MS, 900_000),
  status: oneOf(...STATUSES),
  model: oneOf(...MODELS),
  provider: oneOf(...PROVIDERS),
  key: oneOf(0, 1),
  industry: oneOf("legal", "finance", null),
  costNanoUsd: fc.oneof(oneOf(0, null, 1), fc.integer({ min: 0, max: 50_000_000_000 })),
  input: fc.integer({ min: 0, max: 100_000 }),
  isCounted: fc.boolean(),
  fallbackUsed: fc.boolean(),
});
const filterOf = fc.record(
  {
    status: oneOf(...STATUSES),
    model: oneOf("gpt-4o", "my/llama 3.1+q4&x=50%#?"),
    provider: oneOf("openai", "my-vps"),
    key: oneOf(0, 1),
    industry: oneOf("legal", "finance"),
    fallback: oneOf("true", "false"),
    tz: oneOf(...ZONES),
    /** Parts of the month, to the millisecond. */
    begin: fc.double({ min: 0, max: 0.6, noNaN: true }),
    end: fc.double({ min: 0.6, max: 1, noNaN: true }),
  },
  { requiredKeys: [] },
);
type Filter = typeof filterOf extends fc.Arbitrary<infer Value> ? Value : never;

const scene = await consoleScene();
// January is over everywhere, and its bills are open.
scene.clock.advance(Date.parse("2027-02-01T20:00:00Z") - START_MS);
let page: Page;
let sequence = 0;

async function post(path: string, body: object): Promise<{ id: string }> {
  return jsonOf(scene.owner.call("POST", `/api/v1${path}`, body));
}

/** An organization with two keys, each under a budget that counts for ever. */
interface World {
  orgId: string;
  keys: { id: string; name: string }[];
  rows: LedgerRow[];
  month: { startMs: number; endMs: number };
}

async function written(
  zone: string,
  given: (typeof rowOf extends fc.Arbitrary<infer Value> ? Value : never)[],
) {
  const budget = { limit_usd: "1000000", period: "none" };
  const { id: orgId } = await post("/orgs", { name: `of ${zone}`, time_zone: zone, budget });
  const keys: World["keys"] = [];
  for (const name of ["first key", "second key"])
    keys.push({ id: (await post("/keys", { name, org_id: orgId, budget })).id, name });
  const month = periodAt("monthly", zone, START_MS);
  const rows = given.map(({ place, shiftMs, key, input, isCounted, ...row }) => {
    sequence += 1;
    return sampleRow({
      ...row,
      ...{ sequence, orgId, keyId: keys[key]?.id ?? "" },
      timeMs: Math.round(month.startMs + place * (month.endMs - month.startMs)) + shiftMs,
      usage: isCounted ? { input, cachedRead: 0, cacheWrite: 0, output: input % 997, reasoning: 0 } : null,
    });
  });
  for (const row of rows) await scene.write(row);
  return { orgId, keys, rows, month } satisfies World;
}

const costOf = (rows: readonly LedgerRow[]) =>
  rows.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd ?? 0), 0n);
const tokensIn = (rows: readonly LedgerRow[]) =>
  rows.reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0);
const iso = (timeMs: number) => new Date(timeMs).toISOString();

function chosen(
  { rows, keys, month }: World,
  filter: Filter,
): { rows: LedgerRow[]; fromMs: number; toMs: number } {
  const lengthMs = month.endMs - month.startMs;
  const fromMs = month.startMs + Math.round((filter.begin ?? 0) * lengthMs);
  const toMs = month.startMs + Math.round((filter.end ?? 1) * lengthMs);
  const fits = (row: LedgerRow) =>
    row.timeMs >= fromMs &&
    row.timeMs < toMs &&
    (filter.status ?? row.status) === row.status &&
    (filter.model ?? row.model) === row.model &&
    (filter.provider ?? row.provider) === row.provider &&
    (filter.industry ?? row.industry) === row.industry &&
    (filter.key === undefined || keys[filter.key]?.id === row.keyId) &&
    (filter.fallback === undefined || filter.fallback === String(row.fallbackUsed));
  return { rows: rows.filter(fits), fromMs, toMs };
}

function queryOf({ orgId, keys }: World, filter: Filter, fromMs: number, toMs: number): string {
  const { begin: _begin, end: _end, key, tz, ...plain } = filter;
  const names = { ...plain, ...(key === undefined ? {} : { key: keys[key]?.id ?? "" }) };
  const place = { org: orgId, range: "custom", from: iso(fromMs), to: iso(toMs), tz: tz ?? "UTC" };
  return new URLSearchParams({ ...place, ...names }).toString();
}

const open = (path: string, heading: string) => visit(page, `${scene.url}/console${path}`, heading);

/** The log and what can be taken from it: the rows as drawn, and the CSV behind its link. */
async function checkLog(world: World, filter: Filter): Promise<void> {
  const { rows, fromMs, toMs } = chosen(world, filter);
  await open(`/logs?${queryOf(world, filter, fromMs, toMs)}`, "Logs");
  const shown = [...(await logShown(page)).values()];
  expect(shown).toHaveLength(rows.length);
  expect(shown.reduce((sum, row) => sum + nanoShown(row.Cost ?? ""), 0n)).toBe(costOf(rows));
  expect(shown.reduce((sum, row) => sum + countShown(row.In ?? ""), 0)).toBe(tokensIn(rows));
  const href = (await page.getByRole("link", { name: "CSV" }).getAttribute("href")) ?? "";
  const [head = "", ...lines] = (await (await page.request.get(scene.url + href)).text())
    .trim()
    .split(/\r?\n/);
  const at = head.split(",").indexOf("cost_usd");
  expect(lines).toHaveLength(rows.length);
  // Nothing before this column holds a comma.
  expect(lines.reduce((sum, line) => sum + nanoShown(`$${line.split(",")[at]}`), 0n)).toBe(costOf(rows));
  if (rows.length === 0) return;
  const histogram = await chartShown("Requests over time");
  expect(histogram.foot).toEqual(sumsOf(histogram.rows));
  expect(countShown(histogram.foot.Requests ?? "")).toBe(rows.length);
  for (const name of ["Status", "Fallback"]) {
    const facet = page
      .locator("div", { has: page.getByRole("heading", { level: 3, name, exact: true }) })
      .last();
    const counts = await facet.getByRole("listitem").allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(/\d+\s*$/.exec(text)?.[0] ?? "0"), 0)).toBe(rows.length);
  }
}

async function checkOverview(world: World, filter: Filter): Promise<void> {
  const { begin, end, tz } = filter;
  const only: Filter = {
    ...(begin === undefined ? {} : { begin }),
    ...(end === undefined ? {} : { end }),
    ...(tz ? { tz } : {}),
  };
  const { rows, fromMs, toMs } = chosen(world, only);
  const query = queryOf(world, only, fromMs, toMs);
  for (const group of ["model", "provider"] as const) {
    await open(`/?${query}&group=${group}`, "Overview");
    expect(countShown(await cardShown(page, "Requests"))).toBe(rows.length);
    expect(nanoShown(await cardShown(page, "Cost"))).toBe(costOf(rows));
    const names = [...new Set(rows.map((row) => row[group]))].filter((it) => it !== null);
    if (names.length === 0) continue;
    const table = await tableShown(page.getByRole("table", { name: `Figures by ${group}` }));
    expect(countShown(table.foot.Requests ?? "")).toBe(rows.length);
    expect(nanoShown(table.foot.Cost ?? "")).toBe(costOf(rows));
    expect(table.rows).toHaveLength(names.length);
    for (const line of table.rows) {
      const behind = rows.filter((row) => row[group] === line[group === "model" ? "Model" : "Provider"]);
      expect([countShown(line.Requests ?? ""), nanoShown(line.Cost ?? "")]).toEqual([
        behind.length,
        costOf(behind),
      ]);
    }
  }
  await checkCharts(rows);
}

/** Each chart's own table: of the requests by their end, of the cost by whom it was paid for. */
async function checkCharts(rows: readonly LedgerRow[]): Promise<void> {
  const requests = await chartShown("Requests");
  expect(requests.foot).toEqual(sumsOf(requests.rows));
  expect(countShown(requests.foot.answered ?? "")).toBe(rows.filter(({ status }) => status === "ok").length);
  const cost = await chartShown("Cost by provider");
  for (const { foot } of [requests, cost])
    expect([countShown(foot.Requests ?? ""), nanoShown(foot.Cost ?? "")]).toEqual([
      rows.length,
      costOf(rows),
    ]);
  for (const name of PROVIDERS.filter((it) => it !== null && it in cost.foot))
    expect(nanoShown(cost.foot[name ?? ""] ?? "")).toBe(
      costOf(rows.filter(({ provider }) => provider === name)),
    );
}

async function chartShown(title: string) {
  const panel = page.locator("section.panel", {
    has: page.getByRole("heading", { name: title, exact: true }),
  });
  await panel.getByRole("button", { name: "View as table" }).click();
  return tableShown(panel.getByRole("table"));
}

/** The columns of a table added up, written as its foot is. */
function sumsOf(rows: readonly Record<string, string>[]): Record<string, string> {
  const [time = "", ...names] = Object.keys(rows[0] ?? {});
  const sumOf = (name: string) =>
    name === "Cost"
      ? showUsd(usdOf(rows.reduce((sum, row) => sum + nanoShown(row[name] ?? ""), 0n)))
      : showCount(rows.reduce((sum, row) => sum + countShown(row[name] ?? ""), 0));
  return { [time]: "Total", ...Object.fromEntries(names.map((name) => [name, sumOf(name)])) };
}

const BILL_PARTS = [
  ["provider", "Provider", (row: LedgerRow) => row.provider ?? "nobody answered"],
  ["model", "Model", (row: LedgerRow) => row.model ?? "nobody answered"],
  ["industry", "Industry", (row: LedgerRow) => row.industry ?? "no industry"],
] as const;

async function checkBill(world: World): Promise<void> {
  const { rows } = chosen(world, {});
  await open(`/billing?org=${world.orgId}&month=2027-01`, "Billing");
  const total = page
    .getByRole("region", { name: "2027-01" })
    .or(page.locator("section", { hasText: "2027-01" }));
  expect(nanoShown((await total.first().textContent()) ?? "")).toBe(costOf(rows));
  if (rows.length === 0) return;
  const nameOfKey = (row: LedgerRow) => world.keys.find(({ id }) => id === row.keyId)?.name ?? "";
  for (const [by, title, nameOf] of [...BILL_PARTS, ["key", "Key", nameOfKey] as const]) {
    const table = await tableShown(page.getByRole("table", { name: `2027-01 by ${by}` }));
    expect(table.rows).toHaveLength(new Set(rows.map(nameOf)).size);
    for (const line of table.rows) {
      const behind = rows.filter((row) => nameOf(row) === line[title]);
      const told = [
        countShown(line.Requests ?? ""),
        countShown(line["Tokens in"] ?? ""),
        nanoShown(line.Cost ?? ""),
      ];
      expect(told).toEqual([behind.length, tokensIn(behind), costOf(behind)]);
    }
    expect([countShown(table.foot.Requests ?? ""), nanoShown(table.foot.Cost ?? "")]).toEqual([
      rows.length,
      costOf(rows),
    ]);
  }
}

/** Budgets count for ever here: all that was written. */
async function checkBudgets(world: World): Promise<void> {
  await open(`/budgets?org=${world.orgId}`, "Budgets & alerts");
  const { rows: lines } = await tableShown(page.getByRole("table", { name: "Budgets", exact: true }));
  const spent = lines.map(({ Of, Name, Spent = "" }) => [`${Of} ${Name}`, nanoShown(Spent)]);
  const wanted = world.keys.map(({ id, name }): [string, bigint] => [
    `key ${name}`,
    costOf(world.rows.filter(({ keyId }) => keyId === id)),
  ]);
  wanted.push([
    lines.map(({ Of, Name }) => `${Of} ${Name}`).find((it) => it.startsWith("organization")) ?? "",
    costOf(world.rows),
  ]);
  expect(new Map(spent as [string, bigint][])).toEqual(new Map(wanted.sort(byPlaceIn(spent))));
  await open(`/settings/keys?org=${world.orgId}`, "API Keys");
  const keys = await tableShown(page.getByRole("table", { name: "Keys" }));
  for (const { id, name } of world.keys) {
    const line = keys.rows.find((row) => row.Name?.startsWith(name));
    expect(nanoShown(line?.Budget ?? "")).toBe(costOf(world.rows.filter(({ keyId }) => keyId === id)));
  }
  await open(`/settings/organization?org=${world.orgId}`, "Organization");
  const told =
    (await page
      .getByText(/ of \$1,000,000/)
      .first()
      .textContent()) ?? "";
  expect(nanoShown(told)).toBe(costOf(world.rows));
}

const byPlaceIn =
  (list: readonly unknown[][]) =>
  ([a]: [string, bigint], [b]: [string, bigint]) =>
    list.findIndex(([name]) => name === a) - list.findIndex(([name]) => name === b);

browserTest(
  "rows, CSV, cards, charts, breakdowns, budgets and bills of random requests agree to the last digit",
  async () => {
    page = await scene.pageOf(scene.owner);
    const worlds = fc.tuple(
      oneOf(...ZONES),
      fc.array(rowOf, { minLength: 10, maxLength: 70 }),
      fc.array(filterOf, { minLength: FILTERS_A_RUN, maxLength: FILTERS_A_RUN }),
    );
    await fc.assert(
      fc.asyncProperty(fc.noBias(worlds), async ([zone, given, filters]) => {
        const world = await written(zone, given);
        for (const filter of [{}, ...filters]) await checkLog(world, filter);
        for (const filter of [{}, filters[0] ?? {}]) await checkOverview(world, filter);
        await checkBill(world);
        await checkBudgets(world);
      }),
      { numRuns: RUNS, seed: 20_261_123, endOnFailure: true },
    );
  },
);
