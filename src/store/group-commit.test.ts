import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { GroupCommit, StoreUnavailable, type Write } from "./group-commit.ts";

function scene() {
  const file = join(temporaryDirectory(), "test.db");
  const db = new Database(file, { create: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("CREATE TABLE facts (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
  let commits = 0;
  const group = new GroupCommit(db, () => {
    commits += 1;
  });
  const other = new Database(file, { readonly: true });
  /** What another connection sees: only what is committed. */
  const ids = () => other.query<{ id: number }, []>("SELECT id FROM facts ORDER BY id").all();
  return { db, group, commits: () => commits, ids: () => ids().map((row) => row.id) };
}

const insert =
  (id: number, text: string | null = "x"): Write =>
  (db) => {
    db.query("INSERT INTO facts VALUES (?, ?)").run(id, text);
  };

test("what is asked for in one turn of the event loop is one transaction, committed when its promise resolves", async () => {
  const { group, commits, ids } = scene();
  const writes = [1, 2, 3].map((id) => group.run(insert(id)));
  expect(group.pendingCount).toBe(3);
  expect(ids()).toEqual([]);
  await writes[0];
  expect(ids()).toEqual([1, 2, 3]);
  await Promise.all(writes);
  expect([commits(), group.pendingCount]).toEqual([1, 0]);
});

test("a bad row loses only itself", async () => {
  const { group, ids } = scene();
  const thrown = new Error("a bug in the work");
  const writes: Write[] = [
    insert(1),
    insert(2, null),
    insert(3),
    insert(1),
    () => {
      throw thrown;
    },
    insert(4),
  ];
  const results = await Promise.allSettled(writes.map((work) => group.run(work)));
  expect(results.map((result) => result.status)).toEqual([
    ...(["fulfilled", "rejected", "fulfilled", "rejected", "rejected", "fulfilled"] as const),
  ]);
  expect(ids()).toEqual([1, 3, 4]);
  const reasons = results.map((result) => (result.status === "rejected" ? result.reason : null));
  expect(reasons[1]).not.toBeInstanceOf(StoreUnavailable);
  expect(reasons[4]).toBe(thrown);
});

test("a work that fails half way leaves nothing of itself", async () => {
  const { group, ids } = scene();
  const half: Write = (db) => {
    insert(1)(db);
    insert(2, null)(db);
  };
  await expect(group.run(half)).rejects.toThrow();
  await group.run(insert(3));
  expect(ids()).toEqual([3]);
});

for (const [what, pragma, restore] of [
  ["disk is full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"],
  ["database is read-only", "PRAGMA query_only = ON", "PRAGMA query_only = OFF"],
] as const) {
  test(`when the ${what} every write is refused as StoreUnavailable, and works again afterwards`, async () => {
    const { db, group, ids } = scene();
    await group.run(insert(1));
    db.run(pragma);
    const big = "y".repeat(100_000);
    const results = await Promise.allSettled([2, 3].map((id) => group.run(insert(id, big))));
    for (const result of results) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(StoreUnavailable);
    }
    db.run(restore);
    await group.run(insert(4));
    expect(ids()).toEqual([1, 4]);
  });
}

test("a stranger's lock is StoreUnavailable, not a hang", async () => {
  const { db, group, ids } = scene();
  db.run("PRAGMA busy_timeout = 1");
  const stranger = new Database(db.filename);
  stranger.run("BEGIN IMMEDIATE");
  await expect(group.run(insert(1))).rejects.toBeInstanceOf(StoreUnavailable);
  stranger.run("ROLLBACK");
  await group.run(insert(2));
  expect(ids()).toEqual([2]);
});

test("flush commits now; close commits what waits and refuses what comes after", async () => {
  const { group, ids } = scene();
  const first = group.run(insert(1));
  await group.flush();
  expect(ids()).toEqual([1]);
  const second = group.run(insert(2));
  group.close();
  expect(ids()).toEqual([1, 2]);
  await Promise.all([first, second]);
  await expect(group.run(insert(3))).rejects.toBeInstanceOf(StoreUnavailable);
});

test("writes asked for when a promise resolves go into the next transaction", async () => {
  const { group, commits, ids } = scene();
  await group.run(insert(1)).then(() => Promise.all([group.run(insert(2)), group.run(insert(3))]));
  expect([ids(), commits()]).toEqual([[1, 2, 3], 2]);
});

test("held writes wait for the work to end, succeed or not, and then go in one transaction", async () => {
  const { group, commits, ids } = scene();
  for (const outcome of ["resolves", "rejects"]) {
    const work = Promise.withResolvers<void>();
    const holding = group.holdDuring(() => work.promise).catch(() => {});
    const first = commits();
    const writes = [1, 2].map((n) => group.run(insert(outcome === "resolves" ? n : n + 10)));
    await new Promise((resolve) => setImmediate(resolve));
    expect([commits(), group.pendingCount]).toEqual([first, 2]);
    if (outcome === "resolves") work.resolve();
    else work.reject(new Error("no checkpoint"));
    await Promise.all([holding, ...writes]);
    expect(commits()).toBe(first + 1);
  }
  expect(ids()).toEqual([1, 2, 11, 12]);
});

test("whoever wants to know of the commit hears of it before anybody goes on, and not of a failure", async () => {
  const { group, ids } = scene();
  const heard: string[] = [];
  const run = (id: number, text: string | null = "x") =>
    group
      .run(insert(id, text), () => heard.push(`${id} committed, ${ids().length} rows`))
      .then(() => heard.push(`${id} goes on`))
      .catch(() => heard.push(`${id} failed`));
  await Promise.all([run(1), run(2)]);
  expect(heard).toEqual(["1 committed, 2 rows", "2 committed, 2 rows", "1 goes on", "2 goes on"]);
  heard.length = 0;
  await Promise.all([run(3), run(4, null)]);
  expect(heard.toSorted()).toEqual(["3 committed, 3 rows", "3 goes on", "4 failed"]);
});
