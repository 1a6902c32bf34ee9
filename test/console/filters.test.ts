import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, type ServerProcess } from "../process/server.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway } from "./stage.ts";
import { sendVariety, varietyConfig } from "./variety.ts";

/** A view is its URL: chosen by hand, opened anew, gone back to, it shows the same, and what the API says. */

let upstream: ScriptedUpstream;
let server: ServerProcess;
let page: Page;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  server = await freshGateway({ config: varietyConfig(upstream) });
  await sendVariety(server, KEY);
});

afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

const ROW_LINKS = "main table tbody a[href*='/logs/req_']";
const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const idsShown = async () =>
  (
    await page
      .locator(ROW_LINKS)
      .evaluateAll((links) => links.map((link) => String(link.getAttribute("href"))))
  ).map((href) => /req_\w+/.exec(href)?.[0]);

async function idsByApi(query: string): Promise<string[]> {
  const { data } = JSON.parse(await (await server.get(`/api/v1/logs?${query}`)).text());
  return data.map(({ id }: { id: string }) => id);
}

async function shows(ids: readonly string[]): Promise<void> {
  for (let looks = 0; looks < 100; looks++) {
    if (JSON.stringify(await idsShown()) === JSON.stringify(ids)) return;
    await page.waitForTimeout(50);
  }
  expect(await idsShown()).toEqual([...ids]);
}

browserTest("the owner looks at the logs: every row is there, newest first", async () => {
  page = await openPage();
  await becomeOwner(server, page);
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await heading("Logs").waitFor();
  await shows(await idsByApi(""));
  // A model's name is whatever a caller wrote.
  expect(await page.getByText('<b onclick="x">bold</b>').count()).toBe(1);
});

/** How each filter is chosen, in the console's words and in the API's. */
const FILTERS = [
  ["status", "Status", "refused", "status=refused"],
  ["status", "Status", "error", "status=error"],
  ["model", "Model", "plain", "model=plain"],
  ["provider", "Provider", "second", "provider=second"],
  ["industry", "Industry", "legal", "industry=legal"],
  ["fallback", "Fallback", "true", "fallback=true"],
  ["fallback", "Fallback", "false", "fallback=false"],
] as const;

for (const [name, label, value, query] of FILTERS) {
  browserTest(`${name}=${value} shows those rows, and after a reload and back again too`, async () => {
    await page.goto(`${server.url}/console/logs`);
    await heading("Logs").waitFor();
    const control = page.getByLabel(label, { exact: true });
    if (label === "Status" || label === "Fallback") await control.selectOption(value);
    else await control.fill(value);
    const wanted = await idsByApi(query);
    expect(wanted.length).toBeGreaterThan(0);
    await shows(wanted);
    expect(new URL(page.url()).searchParams.get(name)).toBe(value);

    await page.reload();
    await shows(wanted);
    expect(await control.inputValue()).toBe(value);
    await page.locator(ROW_LINKS).first().click();
    await heading(wanted[0] ?? "").waitFor();
    await page.goBack();
    await shows(wanted);
    expect(await control.inputValue()).toBe(value);

    const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
    const csv = await (await page.request.get(server.url + href)).text();
    expect(csv.trim().split("\n").length - 1).toBe(wanted.length);
  });
}

browserTest(
  "filters together, a key and a custom time in another zone survive as one link in another tab",
  async () => {
    const { data } = JSON.parse(await (await server.get("/api/v1/keys")).text());
    const key: string = data.find((it: { name: string }) => it.name === "small purse").id;
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const query = `status=ok&model=plain&key=${key}&range=custom&from=${from}&tz=Asia/Kolkata`;
    const wanted = await idsByApi(`status=ok&model=plain&key_id=${key}&from=${from}`);
    expect(wanted.length).toBeGreaterThan(0);
    await page.goto(`${server.url}/console/logs?${query}`);
    await shows(wanted);
    expect(await page.getByLabel("Time zone").inputValue()).toBe("Asia/Kolkata");
    await page.getByRole("button", { name: "Clear filters" }).click();
    await shows(await idsByApi(`from=${from}`));
    const { searchParams } = new URL(page.url());
    expect([searchParams.get("status"), searchParams.get("range")]).toEqual([null, "custom"]);
  },
);

browserTest("what nobody understands in a URL is no reason to break", async () => {
  await page.goto(
    `${server.url}/console/logs?status=green&range=ever&tz=Mars&from=x&unknown=1&fallback=maybe`,
  );
  await shows(await idsByApi(""));
});

browserTest("a filter that nothing matches says so and can be taken away", async () => {
  await page.goto(`${server.url}/console/logs?model=${encodeURIComponent("<b>none</b>")}`);
  await page.getByText("No rows match this filter").waitFor();
  await page.getByRole("main").getByRole("button", { name: "Clear filters" }).last().click();
  await shows(await idsByApi(""));
});

/** Path with what was chosen, heading, and the control that says it. */
const VIEWS = [
  ["/?group=provider&range=7d", "Overview", "Group by", "provider"],
  ["/?group=both&sort=success&hide=in", "Overview", "Group by", "both"],
  ["/?compare=off", "Overview", "Compare with", "off"],
  ["/?range=today&tz=UTC", "Overview", "Time", "today"],
  ["/models?q=second&show=local", "Models & aliases", "Show", "local"],
  ["/models?q=shared", "Models & aliases", "Search", "shared"],
  ["/providers?q=first", "Providers & nodes", "Search", "first"],
  ["/routing?model=quick", "Routing", "Model", "quick"],
  ["/playground?model=quick&second=shared", "Playground", "Second model", "shared"],
  ["/budgets?scope=key", "Budgets & alerts", "Of", "key"],
  ["/billing?month=2026-01", "Billing", "Month", "2026-01"],
  ["/settings/audit?action=key.create", "Audit log", "Action", "key.create"],
] as const;

for (const [path, title, label, value] of VIEWS) {
  browserTest(`${path} is the same view after a reload`, async () => {
    await page.goto(`${server.url}/console${path}`);
    await heading(title).waitFor();
    await page.waitForLoadState("networkidle");
    // But for the time that passes.
    const told = async () =>
      (await page.getByRole("main").innerText()).replace(/\d+ (second|minute)s? ago/g, "just now");
    const text = await told();
    expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(value);
    await page.reload();
    await heading(title).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByLabel(label, { exact: true }).inputValue()).toBe(value);
    expect(await told()).toBe(text);
    expect(page.url()).toBe(`${server.url}/console${path}`);
  });
}

browserTest("every number of the overview is the number of rows behind it", async () => {
  await page.goto(`${server.url}/console/?group=provider`);
  await heading("Overview").waitFor();
  const requests = page.getByRole("listitem").filter({ hasText: "Requests" }).getByRole("link").first();
  expect(Number(await requests.textContent())).toBe((await idsByApi("")).length);
  for (const provider of ["second"]) {
    const line = page
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: provider, exact: true }) });
    const wanted = await idsByApi(`provider=${provider}`);
    expect(Number(await line.getByRole("cell").nth(1).textContent())).toBe(wanted.length);
    await line.getByRole("link", { name: provider, exact: true }).click();
    await shows(wanted);
  }
});
