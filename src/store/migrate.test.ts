import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";

const database = () => new Database(join(temporaryDirectory(), "test.db"), { create: true });
const tables = (db: Database) =>
  db.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
const adds = (name: string): Migration => ({
  name,
  up: (db) => db.run(`CREATE TABLE "${name}" (id INTEGER) STRICT`),
});

test("the first run brings every table and the default organization, the second does nothing", () => {
  const db = database();
  expect(migrate(db, 1000)).toEqual({ applied: MIGRATIONS.map((migration) => migration.name) });
  expect(tables(db).map((row) => row.name)).toEqual(
    [
      "accounts",
      "alerts",
      "audit",
      "bills",
      "budgets",
      "key_secrets",
      "keys",
      "late_requests",
      "links",
      "members",
      "meta",
      "migrations",
      "orgs",
      "providers",
      "request_bodies",
      "requests",
      "rollup_groups",
      "rollup_histograms_due",
      "rollup_state",
      "rollups",
      "sessions",
      "users",
      "verifications",
    ].sort(),
  );
  expect(migrate(db, 2000)).toEqual({ applied: [] });
  expect(db.query("SELECT * FROM orgs").all()).toEqual([
    {
      id: "org_default",
      name: "Default",
      time_zone: "UTC",
      created_at_ms: 1000,
      store_bodies: 0,
      unknown_price: null,
      rate_limit: null,
    },
  ]);
});

test("only what is missing is applied, in order", () => {
  const db = database();
  migrate(db, 1, [adds("one")]);
  expect(migrate(db, 2, [adds("one"), adds("two"), adds("three")])).toEqual({ applied: ["two", "three"] });
  expect(db.query("SELECT * FROM migrations ORDER BY applied_at_ms, name").all()).toEqual([
    { name: "one", applied_at_ms: 1 },
    { name: "three", applied_at_ms: 2 },
    { name: "two", applied_at_ms: 2 },
  ]);
});

test("a migration that fails leaves the database where it was", () => {
  const db = database();
  migrate(db, 1, [adds("one")]);
  const before = tables(db);
  const broken: Migration = {
    name: "three",
    up() {
      throw new Error("no");
    },
  };
  expect(() => migrate(db, 2, [adds("one"), adds("two"), broken])).toThrow("no");
  expect(tables(db)).toEqual(before);
});

test("a database with unknown migrations is refused and untouched", () => {
  const db = database();
  migrate(db, 1, [adds("one"), adds("from_the_future")]);
  const before = tables(db);
  expect(migrate(db, 2, [adds("one"), adds("two")])).toEqual({
    problem: "it has from_the_future, which this program does not know",
  });
  expect(tables(db)).toEqual(before);
});

test("migration names are unique and in order", () => {
  const names = MIGRATIONS.map((migration) => migration.name);
  expect([...new Set(names)].sort()).toEqual(names);
});
