import { afterAll, test } from "bun:test";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** A real Chromium, where the machine has one: Debian's package, or the one that `NYURO_TEST_BROWSER` names. */
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const executable =
  process.env.NYURO_TEST_BROWSER ?? NAMES.map((name) => Bun.which(name)).find((it) => it) ?? null;

if (executable === null)
  console.warn(
    "test/console: no Chromium on this machine (apt-get install chromium): the browser tests are skipped",
  );

/** Tests that need a browser. Each has two minutes: the machine may be busy. */
const MOST_MS = 120_000;
export function browserTest(name: string, run: () => Promise<void>, timeoutMs = MOST_MS): void {
  test.skipIf(executable === null)(name, run, timeoutMs);
}

let launched: Promise<Browser> | null = null;
const problems: string[] = [];

afterAll(async () => {
  await (await launched)?.close();
  if (problems.length > 0) throw new Error(`the pages said: ${problems.join("\n")}`);
});

/** A fresh profile. What goes wrong in it, a broken content security policy too, fails the test file. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  // A sandbox needs more rights than a container of a test has; only our own pages are opened.
  launched ??= chromium.launch({
    executablePath: executable ?? "",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  const context = await (await launched).newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  watch(page);
  return page;
}

/** A refusal is part of a story, and the browser notes each; anything else is a fault of the page. */
export function watch(page: Page): void {
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const isRefusal = /status of (?:4\d\d|503)/.test(message.text());
    if (message.type() === "error" && !isRefusal) problems.push(`${page.url()}: ${message.text()}`);
  });
}
