import { expect, test } from "bun:test";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import { Keys } from "../keys/keys.ts";
import { loadPepper } from "../keys/pepper.ts";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { runCli } from "../testing/cli.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const clock = systemClock;

function storeIn(dataDir: string): Store {
  const store = openStore({ dataDir, sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  return store;
}

async function keysOf(store: Store, secret: string | null = null): Promise<Keys> {
  const pepper = await loadPepper({ dataDir: store.dataDir, secret, store });
  if ("problem" in pepper) throw new Error(pepper.problem);
  return Keys.load({ store, hashSecret: pepper.hashSecret, clock });
}

async function scene(secret: string | null = null) {
  const cwd = temporaryDirectory();
  const dataDir = join(cwd, "data");
  const store = storeIn(dataDir);
  const keys = await keysOf(store, secret);
  const made = await keys.create({ name: "kept", orgId: DEFAULT_ORG_ID });
  if ("refusal" in made) throw new Error(made.refusal.message);
  const env = { NYURO_DATA_DIR: dataDir, ...(secret === null ? {} : { NYURO_SECRET: secret }) };
  const backup = (...more: string[]) => runCli(["backup", ...more], { cwd, env });
  return { cwd, dataDir, store, keys, made, backup };
}

test("what is committed while the server runs is in the copy, its keys are valid there, and it is the owner's alone", async () => {
  const { cwd, store, made, backup } = await scene();
  const { out, exitCode } = await backup("copy", "--json");
  expect(exitCode).toBe(0);
  const folder = join(cwd, "copy");
  expect(JSON.parse(out)).toMatchObject({ folder, has_secret: true });
  expect(JSON.parse(out).bytes).toBe(statSync(join(folder, "nyuro.db")).size);
  for (const file of ["nyuro.db", "secret"]) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(await store.checkWritable()).toBe(true);
  await store.close();
  const restored = storeIn(folder);
  expect((await keysOf(restored)).verify(made.secret)?.keyId).toBe(made.key.id);
  await restored.close();
});

test("of a server that is stopped, into a folder of its own choice, without a secret it does not have", async () => {
  const { cwd, store, keys, backup } = await scene("a secret of the environment, long enough");
  await keys.close();
  await store.close();
  const { out, exitCode } = await backup();
  expect([exitCode, /NYURO_SECRET has to be kept apart/.test(out)]).toEqual([0, true]);
  const folder = / to (\S+nyuro-backup-\d{8}T\d{6}Z) /.exec(out)?.[1] ?? "";
  expect(folder.startsWith(cwd)).toBe(true);
  expect([existsSync(join(folder, "nyuro.db")), existsSync(join(folder, "secret"))]).toEqual([true, false]);
});

test("is never written over anything, and leaves nothing where there is nothing to copy", async () => {
  const { cwd, store, backup } = await scene();
  mkdirSync(join(cwd, "full"));
  writeFileSync(join(cwd, "full", "precious"), "x");
  const full = await backup("full");
  expect([full.exitCode, full.notes]).toEqual([1, expect.stringContaining("is not empty")]);
  await store.close();
  const none = await runCli(["backup", "none"], { cwd, env: { NYURO_DATA_DIR: join(cwd, "elsewhere") } });
  expect([none.exitCode, none.notes]).toEqual([1, expect.stringContaining("There is no database in")]);
  expect(existsSync(join(cwd, "none"))).toBe(false);
});
