import { afterAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { measureWindow } from "../bench/measure/window.ts";
import { Children } from "../bench/targets/children.ts";
import { startGateway } from "../bench/targets/gateway.ts";
import { startMock } from "../bench/targets/start.ts";
import { isAbsent, type Target } from "../bench/targets/target.ts";
import { browserTest, openPage } from "./console/browser.ts";

/** Who looks costs those who ask nothing: CPU per request with a live tail and an Overview open, against none. */

const ROUNDS = 9;
const WINDOW = { profile: "json", connections: 16, warmupSeconds: 1, seconds: 4 } as const;
const MOST_MORE = 0.05;

const children = new Children();
afterAll(() => children.stopAll());

async function microsPerRequest(target: Target): Promise<number> {
  const { load, cpuMicros } = await measureWindow(children, target, WINDOW);
  return cpuMicros / load.completed;
}

async function signedIn({ port, headers }: Target): Promise<Page> {
  const page = await openPage();
  const made = await fetch(`http://127.0.0.1:${port}/api/v1/console/link`, {
    method: "POST",
    headers,
    body: "{}",
  });
  await page.goto(JSON.parse(await made.text()).link);
  await page.getByLabel("Name").fill("Olive Owner");
  await page.getByLabel("Email").fill("owner@example.com");
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Make the owner" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return page;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

browserTest(
  "a request costs no more CPU while a live tail and an Overview are open",
  async () => {
    const { port: mockPort } = await startMock(children);
    const target = await startGateway({ children, mockPort });
    if (isAbsent(target)) throw new Error(target.reason);
    const base = `http://127.0.0.1:${target.port}/console`;
    const tail = await signedIn(target);
    const overview = await tail.context().newPage();
    const close = async () => {
      for (const page of [tail, overview]) await page.goto("about:blank");
    };
    await close();
    for (let warm = 0; warm < 2; warm++) await microsPerRequest(target);
    const closed: number[] = [];
    const open: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      closed.push(await microsPerRequest(target));
      await overview.goto(`${base}/?range=24h`);
      await tail.goto(`${base}/logs?live=1`);
      await tail.getByText("New requests appear by themselves").waitFor();
      open.push(await microsPerRequest(target));
      await close();
    }
    const more = median(open.map((micros, at) => micros / (closed[at] ?? micros))) - 1;
    console.log(
      `CPU a request: ${median(closed).toFixed(0)} µs alone, ${median(open).toFixed(0)} µs with the console open, ` +
        `${(more * 100).toFixed(1)} % more (median of ${ROUNDS} pairs)`,
    );
    expect(more).toBeLessThanOrEqual(MOST_MORE);
  },
  10 * 60_000,
);
