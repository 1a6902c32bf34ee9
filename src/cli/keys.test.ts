import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { Keys } from "../keys/keys.ts";
import { loadPepper } from "../keys/pepper.ts";
import { openStore } from "../store/open.ts";
import { runCli } from "../testing/cli.ts";
import { fixedClock } from "../testing/clock.ts";
import { manageScene } from "../testing/manage.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
const env = { NYURO_URL: scene.url, NYURO_API_KEY: admin };
const run = (...line: string[]) => runCli(["keys", ...line], { env });
const SECRET = /neu_live_[0-9A-Za-z]{49}/;

test("a key is made, and its secret is shown once", async () => {
  const made = await run("create", "--name", "ci", "--scopes", "inference, read", "--models", "a,b");
  const secret = SECRET.exec(made.out)?.[0] ?? "";
  expect(scene.keys.verify(secret)).toMatchObject({
    scopes: ["inference", "read"],
    allowedModels: ["a", "b"],
  });
  const listed = await run("list");
  expect(listed.out).toContain("ci");
  expect(listed.out).toContain(secret.slice(0, 15));
  for (const text of [listed.out, (await run("list", "--json")).out]) {
    expect(text).not.toContain(secret.slice(15));
    expect(text).not.toContain(admin.slice(15));
  }
});

test("lists are aligned under their names, newest first", async () => {
  await run("create", "--name", "a much longer name than the others");
  const lines = (await run("list")).out.split("\n");
  const at = lines[0]?.indexOf("PREFIX") ?? -1;
  for (const line of lines.slice(1)) expect(line.slice(at)).toStartWith("neu_live_");
  expect(lines.length).toBeGreaterThan(2);
});

test("--json gives the API's objects", async () => {
  const made = JSON.parse((await run("create", "--name", "json", "--json")).out);
  expect(made).toMatchObject({ name: "json", scopes: ["inference"], key: expect.stringMatching(SECRET) });
  const list = JSON.parse((await run("list", "--json")).out);
  expect(list.map(({ id }: { id: string }) => id)).toContain(made.id);
});

const LIMITS = ["--rpm", "60", "--max-parallel", "4", "--budget-usd", "25", "--budget-period", "monthly"];

test("limits and a budget are given with a key, and changed one by one", async () => {
  const { id, ...made } = JSON.parse((await run("create", ...LIMITS, "--json")).out);
  const budget = { limit_usd: "25.000000000", period: "monthly", alert_threshold: 0.8 };
  expect(made).toMatchObject({ rate_limit: { rpm: 60, tpm: null, max_parallel: 4 }, budget });
  const changed = async (...line: string[]) => JSON.parse((await run("update", id, ...line, "--json")).out);
  expect(await changed("--rpm", "none", "--tpm", "900")).toMatchObject({
    rate_limit: { rpm: null, tpm: 900, max_parallel: 4 },
    budget,
  });
  expect(await changed("--budget-usd", "40.5")).toMatchObject({
    rate_limit: { rpm: null, tpm: 900, max_parallel: 4 },
    budget: { ...budget, limit_usd: "40.500000000" },
  });
  expect(await changed("--alert-threshold", "0.5")).toMatchObject({
    budget: { ...budget, limit_usd: "40.500000000", alert_threshold: 0.5 },
  });
  expect(await changed("--tpm", "none", "--max-parallel", "none")).toMatchObject({ rate_limit: null });
  expect(await changed("--budget-usd", "none")).toMatchObject({ budget: null, rate_limit: null });
});

test("update changes what is named, and nothing else", async () => {
  const { id, key, ...made } = JSON.parse((await run("create", "--models", "a", ...LIMITS, "--json")).out);
  expect((await run("update", id, "--name", "renamed")).out).toBe(`Key ${id} is changed.`);
  const lifted = JSON.parse((await run("update", id, "--models", "none", "--json")).out);
  expect(lifted).toEqual({ ...made, id, name: "renamed", allowed_models: null });
  expect(scene.keys.verify(key)).toMatchObject({ keyId: id, allowedModels: null });
});

