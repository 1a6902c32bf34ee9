import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import type { ServerProcess } from "../process/server.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway, printedLink } from "./stage.ts";

/** The whole story of a first day, in one browser against one gateway, as a person lives it. */

const HOSTILE_NAME = 'app <img src=x onerror="document.title=1">';
const ANSWER = {
  ...{ id: "c1", object: "chat.completion", created: 1, model: "m" },
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
};

let upstream: ScriptedUpstream;
let server: ServerProcess;
let page: Page;
let firstKey = "";

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", (_, answer) => answer.json(200, ANSWER));
  const model = { id: "m", price: { input: 10, output: 20 }, max_output: 200 };
  server = await freshGateway({
    config: { providers: [{ id: "box", base_url: upstream.baseUrl, local: true, models: [model] }] },
  });
});

afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

/** What is pasted into a terminal. */
async function paste(command: string): Promise<string> {
  const child = Bun.spawn(["sh", "-c", `${command} -sS -w '\\n%{http_code}'`], {
    stdout: "pipe",
    stderr: "pipe",
  });
  return (await child.stdout.text()).trim();
}

const chatWith = (key: string) =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
  });

/** Its dialog goes once the key is said to be stored. */
async function takeSecret(): Promise<string> {
  const shown = await page.getByRole("region", { name: "The key" }).textContent();
  await page.getByLabel("I stored it").check();
  await page.getByRole("button", { name: "Done" }).click();
  return (shown ?? "").trim();
}

browserTest("the printed link makes the owner, once, and leaves no token behind", async () => {
  page = await openPage();
  await becomeOwner(server, page);
  expect(page.url()).not.toContain("token");
  const again = await openPage();
  await again.goto(printedLink(server));
  await again.getByLabel("Name").fill("Eve");
  expect(again.url()).not.toContain("token");
  await again.getByLabel("Email").fill("eve@example.com");
  await again.getByLabel("Password").fill("another long password");
  await again.getByRole("button", { name: "Make the owner" }).click();
  await again.getByRole("alert").waitFor();
  await again.goto(`${server.url}/console/logs`);
  await again.getByRole("heading", { name: "Sign in to Nyuro" }).waitFor();
});

browserTest(
  "a key is made and shown once, its curl works as it is, and the row arrives by itself",
  async () => {
    await page.getByText("Waiting for the first request").waitFor();
    const watching = await page.context().newPage();
    await watching.goto(`${server.url}/console`);
    await watching.getByText("Waiting for the first request").waitFor();

    await page.getByRole("link", { name: "Create an API key" }).click();
    await page.getByLabel("Name").fill(HOSTILE_NAME);
    await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
    const curl = await page.getByRole("region", { name: "curl" }).textContent();
    await page.keyboard.press("Escape");
    firstKey = await takeSecret();
    expect(firstKey).toMatch(/^neu_live_\w{49}$/);
    expect(await page.content()).not.toContain(firstKey);
    expect(await page.getByText(HOSTILE_NAME).count()).toBeGreaterThan(0);

    expect(await paste(curl ?? "")).toMatch(/Hello\.[\s\S]*\n200$/);
    await watching.getByRole("link", { name: "See where it went and why" }).click();
    await watching.getByRole("heading", { level: 1, name: /^req_/ }).waitFor();
    await watching.getByText("box/m").first().waitFor();
    expect(await watching.getByText("$0.002").count()).toBeGreaterThan(0);
    await watching.close();
  },
);

browserTest("a rotated key works beside its old secret, and neither after it was revoked", async () => {
  await page.getByRole("button", { name: `Rotate ${HOSTILE_NAME}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate" }).click();
  const second = await takeSecret();
  expect(second).not.toBe(firstKey);
  expect([(await chatWith(firstKey)).status, (await chatWith(second)).status]).toEqual([200, 200]);

  await page.getByRole("button", { name: `Revoke ${HOSTILE_NAME}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke it" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect([(await chatWith(firstKey)).status, (await chatWith(second)).status]).toEqual([401, 401]);
  expect(await page.getByText(HOSTILE_NAME).count()).toBe(0);
});

browserTest(
  "a budget holds: what is above it is refused with 402 and stands in the log as refused",
  async () => {
    await page.getByRole("button", { name: "Create key" }).first().click();
    await page.getByLabel("Name").fill("small purse");
    await page.getByLabel("Limit in USD").fill("0.005");
    await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
    const key = await takeSecret();
    const statuses: number[] = [];
    while (statuses.at(-1) !== 402 && statuses.length < 10) statuses.push((await chatWith(key)).status);
    expect(statuses.at(-1)).toBe(402);
    expect(statuses.slice(0, -1).every((status) => status === 200)).toBe(true);

    await page.getByRole("link", { name: "Budgets & alerts" }).click();
    await page.getByRole("link", { name: "small purse" }).click();
    await page.getByRole("table").getByText("refused").first().waitFor();
    expect(await page.getByRole("table").getByText("ok", { exact: true }).count()).toBe(statuses.length - 1);
  },
);

browserTest("the month's bill is the sum of the rows, on the page and in its CSV", async () => {
  await page.getByRole("link", { name: "Billing" }).click();
  const total = (await page.locator("main p.tabular-nums").first().textContent()) ?? "";
  const rows: { cost_nano_usd: number | null }[] = server.rows();
  const nano = rows.reduce((sum, { cost_nano_usd }) => sum + (cost_nano_usd ?? 0), 0);
  expect(Number(total.replace("$", ""))).toBe(nano / 1e9);
  expect(nano).toBeGreaterThan(0);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "CSV" }).click(),
  ]);
  const csv = await Bun.file(await download.path()).text();
  expect(download.suggestedFilename()).toMatch(/^nyuro-bill-\d{4}-\d{2}.*\.csv$/);
  expect(csv).toContain((nano / 1e9).toFixed(9));
});

browserTest(
  "who signs out sees nothing, by the way back neither, and signs in again where they were",
  async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Nyuro" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in to Nyuro" }).waitFor();
    expect(await page.content()).not.toContain("small purse");
    await page.goto(`${server.url}/console/settings/keys`);
    await page.getByLabel("Email").fill("ada@example.com");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password").fill("a long enough password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("small purse").first().waitFor();
  },
);
