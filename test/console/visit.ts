import type { Page, Request } from "playwright-core";

const QUIET_MS = 60;
const open = new WeakMap<Page, Set<Request>>();

function openRequestsOf(page: Page): Set<Request> {
  const known = open.get(page);
  if (known) return known;
  const requests = new Set<Request>();
  open.set(page, requests);
  // A live tail is never over.
  page.on("request", (request) => request.resourceType() !== "eventsource" && requests.add(request));
  page.on("requestfinished", (request) => requests.delete(request));
  page.on("requestfailed", (request) => requests.delete(request));
  return requests;
}

/** Resolves once the page has what it asked for and has asked for nothing more. */
export async function settled(page: Page): Promise<void> {
  const requests = openRequestsOf(page);
  for (let quiet = 0; quiet < 2; ) {
    await page.waitForTimeout(QUIET_MS);
    quiet = requests.size === 0 ? quiet + 1 : 0;
  }
}

/** Opens a page of the console anew and waits for all that it shows. Null = any heading. */
export async function visit(page: Page, url: string, heading: string | null): Promise<void> {
  openRequestsOf(page).clear();
  await page.goto(url);
  const named = heading === null ? { level: 1 } : { level: 1, name: heading, exact: true };
  await page.getByRole("heading", named).waitFor();
  await settled(page);
}
