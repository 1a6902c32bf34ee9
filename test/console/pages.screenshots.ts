import { afterAll, expect } from "bun:test";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "../process/server.ts";
import { browserTest } from "./browser.ts";
import { demoWorld } from "./demo-world.ts";
import { settled, visit } from "./visit.ts";

/** `npm run screenshots`: the pictures of README.md and docs/console.md, from a world that is the same each time. */

const FOLDER = join(root, "docs", "images");
const MOST_BYTES = 200 * 1024;
const CONTRACT = JSON.stringify({
  model: "industry:legal",
  messages: [
    { role: "user", content: "Check the lease of Anna Schmidt, anna.schmidt@example.com, for hidden costs." },
  ],
});
const QUESTION = "Explain in two sentences what a circuit breaker does for an LLM gateway.";

const { scene, stop } = await demoWorld();
afterAll(stop);
mkdirSync(FOLDER, { recursive: true });

async function picture(page: Page, name: string): Promise<void> {
  await settled(page);
  // Charts grow into place.
  await page.waitForTimeout(1_000);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect([name, statSync(path).size <= MOST_BYTES]).toEqual([name, true]);
}

async function open(
  path: string,
  look: { colorScheme?: "light" | "dark"; height?: number } = {},
): Promise<Page> {
  const { colorScheme = "light", height = 900 } = look;
  const page = await scene.pageOf(scene.owner, {
    colorScheme,
    viewport: { width: 1440, height },
    timezoneId: "Europe/Vienna",
  });
  await visit(page, `${scene.url}/console${path}`, null);
  return page;
}

for (const colorScheme of ["light", "dark"] as const)
  browserTest(`the overview, ${colorScheme}`, async () => {
    await picture(await open("/?range=7d&org=org_default", { colorScheme }), `overview-${colorScheme}`);
  });

browserTest("the logs, the keys and the month", async () => {
  await picture(await open("/logs?range=24h&org=org_default"), "logs");
  await picture(await open("/settings/keys?org=org_default", { height: 700 }), "keys");
  await picture(await open("/billing?month=2026-11&org=org_default"), "billing");
});

browserTest("the simulator", async () => {
  const page = await open("/routing?org=org_default");
  await page
    .getByLabel(/^Prompt/)
    .first()
    .fill(CONTRACT);
  await page.getByRole("button", { name: "Decide" }).click();
  await page
    .getByRole("table", { name: /andidate/ })
    .first()
    .waitFor();
  await picture(page, "routing");
});

browserTest("the playground, and the request that came of it", async () => {
  const page = await open("/playground?model=smart&second=fast&org=org_default");
  await page.getByLabel("Prompt", { exact: true }).fill(QUESTION);
  await page.getByRole("button", { name: "Ask" }).click();
  const request = page.getByRole("main").getByRole("link", { name: /^req_/ });
  await request.nth(1).waitFor();
  await picture(page, "playground");
  await request.first().click();
  await page.getByRole("heading", { level: 1, name: /^req_/ }).waitFor();
  await picture(page, "request");
});
