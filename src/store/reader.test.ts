import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { Reader, ReadFailed } from "./reader.ts";

function scene() {
  const file = join(temporaryDirectory(), "test.db");
  const db = new Database(file, { create: true });
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA wal_autocheckpoint = 0");
  db.run("PRAGMA synchronous = OFF");
  db.run("CREATE TABLE facts (id INTEGER PRIMARY KEY)");
  const reader = new Reader({ file, onCrash: () => {} });
  const read = (sql: string, ...parameters: unknown[]) =>
    reader.read([{ sql, parameters }]).then(([rows]) => rows);
  return { file, db, reader, read };
}

test("reads see what is committed, with parameters bound", async () => {
  const { db, reader, read } = scene();
  db.run("INSERT INTO facts VALUES (1), (2), (3)");
  expect(await read("SELECT id FROM facts WHERE id > ? ORDER BY id", 1)).toEqual([{ id: 2 }, { id: 3 }]);
  db.run("INSERT INTO facts VALUES (4)");
  expect(await read("SELECT id FROM facts WHERE id > ? ORDER BY id", 3)).toEqual([{ id: 4 }]);
  await reader.close();
});

test("nothing can be written through the reader", async () => {
  const { db, reader, read } = scene();
  for (const sql of ["INSERT INTO facts VALUES (9)", "DELETE FROM facts", "DROP TABLE facts"]) {
    await expect(read(sql)).rejects.toBeInstanceOf(ReadFailed);
  }
  expect(db.query("SELECT count(*) AS n FROM facts").get()).toEqual({ n: 0 });
  await reader.close();
});

test("wrong SQL fails alone; the next read is answered", async () => {
  const { reader, read } = scene();
  const results = await Promise.allSettled([read("SELECT nothing FROM nowhere"), read("SELECT 1 AS one")]);
  expect(results.map((result) => result.status)).toEqual(["rejected", "fulfilled"]);
  await reader.close();
});

test("more variants than are kept prepared are all answered", async () => {
  const { reader, read } = scene();
  const answers = await Promise.all(Array.from({ length: 450 }, (_, n) => read(`SELECT ${n} AS n`)));
  expect(answers).toEqual(Array.from({ length: 450 }, (_, n) => [{ n }]));
  await reader.close();
});

test("a checkpoint moves the log into the database, though the reader cannot write rows", async () => {
  const { file, db, reader } = scene();
  const insert = db.prepare("INSERT INTO facts VALUES (?)");
  for (let id = 1; id <= 5000; id++) insert.run(id);
  expect(Bun.file(`${file}-wal`).size).toBeGreaterThan(16 * 1024 * 1024);
  expect(await reader.checkpoint("PASSIVE")).toBeGreaterThan(4096);
  expect(await reader.checkpoint("TRUNCATE")).toBe(0);
  expect(Bun.file(`${file}-wal`).size).toBe(0);
  await reader.close();
});

test("a crashed Worker is reported, what waited on it fails, the next read gets a new one", async () => {
  const source = `self.onmessage = ({ data }) => {
    if (data.statements[0].sql === "crash") throw new Error("deliberate");
    if (data.statements[0].sql !== "hang") self.postMessage({ id: data.id, results: [[{ alive: 1 }]] });
  };`;
  const workerUrl = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const reports: string[] = [];
  const reader = new Reader({ file: "unused", onCrash: (problem) => reports.push(problem), workerUrl });
  const ask = (sql: string) => reader.read([{ sql, parameters: [] }]);
  for (let round = 1; round <= 3; round++) {
    expect(await ask("SELECT 1")).toEqual([[{ alive: 1 }]]);
    const results = await Promise.allSettled([ask("hang"), ask("crash")]);
    for (const result of results)
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(ReadFailed);
    expect(reports).toHaveLength(round);
    expect(reports[round - 1]).toContain("started again");
  }
  await reader.close();
  expect(reports).toHaveLength(3);
});

test("after close every read is refused", async () => {
  const { reader, read } = scene();
  await read("SELECT 1 AS one");
  await reader.close();
  await expect(read("SELECT 1 AS one")).rejects.toBeInstanceOf(ReadFailed);
});
