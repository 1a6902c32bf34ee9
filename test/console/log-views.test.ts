import { beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { jsonOf, START_MS } from "../../src/testing/manage.ts";
import { violations } from "./accessibility.ts";
import { browserTest } from "./browser.ts";
import { countShown, logShown, tableShown } from "./figures.ts";
import { consoleScene } from "./scene.ts";

/** However rows are chosen on the page of the logs, the choice is its address: alive after a reload and on the way back. */

const HOUR_MS = 3_600_000;
const scene = await consoleScene();
let page: Page;
let keyId = "";

beforeAll(async () => {
  keyId = (await jsonOf(scene.owner.call("POST", "/api/v1/keys", { name: "the robot" }))).id;
  const statuses = ["ok", "ok", "ok", "error", "refused"] as const;
  for (let n = 0; n < 60; n++) {
    const status = statuses[n % 5] ?? "ok";
    await scene.write(
      sampleRow({
        ...{ sequence: n + 1, timeMs: START_MS - n * 20 * 60_000 - 60_000, status },
        ...{ model: n % 3 === 0 ? "my model" : "gpt-4o", provider: n % 2 === 0 ? "my-vps" : "openai" },
        keyId: n % 4 === 0 ? keyId : "key_other",
        industry: n % 10 === 0 ? "legal" : null,
        fallbackUsed: n % 6 === 0,
      }),
    );
  }
});

const search = () => Object.fromEntries(new URL(page.url()).searchParams);
async function shownIds(): Promise<string[]> {
  const rows = page.getByRole("region", { name: "Rows" });
  // On the way back the list stands where it stood.
  if ((await rows.count()) > 0)
    await rows.evaluate((element) => element.scrollTo({ top: 0, behavior: "instant" }));
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  return [...(await logShown(page)).keys()];
}

/** Waits for them, as somebody would. */
async function shows(wanted: readonly string[]): Promise<void> {
  for (let looks = 0; looks < 50; looks++) {
    if (JSON.stringify(await shownIds()) === JSON.stringify(wanted)) return;
    await page.waitForTimeout(100);
  }
  expect(await shownIds()).toEqual([...wanted]);
}

async function open(path: string): Promise<void> {
  page ??= await scene.pageOf(scene.owner);
  await page.goto(`${scene.url}/console${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
}

async function idsByApi(query: Record<string, string>): Promise<string[]> {
  const { range: _range, tz: _tz, hide: _hide, key, ...rest } = query;
  const asked = new URLSearchParams({ limit: "1000", ...rest, ...(key ? { key_id: key } : {}) });
  const { data } = await jsonOf(scene.owner.call("GET", `/api/v1/logs?${asked}`));
  return data.map(({ id }: { id: string }) => id);
}

/** The rows are those of the address, now, after a reload, and back from one of them. Returns how many they are. */
async function isAlive(): Promise<number> {
  const asked = search();
  const wanted = await idsByApi(asked);
  expect(wanted.length).toBeGreaterThan(0);
  for (const again of [
    async () => {},
    () => page.reload(),
    async () => {
      // What comes late moves the rows: a click between is none.
      await page.waitForLoadState("networkidle");
      await page.getByRole("table", { name: "Requests, newest first" }).getByRole("link").first().click();
      await page.getByRole("heading", { level: 1, name: /^req_/ }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
    },
  ]) {
    await again();
    await shows(wanted);
    expect(search()).toEqual(asked);
  }
  return wanted.length;
}

const aside = () => page.locator("details").filter({ hasText: "In these rows" });

browserTest("what stands at the side says how many rows there are, and leads to them", async () => {
  const facets: [string, string, string][] = [
    ["status", "error", "error"],
    ["model", "my model", "my model"],
    ["provider", "openai", "openai"],
    ["key", "the robot", keyId],
    ["industry", "legal", "legal"],
    ["fallback", "not used", "false"],
  ];
  for (const [name, label, value] of facets) {
    await open("/logs");
    const facet = aside()
      .getByRole("button")
      .filter({ hasText: new RegExp(`^${label}\\d`) });
    const requests = countShown(((await facet.textContent()) ?? "").slice(label.length));
    await facet.click();
    await page.getByRole("button", { name: new RegExp(`^Remove the filter ${name}`) }).waitFor();
    expect(search()).toEqual({ [name]: value });
    expect(await isAlive()).toBe(requests);
    expect(await aside().getByRole("button", { pressed: true }).textContent()).toStartWith(label);
  }
});

browserTest(
  "a query chooses all filters at once, and what is no filter is said and changes nothing",
  async () => {
    await open("/logs?industry=legal");
    const bar = page.getByLabel("Query", { exact: true });
    expect(await bar.inputValue()).toBe("industry:legal");
    await bar.fill("status:ok ttft:>2s");
    await bar.press("Enter");
    await page.getByText("“ttft:>2s” is no filter").waitFor();
    expect(search()).toEqual({ industry: "legal" });
    await bar.fill('status:ok model:"my model" fallback:true');
    await bar.press("Enter");
    await page.getByRole("button", { name: "Remove the filter model my model" }).waitFor();
    expect(search()).toEqual({ status: "ok", model: "my model", fallback: "true" });
    await isAlive();
    expect(await bar.inputValue()).toBe('status:ok model:"my model" fallback:true');
  },
);

browserTest("each filter can be taken away by itself", async () => {
  await open("/logs?status=ok&provider=openai&model=gpt-4o");
  await page.getByRole("button", { name: "Remove the filter provider openai" }).click();
  await page
    .getByRole("button", { name: "Remove the filter provider openai" })
    .waitFor({ state: "detached" });
  expect(search()).toEqual({ status: "ok", model: "gpt-4o" });
  await isAlive();
});

browserTest("columns that are taken away stay away, the one that leads to the row cannot be", async () => {
  await open("/logs");
  const heads = () => page.getByRole("table", { name: "Requests, newest first" }).getByRole("columnheader");
  const before = await heads().allTextContents();
  await page.getByText("Columns", { exact: true }).click();
  expect(await page.getByRole("group", { name: "Columns that are shown" }).getByLabel("Time").count()).toBe(
    0,
  );
  await page.getByLabel("Attempts", { exact: true }).uncheck();
  await page.getByRole("group", { name: "Columns that are shown" }).getByLabel("Model").uncheck();
  expect(await violations(page)).toEqual([]);
  expect(search()).toEqual({ hide: "attempts,model" });
  const wanted = before.filter((title) => title !== "Attempts" && title !== "Model");
  expect(await heads().allTextContents()).toEqual(wanted);
  await isAlive();
  expect(await heads().allTextContents()).toEqual(wanted);
  await open("/logs?hide=time,status");
  expect(await heads().allTextContents()).toEqual(before.filter((title) => title !== "Status"));
});

const bars = () => page.getByRole("application", { name: /^Requests over time/ });

browserTest("the bars have the same rows as the list, by status, and their table says the same", async () => {
  await open("/logs?provider=my-vps&tz=UTC");
  await page.getByRole("button", { name: "View as table" }).click();
  const { rows, foot } = await tableShown(page.getByRole("table", { name: "Requests over time" }));
  expect(rows).toHaveLength(25);
  expect(countShown(foot.Requests ?? "")).toBe((await idsByApi({ provider: "my-vps" })).length);
  for (const status of ["ok", "error", "refused"])
    expect(countShown(foot[status] ?? "")).toBe((await idsByApi({ provider: "my-vps", status })).length);
  expect(await violations(page)).toEqual([]);
});

browserTest("dragged over, bars become the time of the page; back undoes it", async () => {
  await open("/logs?tz=UTC");
  const all = await idsByApi({});
  await shows(all);
  await bars().locator(".recharts-bar-rectangle").first().waitFor();
  const box = (await bars().locator("svg.recharts-surface").boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  };
  const y = box.y + box.height / 3;
  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
  await page.mouse.move(box.x + box.width * 0.8, y, { steps: 4 });
  await page.mouse.up();
  await page.getByLabel("From", { exact: true }).waitFor();
  const { range, from = "", to = "" } = search();
  expect(range).toBe("custom");
  const hours = (Date.parse(to) - Date.parse(from)) / HOUR_MS;
  expect([Number.isInteger(hours), hours >= 3 && hours <= 8]).toEqual([true, true]);
  expect(await isAlive()).toBeLessThan(all.length);
  await page.goBack();
  await page.getByLabel("From", { exact: true }).waitFor({ state: "detached" });
  await shows(all);
  expect(search()).toEqual({ tz: "UTC" });
});

browserTest("the same by keyboard: arrows go along, Shift chooses several, Enter looks closer", async () => {
  await open("/logs?tz=UTC");
  await bars().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  const told = page.getByRole("status").filter({ hasText: "01-15 07:00" });
  expect(await told.textContent()).toBe("01-15 07:00: ok 3");
  await page.keyboard.press("Shift+ArrowLeft");
  expect(await page.getByRole("status").filter({ hasText: " to " }).textContent()).toStartWith(
    "01-15 06:00 to 01-15 07:00: ",
  );
  await page.keyboard.press("Enter");
  await page.getByLabel("From", { exact: true }).waitFor();
  expect(search()).toEqual({
    ...{ tz: "UTC", range: "custom" },
    ...{ from: "2027-01-15T06:00:00.000Z", to: "2027-01-15T08:00:00.000Z" },
  });
  await isAlive();
  // Of two hours the bars are minutes.
  await page.getByRole("button", { name: "View as table" }).click();
  const { rows } = await tableShown(page.getByRole("table", { name: "Requests over time" }));
  expect(rows).toHaveLength(120);
});

browserTest("rows are walked with the arrows, and one of many is opened", async () => {
  await open("/logs");
  const ids = await idsByApi({});
  await page.getByRole("table", { name: "Requests, newest first" }).getByRole("link").first().focus();
  for (const key of ["ArrowDown", "j", "ArrowDown", "k"]) await page.keyboard.press(key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: ids[2] ?? "" }).waitFor();
});
