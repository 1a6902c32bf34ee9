import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Children } from "../../bench/targets/children.ts";
import { startMock } from "../../bench/targets/start.ts";
import { freshFolder, providerEntry, type ServerProcess, startServer } from "./server.ts";

const KILLS = 30;
const CLIENTS = 10;
const FEWEST_REPLIES = 40;
const READY_WITHIN_MS = 3_000;

/** In a process of its own, so that the server is at work in the very moment it is killed. */
const children = new Children();
let mockPort = 0;
beforeAll(async () => {
  mockPort = (await startMock(children)).port;
});
afterAll(() => children.stopAll());

interface Load {
  /** Ids of the replies that a client has read to their end. */
  finished: string[];
  sent: number;
}

/** Asks again and again until the server is gone; every other client streams. */
async function client(
  server: ServerProcess,
  stream: boolean,
  load: Load,
  onFinished: () => void,
): Promise<void> {
  for (;;) {
    load.sent += 1;
    try {
      const response = await server.chat("m", { stream });
      const text = await response.text();
      const isWhole = stream
        ? text.endsWith("data: [DONE]\n\n")
        : JSON.parse(text).object === "chat.completion";
      if (response.status !== 200 || !isWhole) return;
      load.finished.push(response.headers.get("x-request-id") ?? "");
      onFinished();
    } catch {
      return; // cut: it promised nothing
    }
  }
}

/** Runs the load and kills the server in the middle of it: once `after` replies were read, in the same turn. */
async function killUnderLoad(server: ServerProcess, after: number): Promise<Load> {
  const load: Load = { finished: [], sent: 0 };
  const onFinished = () => {
    if (load.finished.length === after) server.signal("SIGKILL");
  };
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) => client(server, index % 2 === 0, load, onFinished)),
  );
  await server.ended();
  return load;
}

test(`${KILLS} × kill -9 under load: every reply that was read has its row, none twice, and the next start serves`, async () => {
  const folder = freshFolder();
  const config = { providers: [providerEntry("one", `http://127.0.0.1:${mockPort}/v1`, ["m"])] };
  const readyMs: number[] = [];
  const finished: string[] = [];
  let sent = 0;
  const start = async () => {
    const beganMs = performance.now();
    const server = await startServer({ folder, config });
    expect((await server.get("/readyz", null)).status).toBe(200);
    readyMs.push(performance.now() - beganMs);
    return server;
  };
  for (let round = 0; round < KILLS; round++) {
    const load = await killUnderLoad(await start(), FEWEST_REPLIES + round);
    finished.push(...load.finished);
    sent += load.sent;
  }
  const last = await start();
  const rows = await rowsById(last);
  const missing = finished.filter((id) => rows.get(id) !== "ok");
  expect({ missing, twice: finished.length - new Set(finished).size }).toEqual({ missing: [], twice: 0 });
  expect(finished.length).toBeGreaterThanOrEqual(KILLS * FEWEST_REPLIES);
  expect(rows.size).toBeLessThanOrEqual(sent);
  expect(await last.stop()).toBe(0);
  const db = new Database(join(folder, "data", "nyuro.db"), { readonly: true });
  expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  db.close();
  const sorted = readyMs.slice(1).toSorted((a, b) => a - b);
  const [median = 0, slowest = 0] = [sorted[sorted.length >> 1], sorted.at(-1)];
  console.log(
    `${finished.length} replies, ${rows.size} rows; ready again after ${median.toFixed()} ms, at most ${slowest.toFixed()} ms`,
  );
  expect(slowest).toBeLessThan(READY_WITHIN_MS);
}, 60_000);

/** Status by public id, from the API page by page; throws where an id comes twice. */
async function rowsById(server: ServerProcess): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor = "";
  do {
    const response = await server.get(`/api/v1/logs?limit=1000${cursor}`);
    const page: { data: { id: string; status: string }[]; next_cursor: string | null } = JSON.parse(
      await response.text(),
    );
    for (const { id, status } of page.data) {
      if (found.has(id)) throw new Error(`${id} has two rows`);
      found.set(id, status);
    }
    cursor = page.next_cursor === null ? "" : `&cursor=${page.next_cursor}`;
  } while (cursor !== "");
  return found;
}
