import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { migrate } from "../migrate.ts";
import { start } from "./001_start.ts";
import { orgs } from "./002_orgs.ts";

test("what was there before stays as it was, without limits", () => {
  const db = new Database(join(temporaryDirectory(), "test.db"), { create: true });
  migrate(db, 1_000, [start]);
  db.run("INSERT INTO orgs VALUES ('org_old', 'Old', 'Europe/Vienna', 5)");
  db.run(
    `INSERT INTO keys VALUES ('key_old', 'org_old', 'n', 'neu_live_abcdef', '["read"]', NULL, NULL, NULL, 6, 7, NULL, '{}')`,
  );
  expect(migrate(db, 2_000, [start, orgs])).toEqual({ applied: ["002_orgs"] });
  expect(db.query("SELECT * FROM orgs WHERE id = 'org_old'").get()).toEqual({
    id: "org_old",
    name: "Old",
    time_zone: "Europe/Vienna",
    created_at_ms: 5,
    store_bodies: 0,
    unknown_price: null,
    rate_limit: null,
  });
  expect(db.query("SELECT id, scopes, last_used_at_ms, rate_limit FROM keys").all()).toEqual([
    { id: "key_old", scopes: '["read"]', last_used_at_ms: 7, rate_limit: null },
  ]);
});
