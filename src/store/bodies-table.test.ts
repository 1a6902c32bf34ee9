import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { deleteBodiesOf, deleteOldBodies, findBodies, insertBodies } from "./bodies-table.ts";
import { openStore, type Store } from "./open.ts";
import type { RequestBodiesRow } from "./tables.ts";

function open(dataDir = temporaryDirectory()): Store {
  const store = openStore({ dataDir, sync: "normal", clock: fixedClock(0) });
  if ("problem" in store) throw new Error(store.problem);
  return store;
}

const rowOf = (sequence: number, more: Partial<RequestBodiesRow> = {}): RequestBodiesRow => ({
  ...{ sequence, time_ms: sequence, org_id: "org_default", request: "asked", response: "told" },
  ...{ request_truncated: 0, response_truncated: 1, request_redacted: 1, response_redacted: 0 },
  ...more,
});

async function steps(store: Store, step: (db: Database) => number): Promise<number[]> {
  const counts: number[] = [];
  while (counts.at(-1) !== 0) await store.writes.run((db) => void counts.push(step(db)));
  return counts;
}

test.each([
  ["text", "asked", "told"],
  ["bytes", new Uint8Array([1, 0, 255]), new Uint8Array(3_000_000).fill(7)],
  ["nothing", null, null],
  ["every character", "\u0000 \u{1f98a} \ud7ff", "'; DROP TABLE request_bodies; --"],
])("%s comes back as it went in", async (_, request, response) => {
  const store = open();
  await store.writes.run(insertBodies(rowOf(1, { request, response })));
  expect(await findBodies(store.queries, 1).executeTakeFirst()).toEqual(rowOf(1, { request, response }));
  expect(await findBodies(store.queries, 2).executeTakeFirst()).toBeUndefined();
  await store.close();
});

test("what is old goes first, a megabyte at a time, and what is not stays", async () => {
  const store = open();
  for (let n = 1; n <= 9; n++)
    await store.writes.run(insertBodies(rowOf(n, { response: "x".repeat(400_000) })));
  expect(await steps(store, (db) => deleteOldBodies(db, 8))).toEqual([2, 2, 2, 1, 0]);
  const left = await store.queries.selectFrom("request_bodies").select("sequence").execute();
  expect(left).toEqual([{ sequence: 8 }, { sequence: 9 }]);
  await store.close();
});

test("one that is larger than a step is deleted all the same", async () => {
  const store = open();
  await store.writes.run(insertBodies(rowOf(1, { response: "x".repeat(3_000_000) })));
  expect(await steps(store, (db) => deleteOldBodies(db, 2))).toEqual([1, 0]);
  await store.close();
});

test("an organization's are deleted up to a moment, and nobody else's", async () => {
  const store = open();
  for (const [n, org_id] of ["a", "b", "a", "a"].entries())
    await store.writes.run(insertBodies(rowOf(n + 1, { org_id })));
  expect(await steps(store, (db) => deleteBodiesOf(db, "a", 3))).toEqual([2, 0]);
  const left = await store.queries.selectFrom("request_bodies").select("sequence").execute();
  expect(left).toEqual([{ sequence: 2 }, { sequence: 4 }]);
  await store.close();
});

test("what was deleted is nowhere in the data folder any more, once the log is written back", async () => {
  const dataDir = temporaryDirectory();
  const store = open(dataDir);
  const secret = "a prompt that was meant to be forgotten";
  for (let n = 1; n <= 20; n++) {
    const request = n % 2 === 0 ? secret.repeat(1 + n * 400) : secret;
    await store.writes.run(insertBodies(rowOf(n, { request, response: secret })));
  }
  const isOnDisk = () =>
    readdirSync(dataDir).some((file) => readFileSync(join(dataDir, file), "latin1").includes(secret));
  expect(isOnDisk()).toBe(true);
  await steps(store, (db) => deleteOldBodies(db, 100));
  await store.close();
  expect(isOnDisk()).toBe(false);
});

test("the log is checkpointed by what was written, not by commits alone", async () => {
  const dataDir = temporaryDirectory();
  const store = open(dataDir);
  const response = "x".repeat(2 ** 20);
  for (let n = 1; n <= 30; n++) await store.writes.run(insertBodies(rowOf(n, { response })));
  // After the checkpoints that are under way: reads wait for them in the same Worker.
  await findBodies(store.queries, 1).execute();
  await store.writes.run(insertBodies(rowOf(31)));
  const db = new Database(join(dataDir, "nyuro.db"), { readonly: true });
  expect(readFileSync(join(dataDir, "nyuro.db")).length).toBeGreaterThan(8 * 2 ** 20);
  db.close();
  await store.close();
});
