import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { MIGRATIONS, migrate } from "../migrate.ts";

test("a store of before gets the table, empty, and no organization wants it used", () => {
  const db = new Database(join(temporaryDirectory(), "test.db"), { create: true });
  const place = MIGRATIONS.findIndex(({ name }) => name === "009_bodies");
  migrate(db, 1_000, MIGRATIONS.slice(0, place));
  const { applied } = migrate(db, 2_000, MIGRATIONS.slice(0, place + 1)) as { applied: string[] };
  expect(applied).toEqual(["009_bodies"]);
  expect(db.query("SELECT * FROM request_bodies").all()).toEqual([]);
  expect(db.query("SELECT store_bodies FROM orgs").all()).toEqual([{ store_bodies: 0 }]);
});

test.each([
  ["what is due", "SELECT sequence FROM request_bodies WHERE time_ms < 5 ORDER BY time_ms LIMIT 200"],
  ["an organization's", "SELECT count(*) FROM request_bodies WHERE org_id = 'org_a'"],
])("%s is found by an index, without a look at what was said", (_, sql) => {
  const db = new Database(join(temporaryDirectory(), "test.db"), { create: true });
  migrate(db, 1_000);
  const plan = db.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`).all();
  expect(plan.map(({ detail }) => detail).join()).toMatch(/USING COVERING INDEX request_bodies_by/);
});
