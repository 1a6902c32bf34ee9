import { expect } from "bun:test";
import type { CDPSession, Page } from "playwright-core";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { type ConsoleScene, consoleScene } from "./scene.ts";
import { visit } from "./visit.ts";

const ROWS_PER_SECOND = 200;
const EVERY_MS = 50;
/** Long enough for every list that is bounded to be full. */
const WARM_SECONDS = 12;
/** The live rows, and the first page of the list below them. */
const MOST_ROWS = 1_000 + 100;
/** What a page may grow by once it is warm: caches of the engine, far below what so many rows would take. */
const MOST_GROWTH_BYTES = 4 * 2 ** 20;
/** The time zones to choose from, and the rows in sight: 1,000 rows drawn would be 30,000. */
const MOST_NODES = 8_000;

interface Use {
  heapBytes: number;
  nodes: number;
  listeners: number;
}

async function useOf(cdp: CDPSession): Promise<Use> {
  // Twice: what the first frees may hold what the second frees.
  await cdp.send("HeapProfiler.collectGarbage");
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await cdp.send("Memory.getDOMCounters");
  return { heapBytes: usedSize, nodes, listeners: jsEventListeners };
}

/** Writes rows for so long, no faster than told and no slower; resolves with how many. */
async function rain({ write, clock }: ConsoleScene, seconds: number, from: number): Promise<number> {
  const startMs = performance.now();
  let written = 0;
  while (performance.now() - startMs < seconds * 1000) {
    const due = Math.floor(((performance.now() - startMs) / 1000) * ROWS_PER_SECOND);
    const rows = Array.from({ length: due - written }, (_, at) =>
      sampleRow({
        sequence: from + written + at,
        timeMs: clock.now() - 1,
        requestedModel: `model ${written + at}`,
      }),
    );
    await Promise.all(rows.map((row) => write(row)));
    written = due;
    await Bun.sleep(EVERY_MS);
  }
  return written;
}

const rowsKnown = async (page: Page) =>
  Number(await page.getByRole("region", { name: "Rows" }).getByRole("table").getAttribute("aria-rowcount"));

/** Tails 200 new rows a second: first at the top, then while somebody reads further down. */
export async function expectNoGrowth(seconds: number): Promise<void> {
  const scene = await consoleScene();
  const page = await scene.pageOf(scene.owner);
  let written = await rain(scene, 1, 1);
  await visit(page, `${scene.url}/console/logs?live=1`, "Logs");
  await page.getByText("New requests appear by themselves").waitFor();
  const cdp = await page.context().newCDPSession(page);
  const scroller = page.getByRole("region", { name: "Rows" });
  for (const top of [0, 900]) {
    await scroller.evaluate((element, to) => element.scrollTo({ top: to }), top);
    written += await rain(scene, WARM_SECONDS, written + 1);
    const before = await useOf(cdp);
    written += await rain(scene, seconds, written + 1);
    const after = await useOf(cdp);
    const grown = ((after.heapBytes - before.heapBytes) / 2 ** 20).toFixed(2);
    const heap = (after.heapBytes / 2 ** 20).toFixed(1);
    console.log(`scrolled ${top} px, ${seconds} s: heap ${heap} MiB, ${grown} more; ${after.nodes} nodes`);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(MOST_GROWTH_BYTES);
    expect(after.nodes).toBeLessThan(MOST_NODES);
    expect(after.listeners).toBeLessThan(before.listeners + 200);
    expect((await rowsKnown(page)) - 1).toBeLessThanOrEqual(MOST_ROWS);
  }
  // Nothing was lost on the way: what was written last stands at the top.
  await page.getByRole("button", { name: /new$/ }).click();
  await page
    .getByText(`model ${await lastModel(scene, written)}`, { exact: false })
    .first()
    .waitFor();
  await page.context().close();
}

/** Writes one more row and tells what it is called. */
async function lastModel({ write, clock }: ConsoleScene, written: number): Promise<string> {
  const name = "of the last row";
  await write(sampleRow({ sequence: written + 1, timeMs: clock.now() - 1, requestedModel: `model ${name}` }));
  return name;
}
