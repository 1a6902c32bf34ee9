import type { Locator, Page } from "playwright-core";

/** What pages show, read from what is drawn: texts of cells and of cards, as a person would copy them. */

export interface ShownTable {
  /** By the heading of their column. */
  rows: Record<string, string>[];
  /** The same; empty where the table has none. */
  foot: Record<string, string>;
}

/** `$1,234.5` → 1234500000000 nano-USD; what is not known (`–`) is nothing. */
export function nanoShown(text: string): bigint {
  const [, sign = "", whole = "0", decimals = ""] = /(-?)\$([\d,]+)\.?(\d*)/.exec(text) ?? [];
  const nano = BigInt(whole.replaceAll(",", "")) * 1_000_000_000n + BigInt(decimals.padEnd(9, "0") || "0");
  return sign === "-" ? -nano : nano;
}

/** `1,234` or `1,234 (of it 12)` → 1234. */
export function countShown(text: string): number {
  return Number(/[\d,]+/.exec(text)?.[0].replaceAll(",", "") ?? "0");
}

/** A table whose rows are all drawn. */
export async function tableShown(table: Locator): Promise<ShownTable> {
  await table.waitFor();
  const { heads, rows, foot } = await table.evaluate((element) => {
    const texts = (row: typeof element | null) =>
      [...(row?.children ?? [])].map((cell) => (cell.textContent ?? "").trim());
    return {
      heads: texts(element.querySelector("thead tr")),
      rows: [...element.querySelectorAll("tbody tr:not([aria-hidden])")].map(texts),
      foot: texts(element.querySelector("tfoot tr")),
    };
  });
  const named = (cells: string[]) => Object.fromEntries(cells.map((text, at) => [heads[at] ?? "", text]));
  return { rows: rows.map(named), foot: named(foot) };
}

/** All rows of the log by their ids: scrolls down until no more come. */
export async function logShown(page: Page): Promise<Map<string, Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  const scroller = page.getByRole("region", { name: "Rows" });
  if ((await scroller.count()) === 0) return found;
  const table = scroller.getByRole("table");
  for (let isEnd = false; !isEnd; ) {
    const ids = await table
      .locator("tbody a[href*='/logs/req_']")
      .evaluateAll((links) =>
        links.map((link) => /req_\w+/.exec(link.getAttribute("href") ?? "")?.[0] ?? ""),
      );
    const { rows } = await tableShown(table);
    if (ids.length === rows.length) ids.forEach((id, at) => found.set(id, rows[at] ?? {}));
    isEnd = await scroller.evaluate((element) => {
      const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 1;
      element.scrollBy({ top: element.clientHeight - 80, behavior: "instant" });
      return isAtEnd;
    });
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }
  return found;
}

/** The number on a card, as text. */
export async function cardShown(page: Page, label: string): Promise<string> {
  const card = page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ has: page.getByText(label, { exact: true }) });
  return (await card.getByRole("link").first().textContent()) ?? "";
}
