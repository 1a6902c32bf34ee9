import { afterAll, beforeAll, expect } from "bun:test";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, type ServerProcess } from "../process/server.ts";
import { violations } from "./accessibility.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway } from "./stage.ts";
import { sendVariety, varietyConfig } from "./variety.ts";

/** What an operator does: tries a rule before writing it, reads what is locked and where, compares bills, mends. */

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

const go = (path: string) => page.goto(`${server.url}/console${path}`);
const draftField = () => page.getByLabel("The rule, in YAML or JSON");
const tryIt = () => page.getByRole("button", { name: "Try it" }).click();

/** In the file as it lies there: the line of the first such text. */
function lineOf(text: string): number {
  const lines = readFileSync(server.configPath, "utf8").split("\n");
  return lines.findIndex((line) => line.includes(text)) + 1;
}

browserTest("a draft rule says what it would have moved, and its rows are a click away", async () => {
  page = await openPage();
  await becomeOwner(server, page);
  await go("/routing");
  await draftField().fill(
    "- name: draft\n  priority: 50\n  when: { model: plain }\n  then: { models: [shared] }\n",
  );
  await tryIt();
  await page.getByText(/It would have moved \d+ requests/).waitFor();
  const moves = page.getByRole("table", { name: "Requests that would have gone elsewhere" });
  expect(await moves.getByRole("row").count()).toBe(2);
  expect(await moves.textContent()).toContain("first/shared");
  expect(await violations(page)).toEqual([]);
  // The draft stands in the address, and survives a reload.
  await page.reload();
  expect(await draftField().inputValue()).toContain("models: [shared]");
  await tryIt();
  await moves.getByRole("link", { name: /^req_/ }).first().click();
  await page.getByRole("heading", { level: 1, name: /^req_/ }).waitFor();
  await page.getByRole("main").getByText("second/plain").first().waitFor();
});

browserTest("a draft that is no rule is refused by its field, and a refusing one is told", async () => {
  await go("/routing");
  await draftField().fill("name: draft\nwhen: { industry: shoes }\nthen: { deny: No. }");
  await tryIt();
  const wrong = page.getByRole("alert").filter({ hasText: "rule.when.industry" });
  await wrong.waitFor();
  await draftField().fill('name: "<b>draft</b>"\nthen: { deny: No. }');
  await tryIt();
  await page.getByRole("alert").filter({ hasText: "rule.name" }).waitFor();
  await draftField().fill("name: draft\nwhen: { industry: legal }\npriority: 1\nthen: { deny: No. }");
  await tryIt();
  await page.getByText("It would have refused 1 request.").waitFor();
});

browserTest("a rule of the file shows where it stands, and is a draft at the press of a button", async () => {
  await go("/routing");
  await page.getByText(`file nyuro.json:${lineOf('"stays-local"') - 1}`).waitFor();
  await page.getByRole("button", { name: "Try a change of stays-local" }).click();
  expect(await draftField().inputValue()).toContain("name: stays-local\n  priority: 10");
  await page
    .getByText(`file nyuro.json:${lineOf('"legal"')}`)
    .first()
    .waitFor();
});

