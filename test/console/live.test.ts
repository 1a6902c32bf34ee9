import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import type { ServerProcess } from "../process/server.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway } from "./stage.ts";
import { varietyConfig } from "./variety.ts";

/** The live tail shows what comes, by the filters, and leaves alone who reads. */

let upstream: ScriptedUpstream;
let server: ServerProcess;
let page: Page;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  server = await freshGateway({ config: varietyConfig(upstream) });
  for (let sent = 0; sent < 60; sent++) await server.chat("plain");
});

afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

const links = () => page.locator("main table tbody a[href*='/logs/req_']");
const rowOf = (id: string) => page.locator(`a[href*='${id}']`);
const idOf = async (reply: Promise<Response>) => (await reply).headers.get("x-request-id") ?? "";

browserTest("a request stands at the top by itself, one that the filter leaves out does not", async () => {
  page = await openPage();
  await becomeOwner(server, page);
  await page.goto(`${server.url}/console/logs?model=plain`);
  await links().first().waitFor();
  await page.getByRole("button", { name: "Live" }).click();
  await page.getByText("New requests appear by themselves").waitFor();
  const other = await idOf(server.chat("shared"));
  const wanted = await idOf(server.chat("plain"));
  await rowOf(wanted).waitFor();
  expect(await links().first().getAttribute("href")).toContain(wanted);
  expect(await rowOf(other).count()).toBe(0);
});

browserTest(
  "who reads further down is told how many are new and is not moved; the button leads there",
  async () => {
    const scroller = page.getByRole("region", { name: "Rows" });
    await scroller.evaluate((element) => element.scrollTo({ top: 600 }));
    const before = await scroller.evaluate((element) => element.scrollTop);
    let last = "";
    for (let sent = 0; sent < 3; sent++) last = await idOf(server.chat("plain"));
    await page.getByRole("button", { name: "3 new" }).waitFor();
    expect(await scroller.evaluate((element) => element.scrollTop)).toBe(before);
    await page.getByRole("button", { name: "3 new" }).click();
    await rowOf(last).waitFor();
    expect(await page.getByRole("button", { name: /new$/ }).count()).toBe(0);
  },
);

browserTest("the tail is part of the URL, and ends when it is switched off", async () => {
  expect(new URL(page.url()).searchParams.get("live")).toBe("1");
  await page.reload();
  await page.getByText("New requests appear by themselves").waitFor();
  const shown = await idOf(server.chat("plain"));
  await rowOf(shown).waitFor();
  await page.getByRole("button", { name: "Live" }).click();
  const hidden = await idOf(server.chat("plain"));
  await page.waitForTimeout(600);
  expect(await rowOf(hidden).count()).toBe(0);
  await page.getByRole("button", { name: "Refresh" }).click();
  await rowOf(hidden).waitFor();
});

browserTest("only rows in sight are drawn, however many there are", async () => {
  const table = page.getByRole("table", { name: "Requests, newest first" });
  const all = Number(await table.getAttribute("aria-rowcount")) - 1;
  expect(all).toBeGreaterThan(60);
  expect(await links().count()).toBeLessThan(50);
});

browserTest("rows that are pointed at stay where they are until the pointer leaves", async () => {
  await page.goto(`${server.url}/console/logs?model=plain&live=1`);
  await page.getByText("New requests appear by themselves").waitFor();
  await links().first().waitFor();
  await page.getByRole("region", { name: "Rows" }).hover({ position: { x: 200, y: 120 } });
  const first = await links().first().getAttribute("href");
  const wanted = await idOf(server.chat("plain"));
  await page.getByRole("button", { name: "1 new" }).waitFor();
  expect(await links().first().getAttribute("href")).toBe(first);
  await page.mouse.move(5, 5);
  await rowOf(wanted).waitFor();
  expect(await page.getByRole("button", { name: "1 new" }).count()).toBe(0);
});

browserTest(
  "while the tab is hidden nothing is listened to; what came meanwhile is there on return",
  async () => {
    const opened: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/logs/stream")) opened.push(request.url());
    });
    const ended = page.waitForEvent("requestfailed", (request) => request.url().includes("/logs/stream"));
    const turn = (state: "hidden" | "visible") =>
      page.evaluate(`
      Object.defineProperty(document, "visibilityState", { configurable: true, value: "${state}" });
      document.dispatchEvent(new Event("visibilitychange"));
    `);
    await turn("hidden");
    await ended;
    const missed = await idOf(server.chat("plain"));
    expect(opened).toEqual([]);
    await turn("visible");
    await rowOf(missed).waitFor();
    expect(opened).toHaveLength(1);
    const live = await idOf(server.chat("plain"));
    await rowOf(live).waitFor();
  },
);
