import { beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { requestIdOf } from "../../src/core/ids.ts";
import { catalogOf, deployment } from "../../src/testing/catalog.ts";
import { memberOf } from "../../src/testing/console-visitor.ts";
import { testProvider } from "../../src/testing/gateway.ts";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { START_MS } from "../../src/testing/manage.ts";
import { violations } from "./accessibility.ts";
import { browserTest } from "./browser.ts";
import { consoleScene } from "./scene.ts";

/** Ctrl-K leads to pages and things without a pointer, and only to where one may be. */

const scene = await consoleScene({
  providers: [testProvider("box", "http://127.0.0.1:9")],
  catalog: catalogOf([deployment("box/my-llama")]),
});
let page: Page;

beforeAll(async () => {
  await scene.owner.call("POST", "/api/v1/keys", { name: "the <i>robot</i>" });
  await scene.write(sampleRow({ sequence: 1, timeMs: START_MS - 60_000 }));
});

const field = () => page.getByRole("combobox", { name: "Page, request id, model, key or provider" });
const options = () => page.getByRole("listbox", { name: "Found" }).getByRole("option");
const chosen = () => options().and(page.getByRole("option", { selected: true }));
const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true });

async function open(path: string, title: string): Promise<void> {
  await page.goto(`${scene.url}/console${path}`);
  await heading(title).waitFor();
  await page.waitForLoadState("networkidle");
}

async function goTo(text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await field().waitFor();
  await page.keyboard.type(text);
  await chosen().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

browserTest("it opens wherever one types, says what is chosen, and axe finds nothing", async () => {
  page = await scene.pageOf(scene.owner);
  await open("/logs", "Logs");
  await page.getByLabel("Model", { exact: true }).focus();
  await page.keyboard.press("Control+k");
  await field().waitFor();
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("combobox");
  const told = () =>
    page.evaluate<string>(
      "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText",
    );
  expect(await told()).toStartWith("Overview");
  await page.keyboard.press("ArrowDown");
  expect([await told(), await chosen().count()]).toEqual([await chosen().innerText(), 1]);
  expect(await told()).toStartWith("Logs");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  expect(await told()).toStartWith("Account");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.type")).toBe("search");
});

browserTest("a page, a request by its id, a key, a model and a provider are a few keys away", async () => {
  await open("/", "Overview");
  await goTo("billing");
  await heading("Billing").waitFor();
  await goTo(requestIdOf(1));
  await heading(requestIdOf(1)).waitFor();
  await goTo("robot");
  await heading("API Keys").waitFor();
  expect(new URL(page.url()).searchParams.get("key")).toStartWith("key_");
  await goTo("llama");
  await heading("Models & aliases").waitFor();
  expect(new URL(page.url()).searchParams.get("model")).toBe("my-llama");
  await goTo("box");
  await heading("Providers & nodes").waitFor();
  expect(new URL(page.url()).searchParams.get("q")).toBe("box");
});

browserTest("a name is shown as the text that it is; what nobody is called is said", async () => {
  await page.keyboard.press("Control+k");
  await field().fill("<i>robot");
  expect(await chosen().innerText()).toContain("the <i>robot</i>");
  await field().fill("nobody at all");
  await page.getByText("Nothing is called that.").waitFor();
  expect(await options().count()).toBe(0);
  await page.keyboard.press("Enter");
  expect(await page.getByRole("dialog").count()).toBe(1);
  await page.keyboard.press("Escape");
});

browserTest("the range goes along, and the button opens it too", async () => {
  await open("/?range=7d&tz=UTC", "Overview");
  await page.getByRole("button", { name: /^Go to/ }).click();
  await field().fill("logs");
  await page.keyboard.press("Enter");
  await heading("Logs").waitFor();
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ range: "7d", tz: "UTC" });
});

browserTest("whoever may not see keys and providers finds none, and asks for none", async () => {
  page = await scene.pageOf(await memberOf(scene, "viewer", "org_default", "viewer@example.com"));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await open("/", "Overview");
  await page.keyboard.press("Control+k");
  await field().fill("robot");
  await page.getByText("Nothing is called that.").waitFor();
  await field().fill("");
  const pages = await options().allInnerTexts();
  expect(pages.some((text) => text.startsWith("Logs"))).toBe(true);
  for (const hidden of ["API Keys", "Members", "Providers", "Audit"])
    expect(pages.filter((text) => text.startsWith(hidden))).toEqual([]);
  expect(asked.filter((path) => /\/(keys|providers)$/.test(path))).toEqual([]);
});

browserTest("what can be done by keys is listed", async () => {
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard" });
  await list.getByText("A page, a request, a model, a key or a provider").waitFor();
  expect(await violations(page)).toEqual([]);
});