browserTest("a provider of the file is locked with its line, and a copy of it can be changed", async () => {
  await go("/providers");
  const card = page.getByRole("listitem").filter({ hasText: "Changed in nyuro.json" }).first();
  const line = lineOf('"first"') - 1;
  await card.getByText(`Changed in nyuro.json line ${line}`).waitFor();
  expect(await card.getByRole("button", { name: "New credential" }).isDisabled()).toBe(true);
  expect(await card.getByRole("button", { name: "Remove" }).count()).toBe(0);
  await card.getByRole("button", { name: "Copy to editable" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByLabel("Name").inputValue()).toBe("first-copy");
  expect(await dialog.getByLabel("Address", { exact: true }).inputValue()).toBe(upstream.baseUrl);
  await dialog.getByRole("button", { name: "Test without adding" }).click();
  await dialog.getByText(/malformed, status 200/).waitFor();
  expect(server.rows().length).toBeGreaterThan(0);
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await dialog.getByText("is added and serves").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  const twin = page.getByRole("listitem").filter({ hasText: "first-copy" }).first();
  await twin.getByRole("button", { name: "New credential" }).click();
  await dialog.getByLabel("API key").fill("sk-a-credential-of-the-copy-1234");
  await dialog.getByRole("button", { name: "Replace and test" }).click();
  await dialog.getByText("The new credential is in use").waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await twin.getByText("…1234").waitFor();
});

browserTest("what rests says why, and may be called again at once", async () => {
  for (let asked = 0; asked < 4; asked++) await server.chat("first/always-busy");
  await go("/providers");
  const reset = page.getByRole("button", { name: "Reset breaker first", exact: true });
  await reset.waitFor();
  await page.getByText("breaker open").first().waitFor();
  await page.getByRole("link", { name: "overloaded" }).first().waitFor();
  await reset.click();
  await reset.waitFor({ state: "detached" });
});

browserTest("a provider's export is compared line by line, and each says why it may differ", async () => {
  await go("/billing?provider=second");
  const day = new Date().toISOString().slice(0, 10);
  const csv = `date,model,requests\n${day},plain,9\n${day},gone,1\n${day},shared,1\n`;
  const upload = (text: string) =>
    page
      .getByLabel("Usage or cost export (CSV)")
      .setInputFiles({ name: "usage.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await upload(csv);
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByText("2 of 3 lines of second differ").waitFor();
  const table = page.getByRole("table", { name: "second's figures beside ours" });
  expect(await table.textContent()).toContain("another program uses the account");
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Only lines that differ").check();
  expect(await table.getByRole("row").count()).toBe(4);
  await table.getByRole("link", { name: "plain" }).click();
  await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  for (const part of ["provider=second", "model=plain", `from=${day}`]) expect(page.url()).toContain(part);
  await go("/billing");
  await upload("hello");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("alert").waitFor();
});

browserTest("on paper the bill is dark on light, whole, and without what is pressed", async () => {
  const dark = await openPage({
    colorScheme: "dark",
    storageState: await page.context().storageState(),
    viewport: { width: 760, height: 1000 },
  });
  await dark.goto(`${server.url}/console/billing`);
  await dark.getByRole("table").first().waitFor();
  await dark.emulateMedia({ media: "print" });
  const [ink, isLight] = await dark.evaluate<[string, boolean]>(
    "[getComputedStyle(document.querySelector('main h1')).color, getComputedStyle(document.querySelector('.panel')).backgroundColor === 'rgb(255, 255, 255)']",
  );
  expect([ink, isLight]).toEqual(["rgb(21, 24, 30)", true]);
  for (const name of ["Print", "Compare"])
    expect(await dark.getByRole("button", { name, exact: true }).isVisible()).toBe(false);
  expect(await dark.getByRole("navigation").isVisible()).toBe(false);
  const cut = await dark.evaluate<number>(
    "Math.max(...[...document.querySelectorAll('table')].map((it) => it.getBoundingClientRect().right)) - innerWidth",
  );
  expect(cut).toBeLessThanOrEqual(0);
});

browserTest(
  "a key is cloned with its limits, and says of Anthropic's variables that they do not work",
  async () => {
    await go("/settings/keys");
    await page.getByRole("button", { name: "Clone small purse" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByLabel("Name").inputValue()).toBe("small purse (copy)");
    expect(await dialog.getByLabel("Limit in USD").inputValue()).toBe("0.004");
    await dialog.getByRole("button", { name: "Create key" }).click();
    await dialog.getByRole("button", { name: "Environment" }).click();
    await dialog.getByText("ANTHROPIC_BASE_URL").waitFor();
    expect(await dialog.getByRole("region", { name: "Environment" }).textContent()).toContain(
      "OPENAI_BASE_URL",
    );
    expect(await dialog.getByRole("button", { name: "Done" }).isDisabled()).toBe(true);
    await dialog.getByLabel("I stored it").check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: "View logs of small purse", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
    expect(page.url()).toContain("key=key_");
  },
);

browserTest("the first request is told by the stream: nothing is asked again and again", async () => {
  const fresh = await freshGateway({ config: varietyConfig(upstream) });
  const first = await openPage();
  await first.clock.install();
  await becomeOwner(fresh, first);
  await first.getByText("Waiting for the first request").waitFor();
  await first.getByText(/Set up: \d of 4/).waitFor();
  const asked: string[] = [];
  first.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await first.clock.fastForward(10_000);
  expect(asked.filter((path) => path.startsWith("/api/v1/logs"))).toEqual([]);
  await fresh.chat("plain");
  await first.getByText("Your first request is there").waitFor();
  await fresh.stop();
});
