import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { getMeta, setMeta } from "./meta-table.ts";
import { openStore, type Store } from "./open.ts";
import { findOrg } from "./orgs-table.ts";

const clock = fixedClock(1_800_000_000_000);
const open = (dataDir: string, sync: "normal" | "full" = "normal") => openStore({ dataDir, sync, clock });

function opened(dataDir: string, sync: "normal" | "full" = "normal"): Store {
  const store = open(dataDir, sync);
  if ("problem" in store) throw new Error(store.problem);
  return store;
}

function problemOf(dataDir: string): string {
  const store = open(dataDir);
  if (!("problem" in store)) throw new Error("it opened");
  return store.problem;
}

test.each([
  "normal",
  "full",
] as const)("sync %s: what was written is there after close and open", async (sync) => {
  const dataDir = join(temporaryDirectory(), "made", "on", "the", "way");
  const first = opened(dataDir, sync);
  expect([first.lastSequence(), await getMeta(first.queries, "colour")]).toEqual([0, null]);
  await first.writes.run(setMeta(first.queries, "colour", "red"));
  await first.writes.run(setMeta(first.queries, "colour", "blue"));
  expect(await first.checkWritable()).toBe(true);
  await first.close();
  await first.close();
  expect(await first.checkWritable()).toBe(false);
  expect(existsSync(join(dataDir, "nyuro.db-wal"))).toBe(false);
  const second = opened(dataDir, sync);
  expect(await getMeta(second.queries, "colour")).toBe("blue");
  expect((await findOrg(second.queries, "org_default"))?.time_zone).toBe("UTC");
  expect(await findOrg(second.queries, "org_other")).toBeNull();
  await second.close();
});

test("a folder made by us is closed to others", async () => {
  const dataDir = join(temporaryDirectory(), "data");
  const store = opened(dataDir);
  expect(statSync(dataDir).mode & 0o077).toBe(0);
  await store.close();
});

test("reads together see one snapshot and keep their order", async () => {
  const store = opened(temporaryDirectory());
  const { queries } = store;
  await store.writes.run(setMeta(queries, "a", "1"));
  const [meta, orgs] = await store.readTogether([
    queries.selectFrom("meta").select("value"),
    queries.selectFrom("orgs").select("id"),
  ]);
  expect([meta, orgs]).toEqual([[{ value: "1" }], [{ id: "org_default" }]]);
  await store.close();
});

test("a query that would write is refused by the reader", async () => {
  const store = opened(temporaryDirectory());
  await expect(store.queries.deleteFrom("orgs").execute()).rejects.toThrow("cannot be read");
  expect(await findOrg(store.queries, "org_default")).not.toBeNull();
  await store.close();
});

test("the log is checkpointed while writing goes on", async () => {
  const dataDir = temporaryDirectory();
  const store = opened(dataDir);
  const write = (n: number) => store.writes.run(setMeta(store.queries, `n${n}`, "x".repeat(3000)));
  const logBytes = () => Bun.file(join(dataDir, "nyuro.db-wal")).size;
  for (let n = 0; n < 2500; n++) await write(n);
  // How soon it comes is the machine's affair, that it comes while there are writes is ours.
  for (let n = 0; logBytes() > 17 * 1024 * 1024; n++) {
    await write(n);
    await Bun.sleep(2);
  }
  expect(Bun.file(join(dataDir, "nyuro.db")).size).toBeGreaterThan(4 * 1024 * 1024);
  await store.close();
});

const CASES: [string, (dataDir: string) => void, RegExp][] = [
  ["is a file", (dataDir) => writeFileSync(dataDir, ""), /^The data folder .* cannot be made: .*\.$/],
  [
    "cannot be written to",
    (dataDir) => mkdirSync(join(dataDir, "lock.db"), { recursive: true }),
    /^The data folder .* cannot be written to: .*\.$/,
  ],
  [
    "holds something that is no database",
    (dataDir) => {
      mkdirSync(dataDir);
      writeFileSync(join(dataDir, "nyuro.db"), "x".repeat(5000));
    },
    /^The database .* cannot be used: file is not a database\.$/,
  ],
  [
    "comes from a newer program",
    (dataDir) => {
      mkdirSync(dataDir);
      const db = new Database(join(dataDir, "nyuro.db"), { create: true });
      db.run("CREATE TABLE migrations (name TEXT PRIMARY KEY, applied_at_ms INTEGER NOT NULL)");
      db.run("INSERT INTO migrations VALUES ('999_beyond', 1)");
      db.close();
    },
    /^The database .* is newer than this program: it has 999_beyond, which this program does not know\.$/,
  ],
];

test.each(CASES)("a data folder that %s is one clear sentence", (_, prepare, sentence) => {
  const dataDir = join(temporaryDirectory(), "data");
  prepare(dataDir);
  const problem = problemOf(dataDir);
  expect(problem).toMatch(sentence);
  expect(problem).not.toContain("\n");
  expect(problem).not.toMatch(/ at .*\.ts:/);
  // Nothing is left locked: the same refusal again, not "another is running".
  expect(problemOf(dataDir)).toBe(problem);
});

test("a second store on the same folder is refused while the first is open, in the same process too", async () => {
  const dataDir = temporaryDirectory();
  const first = opened(dataDir);
  expect(problemOf(dataDir)).toMatch(/^Another Nyuro is running on the data folder .*; one at a time\.$/);
  await first.writes.run(setMeta(first.queries, "still", "writing"));
  await first.close();
  await opened(dataDir).close();
});

test("database and lock are the owner's alone, also in a folder that others may read", async () => {
  const dataDir = temporaryDirectory();
  chmodSync(dataDir, 0o755);
  const store = openStore({ dataDir, sync: "normal", clock: fixedClock(0) });
  if ("problem" in store) throw new Error(store.problem);
  await store.checkWritable();
  expect(readdirSync(dataDir)).toContain("lock.db");
  for (const name of readdirSync(dataDir)) {
    expect(`${name} ${(statSync(join(dataDir, name)).mode & 0o777).toString(8)}`).toBe(`${name} 600`);
  }
  await store.close();
});
