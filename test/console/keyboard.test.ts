import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { requestIdOf } from "../../src/core/ids.ts";
import { catalogOf, deployment } from "../../src/testing/catalog.ts";
import { testProvider } from "../../src/testing/gateway.ts";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { jsonOf } from "../../src/testing/manage.ts";
import { browserTest } from "./browser.ts";
import { consoleScene } from "./scene.ts";
import { visit } from "./visit.ts";

/** By Tab alone everything on every page that can be used is reached, and one sees where one is. */

const scene = await consoleScene({
  providers: [testProvider("box", "http://127.0.0.1:9")],
  catalog: catalogOf([deployment("box/m")], { quick: ["m"] }),
});
const key = await jsonOf(
  scene.owner.call("POST", "/api/v1/keys", { name: "build", budget: { limit_usd: "5" } }),
);
for (let sequence = 1; sequence <= 6; sequence++)
  await scene.write(sampleRow({ sequence, timeMs: scene.clock.now() - sequence * 60_000, keyId: key.id }));

const PAGES = [
  ...[
    "/",
    "/logs",
    `/logs/${requestIdOf(3)}`,
    "/models",
    "/routing",
    "/providers",
    "/providers?add=1",
    "/playground",
  ],
  ...["/budgets", "/billing", "/settings/keys", "/settings/keys?create=1", "/settings/organization"],
  ...["/settings/members", "/settings/audit", "/settings/account"],
];
/** More than any page has. */
const MOST_TABS = 400;

/** Marks what should be reached, in the open dialog where there is one, and gives how many. */
const MARK = `(() => {
  const within = document.querySelector("dialog[open]") ?? document;
  const isShown = (element) => element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true })
    && !element.closest("[inert]") && !element.closest("details:not([open]) > :not(summary)");
  const all = [...within.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=tab], [role=link], [onclick]")]
    .filter((element) => !element.disabled && element.tabIndex >= 0 && isShown(element));
  // Of a group of tabs or radio buttons one is reached by Tab, the others by arrows.
  all.forEach((element, at) => element.setAttribute("data-reach", String(at)));
  return all.length;
})()`;

/** Where the focus is: its mark, and whether a person sees it. */
const FOCUS = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const hasMark = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
  return {
    mark: element.getAttribute("data-reach"),
    seen: hasMark && box.width > 0 && box.height > 0,
    told: element.outerHTML.slice(0, 140),
  };
})()`;

interface Focus {
  mark: string | null;
  seen: boolean;
  told: string;
}

async function unreached(page: Page): Promise<string[]> {
  const count = await page.evaluate<number>(MARK);
  const reached = new Set<string>();
  const unseen: string[] = [];
  for (let tabs = 0; tabs < MOST_TABS && reached.size < count; tabs++) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate<Focus | null>(FOCUS);
    if (!focus) continue;
    if (!focus.seen) unseen.push(`no visible focus: ${focus.told}`);
    if (focus.mark !== null) reached.add(focus.mark);
  }
  const missed = await page.evaluate<string[]>(
    `(${JSON.stringify([...reached])}, [...document.querySelectorAll("[data-reach]")].filter((it) => !${JSON.stringify([...reached])}.includes(it.dataset.reach)).map((it) => it.outerHTML.slice(0, 140)))`,
  );
  return [...missed.map((it) => `never reached: ${it}`), ...new Set(unseen)];
}

for (const [at, path] of PAGES.entries()) {
  const colorScheme = at % 2 === 0 ? "light" : "dark";
  browserTest(`${path}: Tab reaches everything, and the focus is seen`, async () => {
    const page = await scene.pageOf(scene.owner, { colorScheme });
    await visit(page, `${scene.url}/console${path}`, null);
    expect(await unreached(page)).toEqual([]);
    // A listener of React alone is no control for a keyboard. Charts have their table, in which each bar is a button.
    const clickable = await page.evaluate<string[]>(
      `[...document.querySelectorAll("main *")].filter((element) => {
        const props = Object.keys(element).find((name) => name.startsWith("__reactProps$"));
        return props && element[props].onClick && !element.closest("a, button, label, summary, svg, dialog, .recharts-wrapper");
      }).map((element) => element.outerHTML.slice(0, 140))`,
    );
    expect(clickable).toEqual([]);
    await page.context().close();
  });
}

browserTest("Escape closes every dialog, and the focus returns to what opened it", async () => {
  const page = await scene.pageOf(scene.owner);
  const OPENERS = [
    ["/settings/keys", "Create key"],
    ["/settings/keys", "Edit build"],
    ["/settings/keys", "Rotate build"],
    ["/settings/keys", "Revoke build"],
    ["/settings/members", "Invite"],
    ["/settings/members", /^Remove/],
    ["/providers", "Add provider"],
  ] as const;
  for (const [path, name] of OPENERS) {
    await visit(page, `${scene.url}/console${path}`, null);
    const opener = page.getByRole("button", { name }).first();
    await opener.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    expect(await page.evaluate("document.activeElement.closest('dialog') !== null")).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect([path, await opener.evaluate((element) => element.matches(":focus"))]).toEqual([path, true]);
  }
});
