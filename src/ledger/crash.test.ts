import { Database } from "bun:sqlite";
import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { openStore } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const children: Bun.Subprocess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(dataDir: string) {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "../testing/ledger-crash-child.ts"), dataDir],
    {
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  children.push(child);
  return child;
}

/** Kills the child the hard way once it acknowledged `count` rows; returns all it acknowledged till then. */
async function killAfter(child: ReturnType<typeof start>, count: number): Promise<number[]> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    text += decoder.decode(bytes, { stream: true });
    if (text.split("\n").length > count) child.kill("SIGKILL");
  }
  await child.exited;
  // What follows the last line end was cut off by the kill.
  return text.split("\n").slice(0, -1).map(Number);
}

test("after kill -9 every acknowledged row is there, none twice, and the database is whole; five times over", async () => {
  const dataDir = temporaryDirectory();
  const acknowledged: number[] = [];
  for (const count of [50, 300, 1000, 1, 600]) {
    const rows = await killAfter(start(dataDir), count);
    expect(rows.length).toBeGreaterThanOrEqual(count);
    acknowledged.push(...rows);
    const db = new Database(join(dataDir, "nyuro.db"));
    const stored = db.query<{ sequence: number }, []>("SELECT sequence FROM requests").all();
    const present = new Set(stored.map((row) => row.sequence));
    // Every tenth is of long ago and may be deleted meanwhile.
    const kept = acknowledged.filter((sequence) => sequence % 10 !== 0);
    expect(kept.filter((sequence) => !present.has(sequence))).toEqual([]);
    expectSumsOf(db, acknowledged);
    expectBodiesOf(db);
    expect(present.size).toBe(stored.length);
    expect(db.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    db.close();
  }
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  const db = new Database(join(dataDir, "nyuro.db"));
  // Else it would not have been shown that moving and deleting can be killed too.
  expect(db.query("SELECT DISTINCT tier FROM rollups ORDER BY tier").values().flat()).toEqual([
    0, 1, 2, 3, 4,
  ]);
  expect(db.query("SELECT raw_since_ms > 0 AS hasDeleted FROM rollup_state").get()).toEqual({
    hasDeleted: 1,
  });
  db.close();
}, 60_000);

/** A row that may not be deleted and what was said are both there or both not; bodies go before their rows. */
function expectBodiesOf(db: Database): void {
  const apart = (sql: string) => db.query(sql).all();
  expect(
    apart(
      `SELECT sequence FROM requests WHERE time_ms >= 1e11 AND sequence NOT IN (SELECT sequence FROM request_bodies)`,
    ),
  ).toEqual([]);
  expect(
    apart(
      `SELECT sequence FROM request_bodies WHERE time_ms >= 1e11 AND sequence NOT IN (SELECT sequence FROM requests)`,
    ),
  ).toEqual([]);
  expect(db.query("SELECT count(*) > 0 AS some FROM request_bodies").get()).toEqual({ some: 1 });
}

/** Whatever of a transaction was killed, its rows and their sums are both there or both not, in one tier and all above it. */
function expectSumsOf(db: Database, acknowledged: readonly number[]): void {
  const sum = (from: string) =>
    db.query<{ requests: number; cost: number }, []>(`SELECT ${from}`).get() ?? { requests: 0, cost: 0 };
  const ofTiers = (tiers: string, longAgo: boolean) =>
    sum(`total(requests) AS requests, total(cost_nano_usd) AS cost FROM rollups
      WHERE tier IN (${tiers}) AND bucket_ms ${longAgo ? "<" : ">="} 1e11`);
  const raw = sum(`count(*) AS requests, total(cost_nano_usd) AS cost FROM requests WHERE time_ms >= 1e11`);
  expect(ofTiers("0, 1", false)).toEqual(raw);
  for (const tiers of ["0, 2", "0, 3", "0, 4"]) {
    expect(ofTiers(tiers, false)).toEqual(raw);
    expect(ofTiers(tiers, true)).toEqual(ofTiers("0, 1", true));
  }
  const longAgo = acknowledged.filter((sequence) => sequence % 10 === 0).length;
  // Those that were written but not acknowledged before the kill may be more.
  expect(ofTiers("0, 1", true).requests).toBeGreaterThanOrEqual(longAgo);
}

test("a second instance is refused in one sentence while the first lives, and let in after kill -9", async () => {
  const dataDir = temporaryDirectory();
  const first = start(dataDir);
  const output = first.stdout.getReader();
  await output.read();
  const open = () => openStore({ dataDir, sync: "normal", clock: fixedClock(0) });
  expect(open()).toEqual({
    problem: `Another Nyuro is running on the data folder ${dataDir}; one at a time.`,
  });
  const second = start(dataDir);
  expect(await second.exited).toBe(1);
  expect(await new Response(second.stdout).text()).toStartWith("Another Nyuro is running");
  first.kill("SIGKILL");
  await first.exited;
  const store = open();
  if ("problem" in store) throw new Error(store.problem);
  expect(store.lastSequence()).toBeGreaterThan(0);
  await store.close();
}, 60_000);
