import { beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { START_MS } from "../../src/testing/manage.ts";
import { violations } from "./accessibility.ts";
import { browserTest } from "./browser.ts";
import { cardShown, countShown, logShown, tableShown } from "./figures.ts";
import { consoleScene } from "./scene.ts";

/** The overview compares, groups and foretells, in its address; and its numbers are those of the rows they lead to. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const scene = await consoleScene();
let page: Page;

/** Of the last day 30 requests, of the one before 20; six models, so that one is among the others. */
beforeAll(async () => {
  for (let n = 0; n < 50; n++) {
    const isToday = n < 30;
    await scene.write(
      sampleRow({
        sequence: n + 1,
        timeMs: START_MS - (isToday ? 1000 : DAY_MS + 1000) - (n % 30) * 30 * 60_000,
        model: `model-${n % 6}`,
        provider: n % 2 === 0 ? "openai" : "my-vps",
        status: n % 10 === 9 ? "error" : "ok",
        fallbackUsed: n % 5 === 0,
        costNanoUsd: (6 - (n % 6)) * 1_000_000,
        usage: { input: 90, cachedRead: 10, cacheWrite: 0, output: 15, reasoning: 5 },
      }),
    );
  }
});

async function open(path: string): Promise<void> {
  page ??= await scene.pageOf(scene.owner);
  await page.goto(`${scene.url}/console${path}`);
  await page.getByRole("table", { name: /^Figures by/ }).waitFor();
  await page.waitForLoadState("networkidle");
}

const card = (label: string) =>
  page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ has: page.getByText(label, { exact: true }) });

browserTest(
  "each card says the figure and what it was in the time before, until nothing is compared",
  async () => {
    await open("/?tz=UTC");
    const wanted: [string, string, string][] = [
      ["Requests", "30", "+50 % on before"],
      ["Success", "90 %", "as before"],
      ["Saved by fallback", "6", "+50 % on before"],
      ["Tokens", "3,600", "+50 % on before"],
    ];
    for (const [label, value, change] of wanted) {
      expect(await cardShown(page, label)).toBe(value);
      expect(await card(label).innerText()).toContain(change);
    }
    expect(await card("Tokens").innerText()).toContain("3K in (300 cached), 600 out");
    await page.getByLabel("Compare with", { exact: true }).selectOption("off");
    await page.getByText("on before").first().waitFor({ state: "detached" });
    expect(new URL(page.url()).searchParams.get("compare")).toBe("off");
  },
);

browserTest("the month at this pace is what was spent, for all of the month", async () => {
  await open("/?tz=UTC");
  // Half of it is over: 14 days and 8 hours of 31 days; 179 thousandths of a dollar so far.
  expect(await card("Month at this pace").innerText()).toContain("$0.179 so far");
  expect(await cardShown(page, "Month at this pace")).toBe("$0.39");
});

browserTest("cards lead to their rows, as many as they say", async () => {
  for (const [label, count] of [
    ["Requests", 30],
    ["Saved by fallback", 6],
    ["Success", 27],
  ] as const) {
    await open("/?tz=UTC");
    await card(label).getByRole("link").first().click();
    await page.getByRole("region", { name: "Rows" }).waitFor();
    await page.waitForLoadState("networkidle");
    expect((await logShown(page)).size).toBe(count);
  }
});

browserTest(
  "providers and models together: each line leads to its rows, sorting is in the address",
  async () => {
    await open("/?tz=UTC&group=both");
    const table = () => page.getByRole("table", { name: "Figures by provider and model" });
    const { rows, foot } = await tableShown(table());
    expect(rows).toHaveLength(6);
    expect(rows.reduce((sum, row) => sum + countShown(row.Requests ?? ""), 0)).toBe(30);
    expect(foot.Requests).toBe("30");
    await page.getByRole("button", { name: "Model", exact: true }).click();
    expect(new URL(page.url()).searchParams.get("sort")).toBe("model");
    await page.reload();
    const sorted = (await tableShown(table())).rows.map((row) => row.Model);
    expect(sorted).toEqual([0, 1, 2, 3, 4, 5].map((n) => `model-${n}`));
    await table().getByRole("row").nth(2).getByRole("link", { name: "model-1" }).click();
    await page.getByRole("region", { name: "Rows" }).waitFor();
    const { searchParams } = new URL(page.url());
    expect([searchParams.get("provider"), searchParams.get("model")]).toEqual(["my-vps", "model-1"]);
    await page.waitForLoadState("networkidle");
    expect((await logShown(page)).size).toBe(5);
  },
);

browserTest("cost is stacked by what is grouped by: the dearest by name, the rest together", async () => {
  await open("/?tz=UTC");
  const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "Cost by model" }) });
  expect(await panel.getByRole("listitem").allInnerTexts()).toEqual([
    ...["model-0", "model-1", "model-2", "model-3", "model-4"],
    "all others",
  ]);
  await page.getByLabel("Group by", { exact: true }).selectOption("provider");
  await page.getByRole("heading", { name: "Cost by provider" }).waitFor();
  const bars = page.getByRole("application", { name: /^Cost by provider/ });
  await bars.locator(".recharts-bar-rectangle").first().waitFor();
  await bars.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  const { range, from, to } = Object.fromEntries(new URL(page.url()).searchParams);
  expect([range, from, to]).toEqual(["custom", "2027-01-15T07:00:00.000Z", "2027-01-15T08:00:00.000Z"]);
});

browserTest("what the built-in provider answered is marked as simulated, and nothing else is", async () => {
  const row = { timeMs: START_MS - 1000, model: "demo", provider: "demo", costNanoUsd: 0 };
  await scene.write(sampleRow({ sequence: 51, ...row }));
  await open("/?tz=UTC&group=provider");
  const table = page.getByRole("table", { name: "Figures by provider" });
  await table.getByText("simulated").waitFor();
  expect(await table.getByRole("row").filter({ hasText: "simulated" }).allInnerTexts()).toEqual([
    expect.stringContaining("demo"),
  ]);
});

browserTest(
  "axe finds nothing in either theme, whatever the charts show, on a screen or a phone",
  async () => {
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 390],
    ] as const) {
      page = await scene.pageOf(scene.owner, { colorScheme, viewport: { width, height: 900 } });
      await open("/?group=both");
      await page.locator(".recharts-bar-rectangle").first().waitFor();
      expect(await violations(page)).toEqual([]);
      for (const button of await page.getByRole("button", { name: "View as table" }).all())
        await button.click();
      expect(await violations(page)).toEqual([]);
      expect(
        await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth"),
      ).toBeLessThanOrEqual(0);
    }
  },
);