test("rotate tells a new secret for the same id; revoke ends it", async () => {
  const made = JSON.parse((await run("create", "--json")).out);
  const rotated = await run("rotate", made.id, "--overlap", "0");
  const secret = SECRET.exec(rotated.out)?.[0] ?? "";
  expect(scene.keys.verify(made.key)).toBeNull();
  expect(scene.keys.verify(secret)?.keyId).toBe(made.id);
  expect((await run("revoke", made.id)).out).toBe(`Key ${made.id} is revoked.`);
  expect(scene.keys.verify(secret)).toBeNull();
  expect((await run("list")).out).toMatch(new RegExp(`${made.id} .* revoked `));
});

test.each([
  [["rotate", "key_none"], "There is no such key."],
  [["revoke", "../keys"], "There is no such route."],
  [
    ["rotate", "key_none", "--overlap", "soon"],
    "`overlap_seconds`: Invalid input: expected number, received null.",
  ],
  [["create", "--scopes", "root"], "`scopes[0]`: Invalid option"],
  [["create", "--rpm", "many"], "`rate_limit.rpm`"],
  [["create", "--budget-usd", "much"], "`budget.limit_usd`"],
  [["create", "--budget-period", "daily"], "`budget.limit_usd`"],
  [["create", "--budget-usd", "1", "--alert-threshold", "80%"], "`budget.alert_threshold`"],
  [["update", "key_none", "--name", "x"], "There is no such key."],
  [["update", "key_none", "--rpm", "1"], "There is no such key."],
  [["create", "--offline", "--rpm", "1"], "Limits and budgets are set by a server"],
  [["create", "--expires", "tomorrow"], "`expires_at` must be an RFC 3339 time"],
])("keys %j fails with the server's sentence", async (line, sentence) => {
  const { out, notes, exitCode } = await run(...line);
  expect({ out, exitCode }).toEqual({ out: "", exitCode: 1 });
  expect(notes).toStartWith(`nyuro: ${sentence}`);
});

async function verifyIn(dataDir: string, secret: string) {
  const clock = fixedClock(1_800_000_000_000);
  const store = openStore({ dataDir, sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  const pepper = await loadPepper({ dataDir, secret: null, store });
  if ("problem" in pepper) throw new Error(pepper.problem);
  const { hashSecret } = pepper;
  const caller = (await Keys.load({ store, hashSecret, clock })).verify(secret);
  await store.close();
  return caller;
}

test("a lost admin key is recovered offline, with neither server nor key", async () => {
  const dataDir = temporaryDirectory();
  const offline = { env: { NYURO_DATA_DIR: dataDir } };
  const made = await runCli(["keys", "create", "--offline", "--scopes", "admin"], offline);
  expect(made).toMatchObject({ exitCode: 0, notes: "" });
  const secret = SECRET.exec(made.out)?.[0] ?? "";
  expect(await verifyIn(dataDir, secret)).toMatchObject({ scopes: ["admin"], orgId: "org_default" });
  expect(readdirSync(dataDir)).toContain("secret");
});

test("offline is refused while a server holds the data folder, and where the input is wrong", async () => {
  const dataDir = temporaryDirectory();
  const offline = { env: { NYURO_DATA_DIR: dataDir } };
  const create = (...more: string[]) => runCli(["keys", "create", "--offline", ...more], offline);
  expect((await create("--scopes", "root")).notes).toBe("nyuro: Scopes are inference, read, manage, admin.");
  expect((await create("--expires", "tomorrow")).notes).toContain("--expires must be a time");
  expect((await create("--org", "org_none")).notes).toBe("nyuro: There is no such organization.");
  // Another process, as locks do not keep a process from itself.
  const script = `const { openStore } = await import(${JSON.stringify(`${import.meta.dir}/../store/open.ts`)});
    const { systemClock } = await import(${JSON.stringify(`${import.meta.dir}/../core/clock.ts`)});
    globalThis.kept = openStore({ dataDir: process.argv[1], sync: "normal", clock: systemClock });
    console.log("open"); setInterval(() => {}, 1000);`;
  const server = Bun.spawn([process.execPath, "-e", script, dataDir], { stdout: "pipe" });
  await server.stdout.getReader().read();
  const refused = await create("--scopes", "admin");
  expect(refused).toMatchObject({ exitCode: 1, out: "" });
  expect(refused.notes).toContain(`Another Nyuro is running on the data folder ${dataDir}`);
  server.kill(9);
  await server.exited;
  expect((await create("--scopes", "admin")).exitCode).toBe(0);
});
