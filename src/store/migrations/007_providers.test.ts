import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { migrate } from "../migrate.ts";
import { start } from "./001_start.ts";
import { providers } from "./007_providers.ts";

test("a store of before gets the table, empty, each id once", () => {
  const db = new Database(join(temporaryDirectory(), "test.db"), { create: true });
  migrate(db, 1_000, [start]);
  expect(migrate(db, 2_000, [start, providers])).toEqual({ applied: ["007_providers"] });
  expect(db.query("SELECT * FROM providers").all()).toEqual([]);
  const insert = db.query("INSERT INTO providers VALUES ('box', '{}', NULL, 1, 1)");
  insert.run();
  expect(() => insert.run()).toThrow("UNIQUE");
});
